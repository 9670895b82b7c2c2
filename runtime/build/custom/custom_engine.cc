#include "runtime/build/custom/custom_engine.h"

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
  const auto on_line = [&](absl::string_view line) { observer.Log(line); };
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
    outcome.failure = std::move(failure);
  }
  return outcome;
}

}  // namespace ovenbird::build
