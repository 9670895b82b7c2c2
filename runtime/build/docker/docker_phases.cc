#include "runtime/build/docker/docker_phases.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {
namespace {

// Of the names of steps: what a RUN prints can look like one.
constexpr size_t kMostSteps = 10'000;
// Of an instruction, which can contain a whole script.
constexpr size_t kMostText = 1000;

}  // namespace

void DockerPhases::Add(absl::string_view line) {
  static const RE2 classic(R"(Step (\d{1,6})/(\d{1,6}) : (.*))");
  static const RE2 build_kit(
      R"((#\d{1,6}) \[(?:[^\]]* )?(\d{1,6})/(\d{1,6})\] (.*))");
  const re2::StringPiece text(line.data(), line.size());
  int number = 0;
  int count = 0;
  std::string name;
  std::string instruction;
  if (RE2::FullMatch(text, classic, &number, &count, &instruction)) {
    current_.clear();
    AddStep(number, count, instruction);
  } else if (RE2::FullMatch(text, build_kit, &name, &number, &count,
                            &instruction)) {
    // Its header comes again after lines of another step.
    if (seen_.size() >= kMostSteps || !seen_.insert(name).second) return;
    current_ = name;
    AddStep(number, count, instruction);
  } else if (line == " ---> Using cache" ||
             (!current_.empty() && line == absl::StrCat(current_, " CACHED"))) {
    observer_.Mark("", PhaseMark::kCached);
  }
}

void DockerPhases::AddStep(int number, int count, const std::string& text) {
  Phase step;
  step.kind = PhaseKind::kStep;
  step.text = text.substr(0, kMostText);
  step.number = number;
  step.count = count;
  observer_.Enter(step);
}

}  // namespace ovenbird::build
