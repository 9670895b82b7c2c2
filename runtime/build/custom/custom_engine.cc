#include "runtime/build/custom/custom_engine.h"

#include <deque>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/lines.h"
#include "runtime/base/subprocess.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::build {
namespace {

constexpr size_t kLastLines = 10;

}  // namespace

std::vector<std::string> CustomCommand(const plan::ImagePlan& plan) {
  const config::Custom& custom = *plan.custom;
  std::vector<std::string> argv = {custom.command};
  argv.insert(argv.end(), custom.args.begin(), custom.args.end());
  for (std::string& name : kube::TaggedNames(plan.spec)) {
    if (!custom.image_flag.empty()) argv.push_back(custom.image_flag);
    argv.push_back(std::move(name));
  }
  argv.insert(argv.end(), custom.append_args.begin(), custom.append_args.end());
  return argv;
}

Outcome CustomEngine::Build(const plan::ImagePlan& plan, Observer& observer,
                            Cancellation& cancel) {
  Outcome outcome;
  Subprocess process;
  process.argv = CustomCommand(plan);
  process.working_dir = plan.folder;
  process.cancel = &cancel;
  std::deque<std::string> last;
  const auto on_line = [&](absl::string_view line) {
    last.emplace_back(line);
    if (last.size() > kLastLines) last.pop_front();
    observer.Log(line);
  };
  LineSplitter out(on_line);
  LineSplitter err(on_line);
  process.on_stdout = [&](absl::string_view text) { out.Add(text); };
  process.on_stderr = [&](absl::string_view text) { err.Add(text); };
  const std::string command = ShellCommand(process.argv);
  observer.Step(absl::StrCat("running ", command));
  observer.Enter({.kind = PhaseKind::kBuild});
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  out.Finish();
  err.Finish();
  if (!result.ok()) {
    outcome.failure = FromStatus(result.status());
    if (absl::IsNotFound(result.status())) {
      outcome.failure->hint =
          "set `build.custom.command` to a path relative to the config's "
          "folder, or to a name in PATH";
    }
  } else if (!result->ok()) {
    Failure failure;
    failure.kind = FailureKind::kBuild;
    failure.what =
        absl::StrCat("`", command, "` failed with ", result->Describe());
    failure.details.assign(last.begin(), last.end());
    outcome.failure = std::move(failure);
  }
  return outcome;
}

}  // namespace ovenbird::build
