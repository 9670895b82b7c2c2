#include "runtime/build/kaniko_phases.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::build {
namespace {

// Of an instruction, which can contain a whole script.
constexpr size_t kMostText = 1000;
// Of messages that say that an instruction is cached.
constexpr size_t kMostCached = 10'000;

std::string Short(absl::string_view instruction) {
  std::string words = Words(instruction);
  if (words.size() <= kMostText) return words;
  words.resize(kMostText);
  return absl::StrCat(words, "...");
}

// The name in "Building stage 'debian:12' [idx: '0', base-idx: '-1']".
absl::string_view Quoted(absl::string_view text) {
  const size_t begin = text.find('\'');
  if (begin == text.npos) return "";
  text.remove_prefix(begin + 1);
  return text.substr(0, text.find('\''));
}

bool IsTriggers(absl::string_view message) {
  return absl::StartsWith(message, "Executing ") &&
         absl::EndsWith(message, " build triggers");
}

}  // namespace

KanikoPhases::KanikoPhases(const SourceFile* dockerfile,
                           const rewrite::Rewritten* rewritten,
                           Observer& observer)
    : observer_(observer) {
  if (dockerfile != nullptr) steps_ = AnnouncedSteps(*dockerfile, rewritten);
}

void KanikoPhases::Add(absl::string_view line, absl::Duration ago) {
  ago_ = ago;
  if (!std::exchange(has_begun_, true)) Enter(PhaseKind::kBase, "");
  const absl::string_view instruction = InstructionOf(line);
  if (!instruction.empty()) {
    AddStep(instruction);
  } else if (const absl::string_view info = InfoOf(line); !info.empty()) {
    AddMessage(info);
  }
}

void KanikoPhases::AddMessage(absl::string_view message) {
  if (absl::ConsumePrefix(&message, "Pushing image to ")) {
    return Enter(PhaseKind::kPush, message);
  }
  if (absl::ConsumePrefix(&message, "Using caching version of cmd: ")) {
    if (cached_.size() < kMostCached) ++cached_[Short(message)];
  } else if (absl::StartsWith(message, "Found cached layer")) {
    if (kind_ == PhaseKind::kStep) observer_.Mark("", PhaseMark::kCached);
  } else if (absl::ConsumePrefix(&message, "Retrieving image manifest ")) {
    Enter(PhaseKind::kBase, message);
  } else if (absl::StartsWith(message, "Building stage '")) {
    Enter(PhaseKind::kBase, Quoted(message));
  } else if (IsTriggers(message) ||
             absl::StartsWith(message, "Unpacking rootfs")) {
    if (kind_ != PhaseKind::kBase) Enter(PhaseKind::kBase, "");
  } else if (absl::StartsWith(message, "Storing source image from stage ") ||
             absl::StartsWith(message, "Saving file ") ||
             absl::StartsWith(message, "Deleting filesystem")) {
    Enter(PhaseKind::kSave, "");
  }
}

void KanikoPhases::AddStep(absl::string_view instruction) {
  // The Dockerfile lacks triggers of base images, and kaniko leaves out stages
  // that it does not need.
  size_t found = next_;
  const std::string words = Words(instruction);
  while (found < steps_.size() && steps_[found].words != words) ++found;
  if (found < steps_.size()) {
    next_ = found + 1;
    number_ = static_cast<int>(found) + 1;
    stage_ = steps_[found].stage;
  } else {
    ++number_;
  }
  Phase step;
  step.kind = kind_ = PhaseKind::kStep;
  step.text = text_ = Short(instruction);
  step.number = number_;
  step.count = static_cast<int>(steps_.size());
  step.stage = stage_;
  step.ago = ago_;
  if (const auto cached = cached_.find(step.text); cached != cached_.end()) {
    step.cached = true;
    if (--cached->second == 0) cached_.erase(cached);
  }
  observer_.Enter(step);
}

void KanikoPhases::Enter(PhaseKind kind, absl::string_view text) {
  // Nothing but pushes follows a push.
  if (kind_ == PhaseKind::kPush && kind != PhaseKind::kPush) return;
  if (kind_ == kind && text_ == text) return;
  kind_ = kind;
  text_ = std::string(text.substr(0, kMostText));
  Phase phase;
  phase.kind = kind;
  phase.text = text_;
  phase.ago = ago_;
  observer_.Enter(phase);
}

}  // namespace ovenbird::build
