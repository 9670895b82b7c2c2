#include "runtime/dockerfile/references.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {

std::vector<Reference> ReferencesOf(const Instruction& instruction) {
  std::vector<Reference> references;
  for (const Flag& flag : instruction.flags) {
    const std::string value = flag.value.value_or("");
    if (instruction.keyword == "COPY" && flag.name == "from") {
      if (!value.empty()) references.push_back({value, flag.span, true});
    } else if (instruction.keyword == "RUN" && flag.name == "mount") {
      std::string from = MountOptions(value)["from"];
      if (!from.empty()) references.push_back({std::move(from), flag.span});
    }
  }
  return references;
}

std::map<std::string, std::string> MountOptions(absl::string_view text) {
  std::map<std::string, std::string> options;
  const absl::StatusOr<std::vector<MountOption>> split = SplitMount(text);
  if (!split.ok()) return options;  // The parser has said so.
  for (const MountOption& option : *split) {
    options[option.key] = option.value.value_or("");
  }
  return options;
}

StageNames::StageNames(const Dockerfile& dockerfile) : dockerfile_(dockerfile) {
  for (const Stage& stage : dockerfile.stages) {
    if (!stage.name.empty()) named_[stage.name].push_back(stage.index);
  }
}

int StageNames::First(absl::string_view name) const {
  const auto found = named_.find(name);
  return found == named_.end() ? -1 : found->second.front();
}

int StageNames::Above(absl::string_view name, int below) const {
  const auto found = named_.find(name);
  if (found == named_.end()) return -1;
  const auto after =
      std::lower_bound(found->second.begin(), found->second.end(), below);
  return after == found->second.begin() ? -1 : *(after - 1);
}

int StageNames::Of(const Reference& reference) const {
  int number = 0;
  if (reference.is_copy && absl::SimpleAtoi(reference.text, &number)) {
    return number >= 0 && number < static_cast<int>(dockerfile_.stages.size())
               ? number
               : -1;
  }
  const auto found = named_.find(absl::AsciiStrToLower(reference.text));
  return found == named_.end() ? -1 : found->second.back();
}

bool StageNames::Reaches(int from, int to) const {
  std::set<int> seen;
  std::vector<int> todo = {from};
  while (!todo.empty()) {
    const int stage = todo.back();
    todo.pop_back();
    if (stage == to) return true;
    if (!seen.insert(stage).second) continue;
    for (const Instruction& instruction :
         dockerfile_.stages[static_cast<size_t>(stage)].instructions) {
      for (const Reference& reference : ReferencesOf(instruction)) {
        const int next = Of(reference);
        if (next >= 0) todo.push_back(next);
      }
    }
  }
  return false;
}

}  // namespace ovenbird::dockerfile
