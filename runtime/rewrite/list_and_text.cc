#include "runtime/rewrite/list_and_text.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/string_list.h"
#include "runtime/rewrite/root_run.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

// The part of an instruction that may be a list.
absl::string_view MaybeList(const Instruction& instruction) {
  absl::string_view text = instruction.text;
  if (instruction.keyword != "HEALTHCHECK") return text;
  if (!absl::StartsWithIgnoreCase(text, "CMD")) return "";
  return absl::StripLeadingAsciiWhitespace(text.substr(3));
}

}  // namespace

bool IsListAndText(absl::string_view text) {
  if (!absl::StartsWith(text, "[")) return false;
  for (size_t end = text.find(']'); end != text.npos;
       end = text.find(']', end + 1)) {
    std::vector<std::string> items;
    if (dockerfile::ReadStringList(text.substr(0, end + 1), &items) ==
        dockerfile::ListForm::kStrings) {
      return !absl::StripAsciiWhitespace(text.substr(end + 1)).empty();
    }
  }
  return false;
}

void WriteOutListAndText(const Site& site, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    if (instruction.exec_form || !IsListAndText(instruction.text)) continue;
    instruction.words.clear();
    for (std::string& word : ShellOf(site)) {
      instruction.words.push_back({std::move(word), {}});
    }
    instruction.words.push_back({std::move(instruction.text), {}});
    instruction.text.clear();
    instruction.exec_form = true;
    draft.Because("the executor ignores the text after a JSON list");
  }
}

void ReportListAndText(const Site& site, Draft& draft) {
  const Instruction& original = draft.original();
  if (original.exec_form || !IsListAndText(MaybeList(original))) return;
  site.Report(original.text_span, "ignores the text after the JSON list",
              "remove the brackets, or the text after them");
}

}  // namespace ovenbird::rewrite
