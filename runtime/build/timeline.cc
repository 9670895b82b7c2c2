#include "runtime/build/timeline.h"

#include <algorithm>
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

void TimelineRecorder::Enter(Phase phase) {
  EnterSince(std::move(phase), clock_->Now());
}

void TimelineRecorder::EnterSince(Phase phase, absl::Time start) {
  if (timeline_.phases.size() >= kMostPhases &&
      phase.kind == PhaseKind::kStep) {
    return;
  }
  if (IsCurrent(phase)) return;
  if (phase.platform.empty()) {
    while (!open_.empty()) End(open_.begin()->first, start);
  } else {
    End("", start);
    End(phase.platform, start);
  }
  phase.start = start;
  phase.end = start;
  open_[phase.platform] = timeline_.phases.size();
  timeline_.phases.push_back(std::move(phase));
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
      phase.failed = true;
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
  const auto is_failed = [](const Phase& phase) { return phase.failed; };
  if (failed && std::none_of(phases.begin(), phases.end(), is_failed)) {
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
