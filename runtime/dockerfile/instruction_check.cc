#include "runtime/dockerfile/instruction_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/grammar.h"
#include "runtime/dockerfile/string_list.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

std::string Shown(const Flag& flag) { return absl::StrCat("--", flag.name); }

class Checker {
 public:
  Checker(const Instruction& instruction, diag::Sink& sink)
      : instruction_(instruction),
        grammar_(*FindGrammar(instruction.keyword)),
        sink_(sink) {}

  void Run();

 private:
  void CheckFlags();
  void CheckFlag(const FlagGrammar& grammar, const Flag& flag, bool again);
  void UnknownFlag(const Flag& flag);
  void CheckFlagValue(const Flag& flag);
  void CheckCount();
  void CheckHealthcheck();
  void CheckTrigger();
  void CheckVolumes();
  void CheckNames();
  void Bad(Span span, absl::string_view what, absl::string_view problem,
           absl::string_view advice) {
    sink_.Handle(diag::DockerfileValue(span, what, problem, advice));
  }
  Span TextOrKeyword() const {
    return instruction_.text.empty() ? instruction_.keyword_span
                                     : instruction_.text_span;
  }

  const Instruction& instruction_;
  const Grammar& grammar_;
  diag::Sink& sink_;
};

void Checker::Run() {
  const std::string& keyword = instruction_.keyword;
  CheckCount();
  if (keyword == "HEALTHCHECK") return CheckHealthcheck();
  // BuildKit ignores all flags of these.
  if (keyword != "ARG" && keyword != "STOPSIGNAL") CheckFlags();
  if (keyword == "ONBUILD") CheckTrigger();
  if (keyword == "VOLUME") CheckVolumes();
  if (grammar_.shape == Shape::kPairs) CheckNames();
}

void Checker::CheckFlags() {
  std::set<absl::string_view> seen;
  for (const Flag& flag : instruction_.flags) {
    const auto known = std::find_if(
        grammar_.flags.begin(), grammar_.flags.end(),
        [&](const FlagGrammar& grammar) { return grammar.name == flag.name; });
    if (known == grammar_.flags.end()) {
      UnknownFlag(flag);
    } else {
      CheckFlag(*known, flag, !seen.insert(flag.name).second);
    }
  }
}

void Checker::UnknownFlag(const Flag& flag) {
  std::vector<absl::string_view> names;
  for (const FlagGrammar& known : grammar_.flags) names.push_back(known.name);
  const absl::string_view best = Suggest(flag.name, names);
  sink_.Handle(diag::DockerfileUnknownFlag(
      flag.span, grammar_.keyword, Shown(flag),
      best.empty() ? "" : absl::StrCat("did you mean `--", best, "`?"),
      names.empty() ? absl::StrCat("`", grammar_.keyword, "` has no flags")
                    : absl::StrCat("flags of `", grammar_.keyword, "`: `--",
                                   absl::StrJoin(names, "`, `--"), "`")));
}

void Checker::CheckFlag(const FlagGrammar& grammar, const Flag& flag,
                        bool again) {
  const std::string shown = absl::StrCat("flag `", Shown(flag), "`");
  if (grammar.kind == FlagKind::kBool) {
    const std::string value = flag.value.value_or("true");
    if (!absl::EqualsIgnoreCase(value, "true") &&
        !absl::EqualsIgnoreCase(value, "false")) {
      return Bad(flag.span, shown,
                 absl::StrCat("`", value, "` is neither `true` nor `false`"),
                 absl::StrCat("write `", Shown(flag), "` or remove the flag"));
    }
  } else if (!flag.value.has_value()) {
    return Bad(flag.span, shown, "it has no value",
               absl::StrCat("write `", Shown(flag), "=VALUE`"));
  }
  if (again && grammar.kind != FlagKind::kList) {
    return Bad(flag.span, shown, "it is given twice", "keep one of the two");
  }
  CheckFlagValue(flag);
}

void Checker::CheckFlagValue(const Flag& flag) {
  const std::string& value = flag.value.has_value() ? *flag.value : "";
  const std::string what = absl::StrCat("flag `", Shown(flag), "`");
  const auto not_one_of = [&](absl::string_view choices) {
    Bad(flag.span, what, absl::StrCat("unknown value `", value, "`"),
        absl::StrCat("use one of ", choices));
  };
  if (flag.name == "network") {
    if (value != "default" && value != "none" && value != "host") {
      not_one_of("`default`, `none`, `host`");
    }
  } else if (flag.name == "security") {
    if (value != "insecure" && value != "sandbox") {
      not_one_of("`insecure`, `sandbox`");
    }
  } else if (flag.name == "device") {
    const std::string problem = DeviceProblem(value);
    if (!problem.empty()) {
      Bad(flag.span, what, problem, "write `--device=VENDOR/CLASS=NAME`");
    }
  } else if (flag.name == "mount") {
    const absl::StatusOr<std::vector<MountOption>> options = SplitMount(value);
    if (!options.ok()) {
      return Bad(flag.span, what, options.status().message(),
                 "write `--mount=type=TYPE,target=PATH`");
    }
    for (const MountOption& option : *options) {
      if (option.key != "from" || !option.value) continue;
      const size_t dollar = option.value->find('$');
      if (dollar == std::string::npos || dollar + 1 == option.value->size()) {
        continue;
      }
      Bad(flag.span, what, "`from` cannot have variables",
          "add a stage `FROM IMAGE AS NAME` and mount from that");
    }
  }
}

void Checker::CheckCount() {
  size_t count = instruction_.text.empty() ? 0 : 1;
  if (grammar_.shape == Shape::kWords ||
      grammar_.shape == Shape::kWordsOrExec) {
    count = instruction_.words.size();
  }
  if (instruction_.keyword == "SHELL") count = instruction_.words.size();
  if (count >= grammar_.least) return;
  sink_.Handle(diag::DockerfileArguments(TextOrKeyword(), grammar_.keyword,
                                         grammar_.needed));
}

void Checker::CheckHealthcheck() {
  if (instruction_.text.empty()) return;
  const absl::string_view text = instruction_.text;
  const size_t blank = std::min(text.find_first_of(" \t\v\f\r"), text.size());
  const std::string type = absl::AsciiStrToUpper(text.substr(0, blank));
  std::vector<std::string> words;
  const ListForm form = ReadStringList(text.substr(blank), &words);
  const bool empty = absl::StripAsciiWhitespace(text.substr(blank)).empty() ||
                     (form == ListForm::kStrings && words.empty());
  if (form == ListForm::kOther) {
    sink_.Handle(diag::DockerfileSyntax(
        instruction_.text_span, "the items of a JSON list must be strings"));
  }
  if (type == "NONE") {
    if (!empty) {
      Bad(instruction_.SpanOfText(blank, text.size()), "HEALTHCHECK",
          "`NONE` is followed by more words", "remove these words");
    }
    return;
  }
  CheckFlags();
  for (const Flag& flag : instruction_.flags) {
    if (!flag.value) continue;
    const std::string problem = flag.name == "retries"
                                    ? RetriesProblem(*flag.value)
                                    : DurationProblem(*flag.value);
    if (problem.empty()) continue;
    Bad(flag.span, absl::StrCat("flag `", Shown(flag), "`"), problem,
        flag.name == "retries" ? "write a number such as `3`"
                               : "write a duration such as `30s` or `1m30s`");
  }
  if (type != "CMD") {
    Bad(instruction_.SpanOfText(0, blank), "HEALTHCHECK",
        absl::StrCat("`", text.substr(0, blank),
                     "` is neither `CMD` nor `NONE`"),
        "write `HEALTHCHECK CMD COMMAND`");
  } else if (empty) {
    sink_.Handle(diag::DockerfileArguments(
        instruction_.text_span, "HEALTHCHECK", "a command after `CMD`"));
  }
}

void Checker::CheckTrigger() {
  if (instruction_.trigger.empty()) return;
  const Instruction& trigger = instruction_.trigger[0];
  if (trigger.keyword == "ONBUILD" || trigger.keyword == "FROM" ||
      trigger.keyword == "MAINTAINER") {
    return Bad(trigger.keyword_span, "ONBUILD",
               absl::StrCat("`", trigger.keyword, "` cannot be a trigger"),
               "remove the line");
  }
  diag::Collector problems;
  CheckInstruction(trigger, problems);
  for (diag::Diagnostic problem : problems.diagnostics()) {
    problem.severity = diag::Severity::kNote;
    sink_.Handle(std::move(problem));
  }
}

void Checker::CheckVolumes() {
  for (const Word& word : instruction_.words) {
    if (!absl::StripAsciiWhitespace(word.text).empty()) continue;
    Bad(word.span, "VOLUME", "the path is empty", "write a path");
  }
}

void Checker::CheckNames() {
  for (const Pair& pair : instruction_.pairs) {
    if (!pair.name.empty()) continue;
    Bad(pair.span, instruction_.keyword, "the name before `=` is empty",
        "write `NAME=VALUE`");
  }
}

}  // namespace

void CheckInstruction(const Instruction& instruction, diag::Sink& sink) {
  Checker(instruction, sink).Run();
}

}  // namespace ovenbird::dockerfile
