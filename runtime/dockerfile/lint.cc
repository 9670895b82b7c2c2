#include "runtime/dockerfile/lint.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kNewer =
    "a maintained kaniko does it: `image: "
    "ghcr.io/osscontainertools/kaniko:v1.28.3`";

// They change no content and no modification time.
constexpr std::array<absl::string_view, 5> kAttributeCommands = {
    "chgrp", "chmod", "chown", "setcap", "setfacl"};

bool ChangesAttributes(const ShellCommand& command) {
  return std::find(kAttributeCommands.begin(), kAttributeCommands.end(),
                   command.name) != kAttributeCommands.end();
}

// The paths that such a command is for.
std::vector<std::string> PathsOf(const ShellCommand& command) {
  std::vector<std::string> paths;
  for (const std::string& argument : command.arguments) {
    if (!absl::StartsWith(argument, "-")) paths.push_back(argument);
  }
  // The first is the owner or the mode; setfacl has options with values.
  if (command.name != "setfacl" && !paths.empty()) paths.erase(paths.begin());
  return paths;
}

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
    for (int stage : options_.stages) {
      volumes_.clear();
      for (const Instruction& instruction :
           dockerfile_.stages[static_cast<size_t>(stage)].instructions) {
        Check(instruction);
      }
    }
  }

 private:
  void CheckSyntaxDirective();
  void Check(const Instruction& instruction);
  void CheckHeredocs(const Instruction& instruction);
  void CheckFlags(const Instruction& instruction);
  void CheckMount(const Flag& mount);
  void CheckFlag(const Flag& flag, Capability needed, absl::string_view effect,
                 absl::string_view advice);
  void CheckGitSources(const Instruction& add);
  // `seen`: words of the text before the command.
  using OnCommand = std::function<void(const ShellCommand& command, Span span,
                                       const std::set<std::string>& seen)>;
  void ForEachCommand(const Instruction& run, const OnCommand& on_command);
  void CheckTimeMode(const ShellCommand& command, Span span,
                     const std::set<std::string>& seen);
  void CheckVolumes(const Instruction& run);

  const Dockerfile& dockerfile_;
  const LintOptions& options_;
  const Executor executor_;
  diag::Sink& sink_;
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
  if (!instruction.trigger.empty()) return;
  CheckHeredocs(instruction);
  CheckFlags(instruction);
  if (instruction.keyword == "ADD") CheckGitSources(instruction);
  if (instruction.keyword == "VOLUME") {
    for (const Word& path : instruction.words) volumes_.push_back(&path);
  }
  if (instruction.keyword != "RUN") return;
  CheckVolumes(instruction);
  if (options_.snapshot_mode == "time") {
    ForEachCommand(instruction, [this](const ShellCommand& command, Span span,
                                       const std::set<std::string>& seen) {
      CheckTimeMode(command, span, seen);
    });
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
                                   : run ? "runs nothing of"
                                         : "does not copy";
    const bool quoted_only = executor_.Can(Capability::kHeredoc);
    sink_.Handle(diag::KanikoHeredoc(
        instruction.text_span, executor_.name(), what,
        quoted_only
            ? absl::StrCat("write `<<", heredoc.name, "` without quotes")
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

void Linter::CheckMount(const Flag& mount) {
  const std::string value = mount.value.value_or("");
  // Ovenbird has none to give, so that it is not there with BuildKit either.
  const bool optional = (absl::StrContains(value, "type=secret") ||
                         absl::StrContains(value, "type=ssh")) &&
                        !absl::StrContains(value, "required");
  if (optional && executor_.Of(Capability::kRunMount) == Verdict::kIgnored)
    return;
  absl::string_view effect = "nothing is mounted there";
  if (absl::StrContains(value, "type=cache")) {
    effect = "the cache is empty in every build";
  } else if (absl::StrContains(value, "type=secret")) {
    effect = "the secret is not there";
  } else if (absl::StrContains(value, "type=ssh")) {
    effect = "there is no SSH agent";
  }
  CheckFlag(mount, Capability::kRunMount, effect, kNewer);
}

void Linter::CheckFlags(const Instruction& instruction) {
  for (const Flag& flag : instruction.flags) {
    if (flag.name == "mount") {
      CheckMount(flag);
    } else if (flag.name == "network" || flag.name == "security") {
      // The image is the same with the default and without a network.
      if (executor_.Of(Capability::kRunNetwork) == Verdict::kIgnored &&
          (flag.value == "default" || flag.value == "none" ||
           flag.value == "sandbox")) {
        continue;
      }
      CheckFlag(
          flag, Capability::kRunNetwork,
          "the command runs with the settings of kaniko's container",
          "that container's network and security are those of all commands");
    } else if (flag.name == "checksum") {
      CheckFlag(flag, Capability::kAddChecksum, "the download is not checked",
                "check it in a RUN, for example with `sha256sum -c`");
    } else if (flag.name == "chmod") {
      CheckFlag(flag, Capability::kCopyChmod, "", "use `RUN chmod` behind it");
    } else if (!options_.rewritten &&
               (flag.name == "parents" || flag.name == "exclude")) {
      CheckFlag(flag,
                flag.name == "parents" ? Capability::kCopyParents
                                       : Capability::kCopyExclude,
                "", "name the files, or leave them out with the ignore file");
    }
  }
}

void Linter::CheckGitSources(const Instruction& add) {
  for (size_t i = 0; i + 1 < add.words.size(); ++i) {
    const absl::string_view source = add.words[i].text;
    const absl::string_view path = source.substr(0, source.find('#'));
    const bool web =
        absl::StartsWith(path, "https://") || absl::StartsWith(path, "http://");
    if ((web && absl::EndsWith(path, ".git")) ||
        absl::StartsWith(path, "git@") || absl::StartsWith(path, "git://")) {
      sink_.Handle(diag::KanikoGitSource(add.words[i].span, source));
    }
  }
}

void Linter::CheckTimeMode(const ShellCommand& command, Span span,
                           const std::set<std::string>& seen) {
  if (!ChangesAttributes(command)) return;
  const std::vector<std::string> paths = PathsOf(command);
  // What the same RUN made before is new, and new files are always found.
  const bool all_new =
      !paths.empty() &&
      std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
        return seen.count(path) > 0;
      });
  if (all_new) return;
  sink_.Handle(diag::KanikoTimeMode(
      span, command.name,
      "set `snapshotMode: full` (or `redo`, from kaniko v0.24.0 on), or use "
      "`COPY --chown`"));
}

void Linter::CheckVolumes(const Instruction& run) {
  bool told = false;  // Once for a RUN.
  const auto check = [&](const ShellCommand& command, Span span,
                         const std::set<std::string>&) {
    for (const Write& write : WritesOf(command)) {
      for (const Word* volume : volumes_) {
        if (told || !IsBelow(write, volume->text)) continue;
        told = true;
        diag::Diagnostic lost =
            diag::KanikoVolume(span, command.name, write.path, volume->text);
        lost.WithNote("the VOLUME", volume->span);
        sink_.Handle(std::move(lost));
      }
    }
  };
  if (!volumes_.empty()) ForEachCommand(run, check);
}

void Linter::ForEachCommand(const Instruction& run,
                            const OnCommand& on_command) {
  const auto look = [&](absl::string_view text, auto span_of) {
    std::set<std::string> seen;
    for (const ShellCommand& command : FindShellCommands(text)) {
      on_command(command, span_of(command.begin, command.end), seen);
      seen.insert(command.arguments.begin(), command.arguments.end());
    }
  };
  if (run.exec_form) {
    ShellCommand command;
    for (const Word& word : run.words) command.arguments.push_back(word.text);
    if (run.words.empty()) return;
    command.name =
        command.arguments[0].substr(command.arguments[0].rfind('/') + 1);
    command.arguments.erase(command.arguments.begin());
    on_command(command, run.words[0].span, {});
    return;
  }
  look(run.text,
       [&](size_t begin, size_t end) { return run.SpanOfText(begin, end); });
  for (const Heredoc& heredoc : run.heredocs) {
    // Offsets in the content are the file's but for tabs that were taken off;
    // then the whole here-document is shown.
    const bool same =
        dockerfile_.file->text().compare(
            heredoc.span.begin, heredoc.content.size(), heredoc.content) == 0;
    look(heredoc.content, [&](size_t begin, size_t end) {
      if (!same) return heredoc.span;
      const auto at = [&](size_t offset) {
        return heredoc.span.begin + static_cast<uint32_t>(offset);
      };
      return Span{dockerfile_.file, at(begin), at(end)};
    });
  }
}

}  // namespace

void Lint(const Dockerfile& dockerfile, const LintOptions& options,
          diag::Sink& sink) {
  Linter(dockerfile, options, sink).Run();
}

}  // namespace ovenbird::dockerfile
