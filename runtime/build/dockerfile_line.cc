#include "runtime/build/dockerfile_line.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::build {
namespace {

// Those that kaniko announces before it runs them.
constexpr absl::string_view kInstructions[] = {
    "RUN",    "COPY",   "ADD",        "WORKDIR",    "USER",
    "ENV",    "EXPOSE", "ENTRYPOINT", "CMD",        "LABEL",
    "VOLUME", "SHELL",  "ONBUILD",    "STOPSIGNAL", "HEALTHCHECK"};

// Empty for line 0.
std::string Place(const SourceFile& file, int line) {
  if (line == 0) return "";
  return absl::StrCat(file.name(), ":", line, ": ",
                      absl::StripAsciiWhitespace(file.Line(line)));
}

// Of "dockerfile parse error on line 3: ..."; 0 without one.
int LineOf(absl::string_view error) {
  std::string lower = absl::AsciiStrToLower(error);
  size_t at = lower.find("parse error");
  if (at == std::string::npos) return 0;
  at = lower.find("line ", at);
  if (at == std::string::npos) return 0;
  absl::string_view number = absl::string_view(lower).substr(at + 5);
  number = number.substr(0, number.find_first_not_of("0123456789"));
  int line = 0;
  return absl::SimpleAtoi(number, &line) ? line : 0;
}

class Ignore : public diag::Sink {
 public:
  void Handle(diag::Diagnostic) override {}
};

std::string WordsOf(const dockerfile::Instruction& instruction) {
  std::string flags;
  for (const dockerfile::Flag& flag : instruction.flags) {
    absl::StrAppend(&flags, " --", flag.name);
    if (flag.value) absl::StrAppend(&flags, "=", *flag.value);
  }
  return Words(absl::StrCat(instruction.keyword, flags, " ", instruction.text));
}

// The line of `sent`, from 1 on; 0: not known.
int FindLine(const SourceFile& sent, absl::string_view error,
             absl::string_view instruction) {
  const int line = LineOf(error);
  if (line > 0 && line <= sent.line_count()) return line;
  if (instruction.empty()) return 0;
  Ignore ignore;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(sent, ignore);
  const std::string wanted = Words(instruction);
  const dockerfile::Instruction* found = nullptr;
  for (const dockerfile::Stage& stage : parsed.stages) {
    for (const dockerfile::Instruction& each : stage.instructions) {
      if (WordsOf(each) != wanted) continue;
      if (found != nullptr) return 0;
      found = &each;
    }
  }
  return found == nullptr ? 0 : sent.PositionAt(found->keyword_span.begin).line;
}

// The line of the FROM, from 1 on; 0: not known.
int FindBase(const SourceFile& sent, absl::string_view image) {
  Ignore ignore;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(sent, ignore);
  std::set<std::string> stages = {"scratch"};
  std::vector<const dockerfile::Stage*> named, external;
  for (const dockerfile::Stage& stage : parsed.stages) {
    if (stage.base.text == image) named.push_back(&stage);
    if (!stages.contains(absl::AsciiStrToLower(stage.base.text))) {
      external.push_back(&stage);
    }
    if (!stage.name.empty()) stages.insert(stage.name);
  }
  if (named.empty()) named = external;
  if (named.size() != 1) return 0;
  return sent.PositionAt(named[0]->from.keyword_span.begin).line;
}

// The place in the user's file of a line that `find` finds in the file as it
// is sent.
template <typename Find>
std::string PlaceInSent(const SourceFile& dockerfile,
                        const rewrite::Rewritten* rewritten, Find find) {
  if (rewritten == nullptr) return Place(dockerfile, find(dockerfile));
  const int line = find(SourceFile(dockerfile.name(), rewritten->text));
  const auto& origins = rewritten->origins;
  if (line < 1 || line > static_cast<int>(origins.size())) return "";
  return Place(dockerfile, origins[static_cast<size_t>(line) - 1]);
}

}  // namespace

absl::string_view InfoOf(absl::string_view log_line) {
  // "INFO RUN make", or with seconds: "INFO[0003] RUN make".
  if (!absl::ConsumePrefix(&log_line, "INFO")) return "";
  if (absl::ConsumePrefix(&log_line, "[")) {
    size_t end = log_line.find(']');
    if (end == absl::string_view::npos) return "";
    log_line.remove_prefix(end + 1);
  }
  return absl::StripAsciiWhitespace(log_line);
}

absl::string_view InstructionOf(absl::string_view log_line) {
  const absl::string_view info = InfoOf(log_line);
  for (absl::string_view name : kInstructions) {
    if (absl::StartsWith(info, absl::StrCat(name, " "))) return info;
  }
  return "";
}

std::string Words(absl::string_view instruction) {
  return absl::StrJoin(
      absl::StrSplit(instruction, absl::ByAnyChar(" \t\n"), absl::SkipEmpty()),
      " ");
}

std::vector<AnnouncedStep> AnnouncedSteps(const SourceFile& dockerfile,
                                          const rewrite::Rewritten* rewritten) {
  const SourceFile sent(dockerfile.name(), rewritten == nullptr
                                               ? std::string(dockerfile.text())
                                               : rewritten->text);
  Ignore ignore;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(sent, ignore);
  std::vector<AnnouncedStep> steps;
  int number = 0;
  for (const dockerfile::Stage& stage : parsed.stages) {
    for (const dockerfile::Instruction& each : stage.instructions) {
      if (std::count(std::begin(kInstructions), std::end(kInstructions),
                     each.keyword) > 0) {
        steps.push_back({WordsOf(each), number});
      }
    }
    ++number;
  }
  return steps;
}

std::string FailedLine(const SourceFile& dockerfile, absl::string_view error,
                       absl::string_view instruction,
                       const rewrite::Rewritten* rewritten) {
  return PlaceInSent(dockerfile, rewritten, [&](const SourceFile& sent) {
    return FindLine(sent, error, instruction);
  });
}

std::string FailedBase(const SourceFile& dockerfile, absl::string_view image,
                       const rewrite::Rewritten* rewritten) {
  return PlaceInSent(dockerfile, rewritten, [&](const SourceFile& sent) {
    return FindBase(sent, image);
  });
}

}  // namespace ovenbird::build
