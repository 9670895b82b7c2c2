#include "runtime/build/cluster/inventory.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/base/shell_quote.h"

namespace ovenbird::build {
namespace {

// For a shell.
std::string Quoted(const std::string& word) {
  for (char c : word) {
    if (!absl::ascii_isalnum(c) &&
        absl::string_view("-_./:@").find(c) == absl::string_view::npos) {
      return ShellQuote(word);
    }
  }
  return word;
}

// "pod/name"
std::string ShortName(const InventoryItem& item) {
  return absl::StrCat(absl::StripSuffix(item.plural, "s"), "/", item.name);
}

}  // namespace

void Inventory::Add(const InventoryItem& item) {
  MutexLock lock(&mutex_);
  items_.insert(item);
}

void Inventory::Remove(const InventoryItem& item) {
  MutexLock lock(&mutex_);
  items_.erase(item);
}

std::string Inventory::Describe() const {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>>
      places;
  {
    MutexLock lock(&mutex_);
    for (const InventoryItem& item : items_) {
      places[{item.context, item.name_space}].push_back(ShortName(item));
    }
  }
  std::string text;
  for (const auto& [place, names] : places) {
    const auto& [context, name_space] = place;
    absl::StrAppend(
        &text, "left in namespace ", name_space, ": ",
        absl::StrJoin(names, ", "), "\n  delete with: kubectl ",
        context.empty() ? "" : absl::StrCat("--context ", Quoted(context), " "),
        "--namespace ", name_space, " delete ", absl::StrJoin(names, " "),
        "\n");
  }
  return text;
}

}  // namespace ovenbird::build
