#include "runtime/dockerfile/value_check.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/pattern.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

constexpr char kMountForm[] =
    "write `--mount=type=TYPE,target=PATH`; types: `bind`, `cache`, `tmpfs`, "
    "`secret`, `ssh`";

constexpr char kListForm[] =
    "write a JSON list: strings in double quotes with a comma between them, "
    "as in `[\"a b\", \"/c/\"]`";
constexpr char kPatternForm[] =
    "write `[[]` for the character `[`, and close each `[...]`";

// Of --chown: a user, or a user and a group.
std::string OwnerProblem(absl::string_view owner) {
  const size_t colon = owner.find(':');
  if (colon == owner.npos) return "";
  const absl::string_view group = owner.substr(colon + 1);
  if (!absl::StrContains(group, ':')) return "";
  return absl::StrCat("the group `", group, "` has a `:`");
}

class Checker {
 public:
  Checker(const Instruction& instruction, const Scope& scope,
          const std::optional<std::string>& folder, diag::Sink& sink)
      : instruction_(instruction),
        scope_(scope),
        folder_(folder),
        sink_(sink) {}

  void Run();

 private:
  Expanded Take(absl::string_view text, Span span) {
    Expanded value = scope_.Expand(text);
    if (!value.error.empty()) ReportExpansion(span, value, sink_);
    return value;
  }
  Expanded TakeText() {
    return Take(instruction_.text, instruction_.text_span);
  }
  // Empty when it is not given or not known.
  std::string TakeFlag(absl::string_view name);
  void Bad(Span span, absl::string_view what, const std::string& problem,
           absl::string_view advice) {
    if (problem.empty()) return;
    sink_.Handle(diag::DockerfileValue(span, what, problem, advice));
  }
  void BadFlag(absl::string_view name, const std::string& problem,
               absl::string_view advice) {
    Bad(instruction_.FindFlag(name)->span, absl::StrCat("flag `--", name, "`"),
        problem, advice);
  }
  void CheckCopy();
  void CheckExclusions();
  void CheckOwner();
  void CheckChecksum(const std::vector<std::string>& sources);
  void CheckSource(const Word& word, const std::string& source);
  void CheckPorts();
  void CheckMounts();
  void CheckVolumes();

  const Instruction& instruction_;
  const Scope& scope_;
  const std::optional<std::string>& folder_;
  diag::Sink& sink_;
};

void Checker::Run() {
  const std::string& keyword = instruction_.keyword;
  if (keyword == "COPY" || keyword == "ADD") {
    CheckCopy();
  } else if (keyword == "RUN") {
    CheckMounts();
  } else if (keyword == "EXPOSE") {
    CheckPorts();
  } else if (keyword == "VOLUME") {
    CheckVolumes();
  } else if (keyword == "USER" || keyword == "WORKDIR") {
    TakeText();
  } else if (keyword == "STOPSIGNAL") {
    const Expanded signal = TakeText();
    if (!signal.IsKnown()) return;
    Bad(instruction_.text_span, "signal", SignalProblem(signal.text),
        "write a name such as `SIGTERM`, or a number");
  } else if (keyword == "LABEL") {
    for (const Pair& pair : instruction_.pairs) {
      Take(pair.name, pair.span);
      Take(pair.value.value_or(""), pair.span);
    }
  }
}

std::string Checker::TakeFlag(absl::string_view name) {
  const Flag* flag = instruction_.FindFlag(name);
  if (flag == nullptr || !flag->value) return "";
  const Expanded value = Take(*flag->value, flag->span);
  return value.IsKnown() ? value.text : "";
}

void Checker::CheckExclusions() {
  for (const Flag& flag : instruction_.flags) {
    if (flag.name != "exclude" || !flag.value) continue;
    const Expanded pattern = Take(*flag.value, flag.span);
    if (!pattern.IsKnown()) continue;
    Bad(flag.span, "flag `--exclude`", ExclusionProblem(pattern.text),
        "write a pattern such as `*.md`, or `[[]` for the character `[`");
  }
}

void Checker::CheckOwner() {
  const std::string chown = TakeFlag("chown");
  const Flag* link = instruction_.FindFlag("link");
  if (!chown.empty() && link != nullptr &&
      !absl::EqualsIgnoreCase(link->value.value_or("true"), "false")) {
    BadFlag("chown", LinkedOwnerProblem(chown),
            "use numbers, or drop `--link`");
  } else if (!chown.empty()) {
    BadFlag("chown", OwnerProblem(chown), "write `--chown=USER:GROUP`");
  }
}

void Checker::CheckCopy() {
  CheckOwner();
  CheckExclusions();
  const std::string chmod = TakeFlag("chmod");
  if (!chmod.empty()) {
    BadFlag("chmod", ModeProblem(chmod), "write a mode such as `755`");
  }
  std::vector<std::string> sources;
  bool known = true;
  for (size_t i = 0; i < instruction_.words.size(); ++i) {
    const Word& word = instruction_.words[i];
    const bool is_source = i + 1 < instruction_.words.size();
    if (is_source && ParseHeredocStart(word.text)) continue;
    const Expanded path = Take(word.text, word.span);
    if (!is_source) break;
    known = known && path.IsKnown();
    sources.push_back(path.text);
    if (path.IsKnown()) CheckSource(word, path.text);
  }
  if (known) CheckChecksum(sources);
  for (const Heredoc& heredoc : instruction_.heredocs) {
    if (!heredoc.expand) continue;
    const Expanded content = scope_.ExpandHeredoc(heredoc.content);
    if (content.error.empty()) continue;
    ReportExpansion(heredoc.span, content, sink_);
  }
}

void Checker::CheckSource(const Word& word, const std::string& source) {
  const bool is_remote = IsGitSource(source) || IsHttpSource(source);
  if (!is_remote && HasWildcard(source)) {
    const std::string problem = instruction_.FindFlag("from") == nullptr
                                    ? StrictPatternProblem(source)
                                    : PatternProblem(source);
    if (problem.empty()) return;
    return Bad(word.span, "source",
               absl::StrCat("pattern `", source, "`: ", problem),
               IsBrokenList(instruction_) ? kListForm : kPatternForm);
  }
  if (instruction_.keyword != "COPY" || !is_remote) return;
  Bad(word.span, "source", absl::StrCat("COPY cannot download `", source, "`"),
      "use ADD");
}

void Checker::CheckChecksum(const std::vector<std::string>& sources) {
  const std::string checksum = TakeFlag("checksum");
  if (checksum.empty()) return;
  if (sources.size() != 1) {
    return BadFlag("checksum",
                   "it applies to one source, but there are several",
                   "write an ADD for each source");
  }
  if (IsHttpSource(sources[0])) {
    return BadFlag("checksum", DigestProblem(checksum),
                   "write `--checksum=sha256:DIGEST`");
  }
  if (IsGitSource(sources[0])) return;
  BadFlag("checksum", "the source is not a URL", "remove the flag");
}

void Checker::CheckPorts() {
  for (const Word& word : instruction_.words) {
    const Expanded ports = Take(word.text, word.span);
    if (!ports.IsKnown()) continue;
    for (const std::string& port : ports.words) {
      Bad(word.span, "port", PortProblem(port),
          "write `EXPOSE PORT` or `EXPOSE PORT/udp`");
    }
  }
}

void Checker::CheckVolumes() {
  for (const Word& word : instruction_.words) {
    const Expanded path = Take(word.text, word.span);
    if (path.IsKnown() && path.text.empty() && !word.text.empty()) {
      Bad(word.span, "VOLUME", "the path is empty", "write a path");
    }
  }
}

void Checker::CheckMounts() {
  for (const Flag& flag : instruction_.flags) {
    if (flag.name != "mount" || !flag.value) continue;
    absl::StatusOr<std::vector<MountOption>> options = SplitMount(*flag.value);
    if (!options.ok()) continue;  // The parser has said so.
    bool known = true;
    for (MountOption& option : *options) {
      if (!option.value) continue;
      Expanded value = Take(*option.value, flag.span);
      if (!value.IsKnown()) {
        known = false;
        Bad(flag.span, "flag `--mount`", MountKeyProblem(option.key),
            kMountForm);
      }
      option.value = std::move(value.text);
    }
    if (!known) continue;
    Bad(flag.span, "flag `--mount`", MountProblem(*options, folder_),
        kMountForm);
  }
}

}  // namespace

void ReportExpansion(Span span, const Expanded& value, diag::Sink& sink) {
  if (value.bad_syntax) {
    sink.Handle(diag::DockerfileSyntax(span, value.error));
  } else {
    sink.Handle(
        diag::DockerfileValue(span, "value", value.error,
                              "give the variable a value, or a shorter one"));
  }
}

bool IsBrokenList(const Instruction& instruction) {
  return !instruction.exec_form && !instruction.words.empty() &&
         absl::StartsWith(instruction.text, "[") &&
         !PatternProblem(instruction.words[0].text).empty();
}

void CheckValues(const Instruction& instruction, const Scope& scope,
                 const std::optional<std::string>& folder, diag::Sink& sink) {
  Checker(instruction, scope, folder, sink).Run();
}

}  // namespace ovenbird::dockerfile
