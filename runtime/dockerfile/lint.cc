#include "runtime/dockerfile/lint.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/dockerfile/secret_names.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/dockerfile/time_mode.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kNewer =
    "use a maintained kaniko: `image: "
    "ghcr.io/osscontainertools/kaniko:v1.28.3`";

// The first version whose `redo` finds changes of owners and modes.
constexpr kube::KanikoVersion kFirstWithRedo = {0, 24, 0};

// What is missing without a mount, and what to write instead. The last one that
// fits counts.
struct MountKind {
  absl::string_view option;  // of --mount; with `=` at the end any value
  Capability needed;
  absl::string_view effect;
  absl::string_view advice;
};
constexpr MountKind kMountKinds[] = {
    {"", Capability::kRunMount, "nothing is mounted there", kNewer},
    {"from=", Capability::kRunMountFrom, "nothing is mounted there",
     "use `COPY --from`"},
    {"type=cache", Capability::kRunMount, "the cache is empty in every build",
     kNewer},
    {"type=secret", Capability::kRunMount, "the secret is missing", kNewer},
    {"type=ssh", Capability::kRunMountSsh, "there is no SSH agent",
     "fetch it before the build, or with a token in a secret"},
    {"type=tmpfs", Capability::kRunMountTmpfs,
     "files that are written there are in the image",
     "delete the files in the same RUN"},
};

// Whether a volume of the container can take the mount's place.
bool IsVolume(const Flag& mount) {
  const auto options = SplitMount(mount.value.value_or(""));
  if (!options.ok()) return false;
  std::string type = "bind";
  bool from = false;
  for (const MountOption& option : *options) {
    if (option.key == "type") {
      type = absl::AsciiStrToLower(option.value.value_or(""));
    } else if (option.key == "from") {
      from = option.value.value_or("") != "";
    }
  }
  return type == "tmpfs" || type == "secret" ||
         ((type == "bind" || type == "cache") && !from);
}

// `${X}/y` and `$X/y` are one path, whatever X is.
std::string WithoutBraces(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"${", "$"}, {"}", ""}});
}

bool HasRemoteSource(const Instruction& add) {
  return std::any_of(add.words.begin(), add.words.end(), [](const Word& word) {
    return absl::StrContains(word.text, "://");
  });
}

// They are reported where the stages are resolved.
constexpr auto kNoProblems = [](const Pair&, const Expanded&) {};

// A command of a RUN, and where the Dockerfile names it.
struct PlacedCommand {
  ShellCommand command;
  Span span;
};

// What a stage has done, up to an instruction.
struct StageState {
  explicit StageState(Scope scope) : scope(std::move(scope)) {}

  Scope scope;
  std::string folder = std::string(kUnknownFolder);
  TimeMode time_mode;
};

class Linter {
 public:
  Linter(const Dockerfile& dockerfile, const LintOptions& options,
         diag::Sink& sink)
      : dockerfile_(dockerfile),
        options_(options),
        executor_(options.executor_image),
        sink_(sink) {}

  void Run() {
    CheckSyntaxDirective();
    for (const Instruction& arg : dockerfile_.global_args) {
      global_.AddGlobal(arg, kNoProblems);
    }
    for (int index : options_.stages) {
      const Stage& stage = dockerfile_.stages[static_cast<size_t>(index)];
      is_target_ = index == options_.stages.back();
      volumes_.clear();
      StartStage(stage);
      for (const Instruction& instruction : stage.instructions) {
        Check(instruction);
      }
    }
  }

 private:
  void CheckSyntaxDirective();
  void Check(const Instruction& instruction);
  void CheckNames(const Instruction& instruction);
  void CheckHeredocs(const Instruction& instruction);
  void CheckFlags(const Instruction& instruction);
  bool MayNeedRights(const Instruction& run) const;
  bool MayUseNetwork(const Instruction& run) const;
  bool MayUseAgent(const Instruction& run) const;
  bool MayUseDevice(const Instruction& run) const;
  void CheckMount(const Instruction& run, const Flag& mount);
  void CheckDevice(const Instruction& run, const Flag& device);
  void CheckFlag(const Flag& flag, Capability needed, absl::string_view effect,
                 absl::string_view advice);
  void CheckGitSources(const Instruction& add);
  void StartStage(const Stage& stage);
  // As far as the Dockerfile tells; else with the variable's name.
  std::string PathOf(absl::string_view text) const;
  void FollowFiles(const Instruction& instruction);
  std::vector<PlacedCommand> CommandsOf(const Instruction& run) const;
  void CheckTimeMode(const std::vector<PlacedCommand>& commands);
  void CheckVolumes(const std::vector<PlacedCommand>& commands);
  bool SetsExtendedAttribute(const ShellCommand& command) const;
  void CheckExtendedAttributes(const std::vector<PlacedCommand>& commands);

  const Dockerfile& dockerfile_;
  const LintOptions& options_;
  const Executor executor_;
  diag::Sink& sink_;
  const Scope::Values no_build_args_;
  Scope global_{&no_build_args_, dockerfile_.escape};
  std::map<std::string, StageState> stages_;  // by name
  bool is_target_ = false;
  StageState* state_ = nullptr;
  // Of the stage, up to the instruction. Kaniko forgets them behind its end.
  std::vector<const Word*> volumes_;
};

void Linter::CheckSyntaxDirective() {
  const Word& syntax = dockerfile_.syntax;
  if (syntax.text.empty() ||
      absl::StartsWith(syntax.text, "docker/dockerfile") ||
      absl::StartsWith(syntax.text, "docker.io/docker/dockerfile")) {
    return;
  }
  sink_.Handle(diag::KanikoSyntax(syntax.span, syntax.text));
}

void Linter::Check(const Instruction& instruction) {
  if (!instruction.trigger.empty()) {
    // The image that is built only stores it, if the executor can read it.
    if (is_target_ ? executor_.Of(Capability::kHeredoc) == Verdict::kRefused
                   : !options_.rewritten) {
      CheckHeredocs(instruction.trigger[0]);
    }
    return;
  }
  CheckNames(instruction);
  if (!options_.rewritten) CheckHeredocs(instruction);
  CheckFlags(instruction);
  if (instruction.keyword == "ADD") CheckGitSources(instruction);
  if (instruction.keyword == "VOLUME") {
    for (const Word& path : instruction.words) {
      // Rewriting moves such a VOLUME to the end of its stage.
      if (options_.rewritten && !absl::StrContains(path.text, '$')) continue;
      volumes_.push_back(&path);
    }
  }
  state_->scope.Apply(instruction, kNoProblems);
  FollowFiles(instruction);
  if (instruction.keyword != "RUN") return;
  const std::vector<PlacedCommand> commands = CommandsOf(instruction);
  CheckVolumes(commands);
  CheckExtendedAttributes(commands);
  if (options_.snapshot_mode == "time") CheckTimeMode(commands);
}

// Of ARG and ENV.
void Linter::CheckNames(const Instruction& instruction) {
  const bool is_env = instruction.keyword == "ENV";
  if (!is_env && instruction.keyword != "ARG") return;
  for (const Pair& pair : instruction.pairs) {
    if (!LooksSecret(pair.name)) continue;
    Span name = pair.span;
    name.end = std::min(name.end,
                        name.begin + static_cast<uint32_t>(pair.name.size()));
    sink_.Handle(diag::SecretInDockerfile(
        name, pair.name, instruction.keyword,
        is_env ? "it is stored in the image"
               : "it is in the build pod, and in the image's history if Docker "
                 "builds it"));
  }
}

void Linter::CheckHeredocs(const Instruction& instruction) {
  const bool run = instruction.keyword == "RUN";
  for (const Heredoc& heredoc : instruction.heredocs) {
    const Verdict verdict =
        executor_.Of(run && !heredoc.expand ? Capability::kQuotedHeredoc
                                            : Capability::kHeredoc);
    if (verdict != Verdict::kIgnored && verdict != Verdict::kRefused) continue;
    const absl::string_view what = verdict == Verdict::kRefused
                                       ? "does not know"
                                   : run ? "does not run"
                                         : "does not copy";
    const bool quoted_only = executor_.Can(Capability::kHeredoc);
    sink_.Handle(diag::KanikoHeredoc(
        instruction.text_span, executor_.name(), what,
        quoted_only
            ? absl::StrCat("write `<<", heredoc.name, "` without quotes")
        : run && !heredoc.expand ? "join the commands with `&&`"
        : run ? absl::StrCat("join the commands with `&&`; or ", kNewer)
              : absl::StrCat("copy a file; or ", kNewer)));
    return;
  }
}

void Linter::CheckFlag(const Flag& flag, Capability needed,
                       absl::string_view effect, absl::string_view advice) {
  const std::string shown = absl::StrCat("--", flag.name);
  const Verdict verdict = executor_.Of(needed);
  if (verdict == Verdict::kIgnored) {
    sink_.Handle(diag::KanikoIgnoredFlag(flag.span, executor_.name(), shown,
                                         effect, advice));
  } else if (verdict == Verdict::kRefused) {
    sink_.Handle(
        diag::KanikoRefusedFlag(flag.span, executor_.name(), shown, advice));
  }
}

void Linter::CheckMount(const Instruction& run, const Flag& mount) {
  const std::vector<std::string> options =
      absl::StrSplit(mount.value.value_or(""), ',');
  // Rewriting mounts a volume, or reports the flag.
  if (options_.rewritten && IsVolume(mount)) return;
  const MountKind* kind = &kMountKinds[0];
  for (const MountKind& each : kMountKinds) {
    for (const std::string& option : options) {
      const bool any_value = absl::EndsWith(each.option, "=");
      if (option == each.option ||
          (any_value && absl::StartsWith(option, each.option))) {
        kind = &each;
      }
    }
  }
  // What is not given is not there with BuildKit, either. An agent is given on
  // its command line.
  const bool may_miss =
      (kind->option == "type=ssh" && !MayUseAgent(run)) ||
      (kind->option == "type=secret" && !options_.has_secrets);
  const bool required = absl::StrContains(mount.value.value_or(""), "required");
  if (may_miss && !required &&
      executor_.Of(kind->needed) == Verdict::kIgnored) {
    return;
  }
  CheckFlag(mount, kind->needed, kind->effect, kind->advice);
}

// False: all of its commands are known to do without those that kaniko's
// container does not have.
bool Linter::MayNeedRights(const Instruction& run) const {
  const std::vector<PlacedCommand> commands = CommandsOf(run);
  return commands.empty() ||
         std::any_of(commands.begin(), commands.end(), [](const auto& one) {
           return one.command.name == "mknod" || !IsUnderstood(one.command);
         });
}

// False: all of its commands are known to do without an SSH agent.
bool Linter::MayUseAgent(const Instruction& run) const {
  const std::vector<PlacedCommand> commands = CommandsOf(run);
  return commands.empty() || absl::StrContains(run.text, "SSH_AUTH_SOCK") ||
         std::any_of(commands.begin(), commands.end(), [](const auto& one) {
           return one.command.name == "git" || one.command.name == "rsync" ||
                  !IsUnderstood(one.command);
         });
}

// False: all of its commands are known to do without a device of the machine.
bool Linter::MayUseDevice(const Instruction& run) const {
  const std::vector<PlacedCommand> commands = CommandsOf(run);
  return commands.empty() || absl::StrContains(run.text, "/dev") ||
         std::any_of(commands.begin(), commands.end(), [](const auto& one) {
           return !IsUnderstood(one.command);
         });
}

// BuildKit runs the command without an optional device that it does not have.
void Linter::CheckDevice(const Instruction& run, const Flag& device) {
  const std::string value = device.value.value_or("");
  if (executor_.Of(Capability::kRunDevice) == Verdict::kIgnored &&
      !absl::StrContains(value, "required") && !MayUseDevice(run)) {
    return;
  }
  CheckFlag(device, Capability::kRunDevice,
            "the command does not have the device",
            "do what needs the device when a container starts");
}

// False: all of its commands are known to work on files alone.
bool Linter::MayUseNetwork(const Instruction& run) const {
  static constexpr absl::string_view kClients[] = {
      "curl", "getent", "git", "gpg", "openssl", "rsync", "wget"};
  const std::vector<PlacedCommand> commands = CommandsOf(run);
  return commands.empty() || absl::StrContains(run.text, "/net") ||
         absl::StrContains(run.text, "/dev/") ||
         std::any_of(commands.begin(), commands.end(), [](const auto& one) {
           return !IsUnderstood(one.command) ||
                  std::find(std::begin(kClients), std::end(kClients),
                            one.command.name) != std::end(kClients);
         });
}

void Linter::CheckFlags(const Instruction& instruction) {
  for (const Flag& flag : instruction.flags) {
    if (flag.name == "mount") {
      CheckMount(instruction, flag);
    } else if (flag.name == "device") {
      CheckDevice(instruction, flag);
    } else if (flag.name == "network" || flag.name == "security") {
      if (options_.rewritten &&
          (flag.value == "default" || flag.value == "host" ||
           flag.value == "sandbox" ||
           (flag.name == "security" && !MayNeedRights(instruction)))) {
        continue;  // Left out.
      }
      // The image is the same with the default, and with rights and a network
      // that no command needs.
      if (executor_.Of(Capability::kRunNetwork) == Verdict::kIgnored &&
          (flag.value == "default" || flag.value == "host" ||
           flag.value == "sandbox" ||
           (flag.value == "none" && !MayUseNetwork(instruction)) ||
           (flag.name == "security" && !MayNeedRights(instruction)))) {
        continue;
      }
      CheckFlag(flag, Capability::kRunNetwork,
                flag.name == "network"
                    ? "the command has the network of kaniko's container"
                    : "the command has the privileges of kaniko's container",
                "remove the flag; all commands have the network and the "
                "privileges of that container");
    } else if (flag.name == "checksum") {
      if (options_.rewritten) continue;  // Rewritten, or reported there.
      CheckFlag(flag, Capability::kAddChecksum, "the download is not checked",
                "check it in a RUN, for example with `sha256sum -c`");
    } else if (flag.name == "chmod") {
      // Rewriting sets the modes of what comes from the context.
      if (options_.rewritten && !instruction.FindFlag("from") &&
          !HasRemoteSource(instruction)) {
        continue;
      }
      CheckFlag(flag, Capability::kCopyChmod, "", "use `RUN chmod` after it");
    } else if (!options_.rewritten &&
               (flag.name == "parents" || flag.name == "exclude")) {
      CheckFlag(flag,
                flag.name == "parents" ? Capability::kCopyParents
                                       : Capability::kCopyExclude,
                "", "name the files, or exclude them with the ignore file");
    }
  }
}

void Linter::CheckGitSources(const Instruction& add) {
  for (size_t i = 0; i + 1 < add.words.size(); ++i) {
    const Word& word = add.words[i];
    const Expanded expanded = state_->scope.Expand(word.text);
    const std::string& source = expanded.IsKnown() ? expanded.text : word.text;
    if (IsGitSource(source)) {
      sink_.Handle(diag::KanikoGitSource(word.span, source));
    }
  }
}

void Linter::StartStage(const Stage& stage) {
  const auto base = stages_.find(absl::AsciiStrToLower(stage.base.text));
  StageState state =
      base == stages_.end() ? StageState(global_.NewStage()) : base->second;
  if (base != stages_.end()) {
    state.scope = global_.NewStageFrom(base->second.scope);
  }
  const std::string name =
      stage.name.empty() ? absl::StrCat(stage.index) : stage.name;
  state_ = &stages_.insert_or_assign(name, std::move(state)).first->second;
}

std::string Linter::PathOf(absl::string_view text) const {
  const Expanded expanded = state_->scope.Expand(text);
  return ResolvePath(expanded.IsKnown() ? expanded.text : WithoutBraces(text),
                     state_->folder);
}

// Remembers what COPY, ADD and WORKDIR put into the image.
void Linter::FollowFiles(const Instruction& instruction) {
  if (instruction.keyword == "WORKDIR") {
    state_->folder = PathOf(instruction.text);
    state_->time_mode.AddFolder(state_->folder);
  }
  const bool copies =
      instruction.keyword == "COPY" || instruction.keyword == "ADD";
  if (!copies || instruction.words.size() < 2) return;
  const std::string& target = instruction.words.back().text;
  const bool by_root = instruction.FindFlag("chown") == nullptr;
  for (size_t i = 0; i + 1 < instruction.words.size(); ++i) {
    const std::string& source = instruction.words[i].text;
    const std::string name = source.substr(source.rfind('/') + 1);
    // `COPY run.sh bin/`; without a dot it may be a folder, whose files come
    // there without its name.
    const bool into = absl::EndsWith(target, "/") &&
                      absl::StrContains(name, '.') && name[0] != '.' &&
                      name.find_first_of("*?[") == std::string::npos;
    state_->time_mode.AddFiles(PathOf(into ? target + name : target), by_root);
  }
}

void Linter::CheckTimeMode(const std::vector<PlacedCommand>& commands) {
  std::vector<ShellCommand> run;
  for (const PlacedCommand& each : commands) run.push_back(each.command);
  // A loop's command is there several times: once is enough.
  std::map<uint32_t, TimeMode::Loss> losses;
  for (const TimeMode::Loss& loss : state_->time_mode.AddRun(run)) {
    TimeMode::Loss& known =
        losses.try_emplace(commands[loss.command].span.begin, loss)
            .first->second;
    known.certain |= loss.certain;
  }
  for (const auto& [begin, loss] : losses) {
    const PlacedCommand& lost = commands[loss.command];
    if (SetsExtendedAttribute(lost.command)) continue;
    const bool owner =
        lost.command.name == "chown" || lost.command.name == "chgrp";
    sink_.Handle(diag::KanikoTimeMode(
        lost.span, lost.command.name, loss.certain ? "is" : "may be",
        absl::StrCat(
            executor_.IsFrom(kFirstWithRedo)
                ? "set `snapshotMode: redo`"
                : "set `snapshotMode: full` (or `redo`, since kaniko v0.24.0)",
            owner ? ", or use `COPY --chown`" : "")));
  }
}

void Linter::CheckVolumes(const std::vector<PlacedCommand>& commands) {
  for (const PlacedCommand& each : commands) {
    for (const Write& write : WritesOf(each.command)) {
      for (const Word* volume : volumes_) {
        if (!IsBelow(write, volume->text)) continue;
        diag::Diagnostic lost = diag::KanikoVolume(each.span, each.command.name,
                                                   write.path, volume->text);
        lost.WithNote("the VOLUME", volume->span);
        sink_.Handle(std::move(lost));
        return;  // Once for a RUN.
      }
    }
  }
}

// Whether what the command does is lost with every snapshotMode.
bool Linter::SetsExtendedAttribute(const ShellCommand& command) const {
  // Later versions store capabilities.
  const bool none_at_all = executor_.IsBefore({0, 20, 0});
  return command.name == "setfattr" || command.name == "setfacl" ||
         (command.name == "setcap" && none_at_all);
}

void Linter::CheckExtendedAttributes(
    const std::vector<PlacedCommand>& commands) {
  for (const PlacedCommand& each : commands) {
    if (SetsExtendedAttribute(each.command)) {
      sink_.Handle(
          diag::KanikoExtendedAttributes(each.span, each.command.name));
    }
  }
}

std::vector<PlacedCommand> Linter::CommandsOf(const Instruction& run) const {
  const ShellStart start = {
      state_->folder,
      [this](const std::string& name) -> std::optional<std::string> {
        const Expanded value = state_->scope.Expand(absl::StrCat("$", name));
        if (!value.IsKnown() || value.text.empty()) return std::nullopt;
        return value.text;
      }};
  std::vector<PlacedCommand> placed;
  if (run.exec_form) {
    std::vector<std::string> words;
    for (const Word& word : run.words) words.push_back(word.text);
    for (ShellCommand& command : FindShellCommands(words, start)) {
      placed.push_back({std::move(command), run.words[0].span});
    }
    return placed;
  }
  bool heredoc_is_script = true;
  for (ShellCommand& command : FindShellCommands(run.text, start)) {
    heredoc_is_script = IsShell(command);
    const Span span = run.SpanOfText(command.begin, command.end);
    placed.push_back({std::move(command), span});
  }
  for (const Heredoc& heredoc : run.heredocs) {
    if (!heredoc_is_script) break;  // `cat <<EOF >file`
    // Offsets in the content are the file's but for tabs that were taken off;
    // then the whole here-document is shown.
    const bool same =
        dockerfile_.file->text().compare(
            heredoc.span.begin, heredoc.content.size(), heredoc.content) == 0;
    for (ShellCommand& command : FindShellCommands(heredoc.content, start)) {
      const auto at = [&](size_t offset) {
        return heredoc.span.begin + static_cast<uint32_t>(offset);
      };
      const Span span =
          same ? Span{dockerfile_.file, at(command.begin), at(command.end)}
               : heredoc.span;
      placed.push_back({std::move(command), span});
    }
  }
  return placed;
}

}  // namespace

void Lint(const Dockerfile& dockerfile, const LintOptions& options,
          diag::Sink& sink) {
  Linter(dockerfile, options, sink).Run();
}

}  // namespace ovenbird::dockerfile
