#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/descriptor_reserve.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/folder_without_links.h"
#include "runtime/build/base_digests.h"
#include "runtime/build/build_record.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/failure.h"
#include "runtime/build/hooks.h"
#include "runtime/build/result.h"
#include "runtime/build/run.h"
#include "runtime/build/timeline.h"
#include "runtime/build/unchanged.h"
#include "runtime/cli/board.h"
#include "runtime/cli/closing_table.h"
#include "runtime/cli/console.h"
#include "runtime/cli/engines.h"
#include "runtime/cli/events.h"
#include "runtime/cli/github_files.h"
#include "runtime/cli/log_file.h"
#include "runtime/cli/log_reader.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/project.h"
#include "runtime/cli/results.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/trace.h"
#include "runtime/cli/verbs.h"
#include "runtime/cli/version.h"
#include "runtime/cli/workflow_commands.h"
#include "runtime/kube/manifest.h"
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
  explicit BuildVerb(const Options& options) : options_(options) {
    // What reads events reads no commands.
    if (!IsGitHubActions() || console_.has_events()) return;
    commands_.emplace(&std::cerr);
    if (Style() == ConsoleStyle::kLines &&
        options_.progress != Progress::kQuiet) {
      console_.Use(&*commands_);
    }
  }

  int Run() {
    console_.Emit(RunStartedEvent(kVersion));
    int code = RunPlan();
    if (!has_ended_) code = EndWithoutImages(code);
    console_.Emit(RunEndedEvent(code, failure_));
    return code;
  }

 private:
  int RunPlan() {
    planning_.EnterSince({.kind = build::PhaseKind::kPlan}, start_);
    if (options_.progress == Progress::kTty && !HasTerminal()) {
      Refuse(
          "--progress tty: standard error is not a terminal that can show a "
          "board; use --progress plain");
      return kExitUsage;
    }
    if (!HasFolders()) return kExitUsage;
    int exit_code = kExitGood;
    PlanMessages messages;
    messages.show_error = [this](absl::string_view text) { Refuse(text); };
    if (console_.has_events()) {
      messages.show_note = [this](absl::string_view text) {
        console_.Line("", absl::StrCat("note: ", text));
      };
    }
    planned_ = PlanProject(
        options_, exit_code,
        [this](const config::Loaded& project,
               const std::vector<std::string>& images,
               int& code) { return RunHooksBefore(project, images, code); },
        &signals_.cancellation(), /*take=*/nullptr, messages);
    if (planned_ == nullptr) return exit_code;
    if (!options_.output_tar.empty() && planned_->plan.images.size() != 1) {
      Refuse(
          "--output saves one image; name it: ovenbird build IMAGE "
          "--output FILE.tar");
      return kExitUsage;
    }
    if (!options_.output_tar.empty() &&
        !planned_->plan.images[0]->platforms.empty()) {
      Refuse(
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
      Refuse(engine.status().message());
      return kExitEnvironment;
    }
    HideOwnFolder();
    build::RunResult result = BuildImages(**engine, base_digests);
    return End(result);
  }

  build::RunResult BuildImages(
      build::Engine& engine, std::optional<build::BaseDigests>& base_digests) {
    const StoppedCommands stopped(commands());
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
        build::Run(planned_->plan, engine, run, signals_.cancellation());
    NotePlanning(result, /*failed=*/false);
    for (build::ImageResult& image : result.images) {
      AddFiles(image);
      consoles_.at(image.key)->EndWithoutBegin("not started");
      if (image.start == absl::InfinitePast()) console_.Emit(EndEvent(image));
    }
    HidePasswords(console_.mask(), result);
    console_.End(HasTable() ? ClosingTable(result, TableWidth())
                            : std::vector<BoardLine>());
    ForgetImages();
    return result;
  }

  // The run began before its images were known. Its last phase until then ends
  // when `result` starts; `failed`: it failed.
  void NotePlanning(build::RunResult& result, bool failed) {
    std::vector<build::Phase> phases = planning_.Finish(failed).phases;
    if (!phases.empty()) phases.back().end = result.start;
    phases.insert(phases.end(), result.timeline.phases.begin(),
                  result.timeline.phases.end());
    result.timeline.phases = std::move(phases);
    result.start = start_;
  }

  WorkflowCommands* commands() { return commands_ ? &*commands_ : nullptr; }

  // An error before anything is built.
  void Refuse(absl::string_view text) {
    refused_ = std::string(text);
    if (console_.has_events()) return console_.Line("", text);
    ShowError(text);
  }

  // What only this verb knows of an image.
  void AddFiles(build::ImageResult& image) const {
    image.log_file = consoles_.at(image.key)->log_file();
    if (options_.output_tar.empty()) return;
    image.pushed = false;
    if (image.failure) return;
    image.output_tar = options_.output_tar;
    std::error_code error;
    const uintmax_t size =
        std::filesystem::file_size(options_.output_tar, error);
    if (!error) image.image_bytes = static_cast<int64_t>(size);
  }

  // Without a board one image has its line on standard output.
  bool HasTable() const {
    return console_.has_board() ||
           (!console_.has_events() && planned_->plan.images.size() > 1);
  }

  // What is no terminal has no width.
  static size_t TableWidth() {
    constexpr size_t kNoTerminal = 200;
    return HasTerminal() ? TerminalSize().width : kNoTerminal;
  }

  static bool HasFolder(const std::string& file) {
    const std::string folder =
        std::filesystem::path(file).parent_path().string();
    std::error_code error;
    return folder.empty() || std::filesystem::is_directory(folder, error);
  }

  // Asked before the build: afterwards is too late.
  bool HasFolders() {
    for (const auto& [flag, file] :
         {std::pair<const char*, std::string>{"--result", options_.result_file},
          {"--trace", options_.trace_file},
          {"--output", options_.output_tar}}) {
      if (HasFolder(file)) continue;
      Refuse(absl::StrCat(flag, " ", file, ": folder `",
                          std::filesystem::path(file).parent_path().string(),
                          "` does not exist"));
      return false;
    }
    return true;
  }

  ConsoleStyle Style() const {
    if (options_.progress == Progress::kJson) return ConsoleStyle::kEvents;
    if (!HasTerminal() || (options_.progress != Progress::kAuto &&
                           options_.progress != Progress::kTty)) {
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
    std::optional<StoppedCommands> stopped(commands());
    build::HookRun hooks = Hooks(project, images.size() > 1);
    hooks.on_line = [this, show = hooks.on_line](absl::string_view subject,
                                                 absl::string_view line) {
      planning_.Enter({.kind = build::PhaseKind::kHooks});
      show(subject, line);
    };
    images.push_back(build::kAllImages);
    build::RunResult result;
    result.failure = build::RunHooks(hooks, build::HookTime::kBefore, images);
    if (!result.failure) {
      planning_.Enter({.kind = build::PhaseKind::kPlan});
      return true;
    }
    stopped.reset();
    result.start = result.end = clock_.Now();
    NotePlanning(result, /*failed=*/true);
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
      options.short_log = options_.short_log;
      options.grouping = GroupingOfImages();
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

  Grouping GroupingOfImages() const {
    if (!commands_ || console_.has_board() ||
        options_.progress == Progress::kQuiet) {
      return Grouping::kNone;
    }
    return planned_->plan.images.size() == 1 ||
                   JobsFor(options_, *planned_) == 1
               ? Grouping::kLive
               : Grouping::kAtTheEnd;
  }

  std::string WhatItWaitsFor(const plan::ImagePlan& image) const {
    std::vector<std::string> keys;
    for (size_t other : image.after) {
      keys.push_back(planned_->plan.images[other]->key);
    }
    return absl::StrCat("waiting", keys.empty() ? "" : " for ",
                        absl::StrJoin(keys, ", "));
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
    if (!console_.has_events()) return;
    build::ImageResult whole = image;
    AddFiles(whole);
    console_.Emit(EndEvent(whole));
  }

  build::RunOptions MakeRunOptions() {
    build::RunOptions run;
    run.clock = &clock_;
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

  // For --result and --trace: what they have of an earlier run is not of this
  // one. What ended the run has been shown already.
  int EndWithoutImages(int code) {
    build::RunResult result;
    result.version = kVersion;
    result.start = result.end = clock_.Now();
    result.failure = WhyNothingWasBuilt(code, refused_);
    NotePlanning(result, /*failed=*/true);
    HidePasswords(console_.mask(), result);
    failure_ = result.failure;
    const StoppedCommands stopped(commands());
    std::ostringstream problems;
    if (HasFolder(options_.result_file)) {
      Finish(result, options_.result_file, std::cout, problems);
    }
    if (!problems.str().empty()) {
      console_.Line("", absl::StripTrailingAsciiWhitespace(problems.str()));
    }
    return HasFolder(options_.trace_file) ? Trace(result, code) : code;
  }

  int End(build::RunResult& result) {
    has_ended_ = true;
    result.version = kVersion;
    HidePasswords(console_.mask(), result);
    failure_ = result.failure;
    ShowDiagnostics(result, options_);
    {
      const StoppedCommands stopped(commands());
      Report(result);
      if (const absl::Status status = WriteGitHubFiles(result); !status.ok()) {
        console_.Line("", absl::StrCat("warning: ", status.message()));
      }
    }
    for (const build::ImageResult& image : result.images) Annotate(image);
    const StoppedCommands stopped(commands());
    std::ostringstream problems;
    int code = Finish(result, options_.result_file, std::cout, problems);
    if (console_.has_events() && !problems.str().empty()) {
      console_.Line("", absl::StripTrailingAsciiWhitespace(problems.str()));
    } else {
      std::cerr << problems.str();
    }
    if (signals_.out_of_memory() && code == kExitInterrupted) {
      code = kExitEnvironment;
    }
    return Trace(result, code);
  }

  // The configs of problems have annotations of their own.
  void Annotate(const build::ImageResult& image) {
    if (!image.failure || !image.failure->diagnostics.empty()) return;
    const build::Failure& failure = *image.failure;
    std::vector<std::string> lines = {failure.what};
    lines.insert(lines.end(), failure.details.begin(), failure.details.end());
    if (!failure.hint.empty()) {
      lines.push_back(absl::StrCat("help: ", failure.hint));
    }
    console_.Command(ErrorCommand(absl::StrCat("image ", image.key),
                                  absl::StrJoin(lines, "\n")));
  }

  // Returns the exit code: 3 if only the trace's file cannot be written.
  int Trace(const build::RunResult& result, int code) {
    const TraceEnd end =
        ExportTrace(result, code, options_.trace_file, signals_.cancellation());
    if (!end.collector.ok()) {
      console_.Line("", absl::StrCat("warning: the trace is not sent: ",
                                     report::Visible(end.collector.message())));
    }
    if (end.file.ok()) return code;
    Refuse(end.file.message());
    return code == kExitGood ? kExitEnvironment : code;
  }

  // With --result - standard output has the JSON, and nothing else; with events
  // standard error has them, and nothing else.
  void Report(const build::RunResult& result) {
    const bool to_out = options_.result_file == "-";
    const bool is_quiet = options_.progress == Progress::kQuiet;
    std::ostream& err = console_.has_events() ? nowhere_ : std::cerr;
    if (!to_out || !is_quiet) {
      ShowResults(result, is_quiet, to_out ? err : std::cout, err);
    } else {
      ShowFailures(result, err);
    }
  }

  const Options& options_;
  const build::RunClock clock_;
  const absl::Time start_ = clock_.Now();
  build::TimelineRecorder planning_{&clock_};  // until the images are known
  // Of the runner that reads standard error, if one does.
  std::optional<WorkflowCommands> commands_;
  std::ostream nowhere_{nullptr};
  build::Inventory inventory_;
  Console console_{
      options_.progress == Progress::kQuiet ? &nowhere_ : &std::cerr, Style()};
  SignalCancellation signals_{
      [this] { return inventory_.Describe(); },
      [this](const std::string& line) { console_.Line("", line); }};
  std::unique_ptr<Planned> planned_;
  Consoles consoles_;
  std::optional<build::Failure> failure_;  // of no image
  std::string refused_;  // the last error before anything is built
  bool has_ended_ = false;
  bool told_of_logs_ = false;
};

}  // namespace

int Build(const Options& options) { return BuildVerb(options).Run(); }

}  // namespace ovenbird::cli
