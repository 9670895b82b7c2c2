#include "runtime/build/timeline.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ovenbird::build {
namespace {

// What a phase does, without its text.
absl::string_view Verb(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::kWait:
      return "wait for";
    case PhaseKind::kCheck:
      return "check";
    case PhaseKind::kPrepare:
      return "prepare";
    case PhaseKind::kSchedule:
      return "schedule";
    case PhaseKind::kPull:
      return "pull";
    case PhaseKind::kUpload:
      return "upload";
    case PhaseKind::kStart:
      return "start";
    case PhaseKind::kBase:
      return "FROM";
    case PhaseKind::kStep:
      return "";
    case PhaseKind::kSave:
      return "save";
    case PhaseKind::kPush:
      return "push";
    case PhaseKind::kBuild:
      return "build";
    case PhaseKind::kVerify:
      return "verify";
    case PhaseKind::kCleanUp:
      return "clean up";
    case PhaseKind::kHooks:
      return "hooks";
    case PhaseKind::kPlan:
      return "plan";
  }
  return "";
}

// Returns whether the phase is one of the last of a build.
bool EndsBuild(PhaseKind kind) {
  return kind == PhaseKind::kPush || kind == PhaseKind::kVerify ||
         kind == PhaseKind::kCleanUp || kind == PhaseKind::kHooks;
}

// Returns whether the phase ends those of this platform.
bool Concerns(const Phase& phase, absl::string_view platform) {
  return phase.platform.empty() || platform.empty() ||
         phase.platform == platform;
}

}  // namespace

absl::string_view Name(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::kWait:
      return "wait";
    case PhaseKind::kBase:
      return "base";
    case PhaseKind::kStep:
      return "step";
    case PhaseKind::kCleanUp:
      return "clean-up";
    default:
      return Verb(kind);
  }
}

std::string Label(const Phase& phase) {
  std::string label(Verb(phase.kind));
  if (phase.number > 0 && phase.number <= phase.count) {
    label = absl::StrCat("[", phase.number, "/", phase.count, "]");
  }
  if (phase.text.empty()) {
    return phase.kind == PhaseKind::kWait ? "wait" : label;
  }
  return absl::StrCat(label, label.empty() ? "" : " ", phase.text);
}

bool WentOnAfter(const Timeline& timeline, size_t index) {
  const std::vector<Phase>& phases = timeline.phases;
  const std::string& platform = phases[index].platform;
  return std::any_of(phases.begin() + static_cast<ptrdiff_t>(index) + 1,
                     phases.end(), [&](const Phase& later) {
                       return later.kind != PhaseKind::kCleanUp &&
                              (later.platform == platform ||
                               later.platform.empty() || platform.empty());
                     });
}

absl::Time TimelineRecorder::Enter(Phase phase) {
  const absl::Time start = clock_->Now() - phase.ago;
  return EnterSince(std::move(phase), start);
}

absl::Time TimelineRecorder::EnterSince(Phase phase, absl::Time start) {
  start = std::min(start, clock_->Now());
  const size_t size = timeline_.phases.size();
  if (size >= kMostPhases && !EndsBuild(phase.kind)) return start;
  if (size >= kMostPhases + kMostLastPhases) return start;
  if (IsCurrent(phase)) return MoveBack(open_[phase.platform], start);
  for (const auto& [platform, index] : open_) {
    if (!Concerns(phase, platform)) continue;
    start = std::max(start, timeline_.phases[index].start);
  }
  if (phase.platform.empty()) {
    while (!open_.empty()) End(open_.begin()->first, start);
  } else {
    End("", start);
    End(phase.platform, start);
  }
  phase.ago = absl::ZeroDuration();
  phase.start = start;
  phase.end = start;
  // An exception must not leave an index without its phase.
  const std::string platform = phase.platform;
  timeline_.phases.push_back(std::move(phase));
  open_[platform] = timeline_.phases.size() - 1;
  return start;
}

// Lets an open phase start earlier, and the ones that it has ended end earlier.
// Returns its start.
absl::Time TimelineRecorder::MoveBack(size_t index, absl::Time start) {
  std::vector<Phase>& phases = timeline_.phases;
  Phase& current = phases[index];
  if (start >= current.start) return current.start;
  const auto is_before = [&](const Phase& phase) {
    return phase.end == current.start && Concerns(current, phase.platform);
  };
  for (size_t i = 0; i < index; ++i) {
    if (is_before(phases[i])) start = std::max(start, phases[i].start);
  }
  for (size_t i = 0; i < index; ++i) {
    if (is_before(phases[i])) phases[i].end = start;
  }
  current.start = start;
  return start;
}

bool TimelineRecorder::IsCurrent(const Phase& phase) const {
  const auto open = open_.find(phase.platform);
  if (open == open_.end() || phase.kind == PhaseKind::kStep) return false;
  const Phase& current = timeline_.phases[open->second];
  return current.kind == phase.kind && current.text == phase.text;
}

void TimelineRecorder::Mark(absl::string_view platform, PhaseMark mark) {
  const auto open = open_.find(std::string(platform));
  if (open == open_.end()) return;
  Phase& phase = timeline_.phases[open->second];
  switch (mark) {
    case PhaseMark::kCached:
      phase.cached = true;
      break;
    case PhaseMark::kFailed:
      if (phase.kind != PhaseKind::kCleanUp) phase.failed = true;
      break;
    case PhaseMark::kEnded:
      End(platform, clock_->Now());
      break;
  }
}

Timeline TimelineRecorder::Finish(bool failed) {
  const absl::Time now = clock_->Now();
  while (!open_.empty()) End(open_.begin()->first, now);
  std::vector<Phase>& phases = timeline_.phases;
  // The logs of platforms arrive one before the other.
  std::stable_sort(
      phases.begin(), phases.end(),
      [](const Phase& a, const Phase& b) { return a.start < b.start; });
  bool is_marked = false;
  for (size_t i = 0; i < phases.size(); ++i) {
    is_marked |= phases[i].failed && !WentOnAfter(timeline_, i);
  }
  if (failed && !is_marked) {
    const auto last = std::find_if(
        phases.rbegin(), phases.rend(),
        [](const Phase& phase) { return phase.kind != PhaseKind::kCleanUp; });
    if (last != phases.rend()) last->failed = true;
  }
  return std::move(timeline_);
}

void TimelineRecorder::End(absl::string_view platform, absl::Time now) {
  const auto open = open_.find(std::string(platform));
  if (open == open_.end()) return;
  timeline_.phases[open->second].end = now;
  open_.erase(open);
}

}  // namespace ovenbird::build
