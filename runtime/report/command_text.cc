#include "runtime/report/command_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace ovenbird::report {
namespace {

// Returns `text` with `hashes` in place of the two that begin a command.
std::string Replace(absl::string_view text, absl::string_view hashes) {
  return absl::StrReplaceAll(text, {{"##[", absl::StrCat(hashes, "[")},
                                    {"##vso[", absl::StrCat(hashes, "vso[")}});
}

}  // namespace

std::string CommandData(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}

std::string CommandProperty(absl::string_view text) {
  return absl::StrReplaceAll(CommandData(text), {{":", "%3A"}, {",", "%2C"}});
}

std::string JsonWithoutCommands(absl::string_view text) {
  return Replace(text, "#\\u0023");
}

std::string XmlWithoutCommands(absl::string_view text) {
  return Replace(text, "#&#35;");
}

std::string LinesWithoutCommands(absl::string_view text) {
  std::vector<std::string> lines =
      absl::StrSplit(Replace(text, "#\\x23"), '\n');
  for (std::string& line : lines) {
    const size_t start = line.find_first_not_of(" \t");
    if (start != line.npos && line.compare(start, 2, "::") == 0) {
      line.replace(start, 1, "\\x3A");
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace ovenbird::report
