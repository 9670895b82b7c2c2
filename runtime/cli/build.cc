#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/descriptor_reserve.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/folder_without_links.h"
#include "runtime/build/base_digests.h"
#include "runtime/build/build_record.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/dockerfile_line.h"
#include "runtime/build/hooks.h"
#include "runtime/build/result.h"
#include "runtime/build/run.h"
#include "runtime/build/unchanged.h"
#include "runtime/cli/board.h"
#include "runtime/cli/console.h"
#include "runtime/cli/engines.h"
#include "runtime/cli/github_files.h"
#include "runtime/cli/log_file.h"
#include "runtime/cli/log_reader.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/project.h"
#include "runtime/cli/results.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"
#include "runtime/report/mask.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

constexpr char kOwnFolder[] = ".ovenbird";

// Consoles of the images, made before any of them is built.
using Consoles = std::map<std::string, std::unique_ptr<ImageConsole>>;

class BuildVerb {
 public:
  explicit BuildVerb(const Options& options) : options_(options) {}

  int Run() {
    if (!HasFolders()) return kExitUsage;
    int exit_code = kExitGood;
    planned_ = PlanProject(
        options_, exit_code,
        [this](const config::Loaded& project,
               const std::vector<std::string>& images,
               int& code) { return RunHooksBefore(project, images, code); },
        &signals_.cancellation());
    if (planned_ == nullptr) return exit_code;
    if (!options_.output_tar.empty() && planned_->plan.images.size() != 1) {
      ShowError(
          "--output saves one image; name it: ovenbird build IMAGE "
          "--output FILE.tar");
      return kExitUsage;
    }
    if (!options_.output_tar.empty() &&
        !planned_->plan.images[0]->platforms.empty()) {
      ShowError(
          "--output saves the image of one platform; name it with --platform");
      return kExitUsage;
    }
    std::optional<build::BaseDigests> base_digests;
    // What is not in a registry is not found there the next time either.
    if (!options_.skip_push && options_.output_tar.empty()) {
      base_digests.emplace(planned_->plan, &planned_->docker_config,
                           &signals_.cancellation());
    }
    absl::StatusOr<std::unique_ptr<build::Engine>> engine =
        MakeEngine(options_, *planned_, console_, inventory_);
    if (!engine.ok()) {
      ShowError(engine.status().message());
      return kExitEnvironment;
    }
    HideOwnFolder();
    OpenConsoles();
    build::RunOptions run = MakeRunOptions();
    std::optional<build::UnchangedImages> unchanged;
    if (base_digests) {
      unchanged.emplace(*planned_->records, &planned_->docker_config,
                        &*base_digests, options_.force);
      run.unchanged = &*unchanged;
    }
    DescriptorReserve::OfProcess().Fill();
    console_.Begin();
    build::RunResult result =
        build::Run(planned_->plan, **engine, run, signals_.cancellation());
    for (const build::ImageResult& image : result.images) {
      consoles_.at(image.key)->EndWithoutBegin("not started");
    }
    console_.End();
    ForgetImages();
    for (build::ImageResult& image : result.images) {
      image.log_file = consoles_.at(image.key)->log_file();
      if (!image.failure) image.output_tar = options_.output_tar;
      if (!options_.output_tar.empty()) image.pushed = false;
    }
    return End(result);
  }

 private:
  // Asked before the build: afterwards is too late.
  bool HasFolders() const {
    for (const auto& [flag, file] :
         {std::pair<const char*, std::string>{"--result", options_.result_file},
          {"--output", options_.output_tar}}) {
      const std::string folder =
          std::filesystem::path(file).parent_path().string();
      std::error_code error;
      if (folder.empty() || std::filesystem::is_directory(folder, error)) {
        continue;
      }
      ShowError(absl::StrCat(flag, " ", file, ": folder `", folder,
                             "` does not exist"));
      return false;
    }
    return true;
  }

  ConsoleStyle Style() const {
    if (!HasTerminal() || options_.progress != Progress::kAuto) {
      return ConsoleStyle::kLines;
    }
    return EnvironmentOrEmpty("NO_COLOR").empty() ? ConsoleStyle::kColoredBoard
                                                  : ConsoleStyle::kBoard;
  }

  build::HookRun Hooks(const config::Loaded& project, bool several) {
    build::HookRun hooks;
    hooks.hooks = &project.config.hooks;
    hooks.working_dir = project.folder();
    hooks.on_line = [this, several](absl::string_view subject,
                                    absl::string_view line) {
      console_.Line(several && subject != build::kAllImages ? subject : "",
                    report::VisibleWithColors(line));
    };
    hooks.cancel = &signals_.cancellation();
    return hooks;
  }

  bool RunHooksBefore(const config::Loaded& project,
                      std::vector<std::string> images, int& exit_code) {
    console_.Hide(report::Mask(project.passwords));
    const build::HookRun hooks = Hooks(project, images.size() > 1);
    images.push_back(build::kAllImages);
    build::RunResult result;
    result.failure = build::RunHooks(hooks, build::HookTime::kBefore, images);
    if (!result.failure) return true;
    exit_code = End(result);
    return false;
  }

  std::string OwnFolder() const {
    return (std::filesystem::path(planned_->project->folder()) / kOwnFolder)
        .lexically_normal()
        .string();
  }

  // What builds write is nobody's source.
  void HideOwnFolder() const {
    if (!MakeFolderWithoutLinks(planned_->project->folder(), kOwnFolder).ok()) {
      return;
    }
    std::error_code error;
    const std::string path = absl::StrCat(OwnFolder(), "/.gitignore");
    if (std::filesystem::exists(path, error)) return;
    ReplaceFile(path, "*\n").IgnoreError();
  }

  // What the config no longer has. A folder that cannot be written to is told
  // of by those who have something to write.
  void ForgetImages() const {
    std::set<std::string> keys;
    for (const auto& [key, image] : planned_->project->config.images) {
      keys.insert(key);
    }
    planned_->records->Prune(keys).IgnoreError();
  }

  // An image is worth more than its log: a folder that is read-only, as a
  // checkout that is mounted often is, keeps nobody from building.
  std::optional<LogFile> OpenLog(const std::string& key) {
    absl::StatusOr<LogFile> log =
        LogFile::Create(planned_->project->folder(), LogPath(key));
    if (log.ok()) return *std::move(log);
    if (std::exchange(told_of_logs_, true)) return std::nullopt;
    console_.Line("", absl::StrCat("warning: no log file is written: ",
                                   report::Visible(log.status().message())));
    return std::nullopt;
  }

  void OpenConsoles() {
    const bool several = planned_->plan.images.size() > 1;
    for (const auto& image : planned_->plan.images) {
      ImageConsoleOptions options;
      options.key = image->key;
      options.has_prefix = several;
      options.waits_for = WhatItWaitsFor(*image);
      options.instructions = Instructions(*image);
      options.short_log = options_.short_log;
      auto one = std::make_unique<ImageConsole>(&console_, OpenLog(image->key),
                                                std::move(options));
      for (const std::string& warning : image->warnings) one->Warn(warning);
      if (options_.skip_push && !image->after.empty()) {
        one->Warn(
            "with --skip-push it starts from the image in the registry, not "
            "from the one that this run builds");
      }
      consoles_.emplace(image->key, std::move(one));
    }
  }

  std::string WhatItWaitsFor(const plan::ImagePlan& image) const {
    std::vector<std::string> keys;
    for (size_t other : image.after) {
      keys.push_back(planned_->plan.images[other]->key);
    }
    return absl::StrCat("waiting", keys.empty() ? "" : " for ",
                        absl::StrJoin(keys, ", "));
  }

  static int Instructions(const plan::ImagePlan& image) {
    if (image.builder != plan::Builder::kKaniko || !image.platforms.empty() ||
        image.dockerfile == nullptr) {
      return 0;
    }
    return build::CountInstructions(*image.dockerfile, image.rewritten.get());
  }

  void ShowEnd(const build::ImageResult& image) {
    ImageConsole& console = *consoles_.at(image.key);
    if (image.failure) {
      console.End(RowState::kFailed,
                  absl::StrCat("failed: ", image.failure->what));
    } else if (image.skipped) {
      console.End(RowState::kUnchanged, "unchanged, and in the registry");
    } else {
      console.End(RowState::kBuilt, "built");
    }
  }

  build::RunOptions MakeRunOptions() {
    build::RunOptions run;
    run.jobs = JobsFor(options_, *planned_);
    run.keep_going = options_.keep_going;
    run.explain = options_.explain_rebuild;
    run.hooks = Hooks(*planned_->project, planned_->plan.images.size() > 1);
    run.observe = [this](const plan::ImagePlan& image) {
      ImageConsole* const console = consoles_.at(image.key).get();
      console->Begin();
      return console;
    };
    run.on_end = [this](const build::ImageResult& image) { ShowEnd(image); };
    return run;
  }

  int End(build::RunResult& result) {
    HidePasswords(console_.mask(), result);
    ShowDiagnostics(result, options_);
    // With --result - standard output has the JSON, and nothing else.
    const bool to_out = options_.result_file == "-";
    if (!to_out || options_.progress != Progress::kQuiet) {
      ShowResults(result, options_.progress == Progress::kQuiet,
                  to_out ? std::cerr : std::cout, std::cerr);
    } else {
      ShowFailures(result, std::cerr);
    }
    if (const absl::Status status = WriteGitHubFiles(result); !status.ok()) {
      console_.Line("", absl::StrCat("warning: ", status.message()));
    }
    const int code = Finish(result, options_.result_file, std::cout, std::cerr);
    return signals_.out_of_memory() && code == kExitInterrupted
               ? kExitEnvironment
               : code;
  }

  const Options& options_;
  std::ostream nowhere_{nullptr};
  build::Inventory inventory_;
  Console console_{
      options_.progress == Progress::kQuiet ? &nowhere_ : &std::cerr, Style()};
  SignalCancellation signals_{
      [this] { return inventory_.Describe(); },
      [this](const std::string& line) { console_.Line("", line); }};
  std::unique_ptr<Planned> planned_;
  Consoles consoles_;
  bool told_of_logs_ = false;
};

}  // namespace

int Build(const Options& options) { return BuildVerb(options).Run(); }

}  // namespace ovenbird::cli
