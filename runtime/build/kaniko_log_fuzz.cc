// Whatever kaniko and the commands of a Dockerfile print: the log stays small,
// a digest is a digest, and a failure has an explanation.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/build/failure.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/kaniko_phases.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::build {
namespace {

using fuzz::Require;

void CheckDigest(absl::string_view digest) {
  if (digest.empty()) return;
  Require(digest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:") ==
              digest.npos,
          "a digest has no other characters");
}

// Requires of each phase what readers of a timeline rely on.
class Phases : public Observer {
 public:
  void Step(absl::string_view) override {}
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}
  void Enter(const Phase& phase) override {
    Require(phase.text.size() < 1100, "a phase's text is short");
    Require(phase.stage >= -1 && phase.stage < 1, "there is one stage");
    Require(phase.number >= 0 && phase.count == (phase.number > 0 ? 2 : 0),
            "steps are counted");
  }
};

void Check(absl::string_view text) {
  const SourceFile dockerfile("Dockerfile",
                              "FROM a AS b\nRUN echo hi\nCOPY x y\n");
  KanikoLog log;
  Phases observer;
  KanikoPhases phases(&dockerfile, nullptr, observer);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string readable = ReadableLine(line);
    Require(readable.size() <= line.size() + 5, "a line does not grow");
    log.Add(readable);
    phases.Add(readable);
    log.Add(line);
    CheckDigest(PrintedDigest(line));
  }
  CheckDigest(log.pushed_digest());
  Require(log.triggers() >= 0, "a number of triggers is not negative");
  Require(log.warnings().size() <= 5, "warnings are few");
  for (const KanikoRunsIn where :
       {KanikoRunsIn::kPod, KanikoRunsIn::kContainer}) {
    const Failure failure = log.Explain(1, &dockerfile, where);
    Require(failure.kind == FailureKind::kBuild, "it is the build's failure");
    Require(!failure.what.empty() && !absl::StrContains(failure.what, '\n'),
            "an explanation is one line");
    Require(failure.details.size() <= 2, "details are few");
  }
}

}  // namespace
}  // namespace ovenbird::build

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::build::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
