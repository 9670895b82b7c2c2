#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/build/result.h"
#include "runtime/build/run.h"
#include "runtime/cli/console.h"
#include "runtime/cli/engines.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/project.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::cli {
namespace {

constexpr int kMostJobs = 4;

// Consoles of the images, made before any of them is built.
using Consoles = std::map<std::string, std::unique_ptr<ImageConsole>>;

absl::StatusOr<Consoles> OpenConsoles(const Planned& planned,
                                      Console& console) {
  Consoles consoles;
  bool several = planned.plan.images.size() > 1;
  for (const auto& image : planned.plan.images) {
    absl::StatusOr<std::unique_ptr<ImageConsole>> one = ImageConsole::Create(
        &console, several ? image->key : "",
        absl::StrCat(planned.project->folder(), "/.ovenbird/logs/",
                     kube::NamePart(image->key, 60), ".log"));
    if (!one.ok()) return one.status();
    for (const std::string& warning : image->warnings) (*one)->Warn(warning);
    consoles.emplace(image->key, *std::move(one));
  }
  return consoles;
}

void ShowFailure(const build::ImageResult& result) {
  const build::Failure& failure = *result.failure;
  std::cerr << "ovenbird: image `" << result.key << "`: " << failure.what
            << "\n";
  for (const std::string& detail : failure.details) {
    std::cerr << "  " << detail << "\n";
  }
  if (!failure.hint.empty()) std::cerr << "  help: " << failure.hint << "\n";
  if (!result.log_file.empty()) {
    std::cerr << "  log: " << result.log_file << "\n";
  }
}

// A line per image: what was pushed, and its digest.
void ShowSuccess(const build::ImageResult& result) {
  if (!result.output_tar.empty()) {
    std::cout << result.output_tar;
  } else {
    std::cout << result.image << ":" << absl::StrJoin(result.tags, ",");
  }
  std::cout << "@" << result.digest
            << absl::StrFormat(" (%.1f s, %s)\n",
                               absl::ToDoubleSeconds(result.duration),
                               result.engine);
}

bool WriteResults(const std::vector<build::ImageResult>& results,
                  const std::string& path) {
  if (path.empty()) return true;
  absl::Status status = WriteFile(
      path, absl::StrCat(json::Write(build::ToJson(results), true), "\n"));
  if (!status.ok()) ShowError(status.message());
  return status.ok();
}

int CheckOutput(const Options& options, const build::Plan& plan) {
  if (options.output_tar.empty() || plan.images.size() == 1) return 0;
  ShowError(
      "--output keeps one image; name it: ovenbird build IMAGE "
      "--output FILE.tar");
  return 2;
}

}  // namespace

int Build(const Options& options) {
  int exit_code = 0;
  std::unique_ptr<Planned> planned = MakePlan(options, exit_code);
  if (planned == nullptr) return exit_code;
  if (int code = CheckOutput(options, planned->plan)) return code;

  SignalCancellation signals;
  Console console(&std::cerr);
  absl::StatusOr<std::unique_ptr<build::Engine>> engine =
      MakeEngine(options, *planned, console);
  if (!engine.ok()) {
    ShowError(engine.status().message());
    return 3;
  }
  absl::StatusOr<Consoles> consoles = OpenConsoles(*planned, console);
  if (!consoles.ok()) {
    ShowError(consoles.status().message());
    return 3;
  }
  build::RunOptions run;
  run.jobs = options.jobs > 0
                 ? options.jobs
                 : std::min<int>(kMostJobs, planned->plan.images.size());
  run.cancel = &signals.cancellation();
  run.observe = [&](const build::ImagePlan& image) {
    return consoles->at(image.key).get();
  };
  run.hooks.hooks = &planned->project->config.hooks;
  run.hooks.working_dir = planned->project->folder();
  run.hooks.on_line = [&](absl::string_view line) { console.Line("", line); };
  run.hooks.cancel = run.cancel;
  std::vector<build::ImageResult> results =
      build::Run(planned->plan, **engine, run);

  for (build::ImageResult& result : results) {
    result.log_file = consoles->at(result.key)->log_file();
    if (!result.failure) result.output_tar = options.output_tar;
    for (const std::string& warning : result.warnings) {
      console.Line(
          "", absl::StrCat("warning: image `", result.key, "`: ", warning));
    }
    if (result.failure) {
      ShowFailure(result);
    } else {
      ShowSuccess(result);
    }
  }
  std::cout << std::flush;
  bool written = WriteResults(results, options.result_file);
  int code = build::ExitCode(results);
  return code == 0 && !written ? 3 : code;
}

}  // namespace ovenbird::cli
