#include "runtime/build/hooks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/lines.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::build {
namespace {

// None: it does not run at that time.
std::optional<std::string> SubjectOf(const config::Hook& hook, HookTime time) {
  if (!hook.when) return std::nullopt;
  const config::Boxed<config::HookStep>& step =
      time == HookTime::kBefore ? hook.when->before : hook.when->after;
  return step ? step->images : std::nullopt;
}

std::optional<Failure> Run(const HookRun& run, const std::string& subject,
                           const config::Hook& hook) {
  const auto on_line = [&](absl::string_view line) {
    run.on_line(subject, line);
  };
  LineSplitter out(on_line), err(on_line);
  Subprocess process;
  process.argv.push_back(hook.command);
  process.argv.insert(process.argv.end(), hook.args.begin(), hook.args.end());
  process.working_dir = run.working_dir;
  process.cancel = run.cancel;
  process.on_stdout = [&](absl::string_view piece) { out.Add(piece); };
  process.on_stderr = [&](absl::string_view piece) { err.Add(piece); };
  std::string command = ShellCommand(process.argv);
  on_line(absl::StrCat("hook: ", command));
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  out.Finish();
  err.Finish();
  if (result.ok() && result->ok()) return std::nullopt;
  if (absl::IsCancelled(result.status())) return Interrupted();
  Failure failure;
  // A command that ran and failed is the user's; one that did not start is
  // missing on this machine.
  failure.kind = result.ok() ? FailureKind::kBuild : FailureKind::kEnvironment;
  failure.what =
      absl::StrCat("hook `", command, "` failed: ",
                   result.ok() ? result->Describe()
                               : std::string(result.status().message()));
  return failure;
}

}  // namespace

std::optional<Failure> RunHooks(const HookRun& run, HookTime time,
                                const std::vector<std::string>& subjects) {
  for (const config::Hook& hook : *run.hooks) {
    const std::optional<std::string> subject = SubjectOf(hook, time);
    if (!subject || std::find(subjects.begin(), subjects.end(), *subject) ==
                        subjects.end()) {
      continue;
    }
    if (std::optional<Failure> failure = Run(run, *subject, hook)) {
      return failure;
    }
  }
  return std::nullopt;
}

}  // namespace ovenbird::build
