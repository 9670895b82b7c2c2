#include "runtime/dockerfile/shell_copies.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::dockerfile {
namespace {

bool HasGlob(absl::string_view text) {
  return text.find_first_of("*?[") != absl::string_view::npos;
}

// Whether the first operands show the names of what is copied.
bool NamesAreKnown(const ShellReading& reading, size_t count) {
  return std::all_of(reading.operands.begin(), reading.operands.begin() + count,
                     [](const std::string& operand) {
                       const std::string name = LastPart(operand);
                       return !HasGlob(name) && name != "." && name != "..";
                     });
}

void AddCopiesInto(ShellReading& reading, const std::string& folder) {
  if (reading.HasOption('D', "--parents")) {
    reading.Add(folder, Write::kItself, true);
  }
  if (!NamesAreKnown(reading, reading.operands.size())) {
    return reading.Add(folder, Write::kInto);
  }
  for (const std::string& operand : reading.operands) {
    reading.Add(absl::StrCat(folder, "/", LastPart(operand)));
  }
}

// `install -d` sets the owner of folders that are there already, too.
void AddInstalledFolders(ShellReading& reading) {
  const bool changes = reading.HasOption('o', "--owner") ||
                       reading.HasOption('g', "--group") ||
                       reading.HasOption('m', "--mode");
  for (const std::string& word : reading.operands) {
    reading.Add(word, Write::kItself, /*parents=*/true);
    if (changes) reading.Change(word);
  }
}

}  // namespace

std::optional<std::string> TargetFolder(const ShellReading& reading) {
  return reading.ValueOf('t', "--target-directory");
}

void AddCopies(ShellReading& reading) {
  if (reading.command.name == "install" &&
      reading.HasOption('d', "--directory")) {
    AddInstalledFolders(reading);
    return;
  }
  if (const std::optional<std::string> folder = TargetFolder(reading)) {
    return AddCopiesInto(reading, *folder);
  }
  if (reading.operands.empty()) return;
  if (reading.operands.size() == 1 && reading.command.name != "ln") return;
  const std::string target = reading.operands.back();
  if (reading.operands.size() == 1) {  // `ln -s /a/b`
    reading.Add(LastPart(target));
    return;
  }
  const bool names_known = reading.command.name != "rsync" &&
                           NamesAreKnown(reading, reading.operands.size() - 1);
  const bool parents = reading.HasOption('D', "--parents");
  const bool into = reading.operands.size() > 2 || absl::EndsWith(target, "/");
  if (!into || !names_known) {
    reading.Add(target, names_known ? Write::kItself : Write::kInto, parents);
  }
  if (reading.command.name == "rsync") reading.Add(target);  // made if missing
  // When the target is a folder that is there.
  for (size_t i = 0; names_known && i + 1 < reading.operands.size(); ++i) {
    reading.Add(absl::StrCat(target, "/", LastPart(reading.operands[i])));
  }
}

}  // namespace ovenbird::dockerfile
