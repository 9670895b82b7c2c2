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

bool IsFor(const config::Hook& hook, HookTime time,
           const std::vector<std::string>& subjects) {
  if (!hook.when) return false;
  const std::optional<config::HookStep>& step =
      time == HookTime::kBefore ? hook.when->before : hook.when->after;
  return step && std::find(subjects.begin(), subjects.end(), step->images) !=
                     subjects.end();
}

std::optional<Failure> Run(const HookRun& run, const config::Hook& hook) {
  LineSplitter lines(run.on_line);
  Subprocess process;
  process.argv.push_back(hook.command);
  process.argv.insert(process.argv.end(), hook.args.begin(), hook.args.end());
  process.working_dir = run.working_dir;
  process.cancel = run.cancel;
  process.on_stdout = [&](absl::string_view piece) { lines.Add(piece); };
  process.on_stderr = process.on_stdout;
  std::string command = ShellCommand(process.argv);
  run.on_line(absl::StrCat("hook: ", command));
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  lines.Finish();
  if (result.ok() && result->ok()) return std::nullopt;
  Failure failure;
  failure.kind = absl::IsCancelled(result.status()) ? FailureKind::kInterrupted
                                                    : FailureKind::kEnvironment;
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
    if (!IsFor(hook, time, subjects)) continue;
    if (std::optional<Failure> failure = Run(run, hook)) return failure;
  }
  return std::nullopt;
}

}  // namespace ovenbird::build
