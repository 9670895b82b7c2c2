#include "runtime/dockerfile/shell_fetches.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::dockerfile {
namespace {

// Of a URL: `https://h/a/b.tgz?x` is saved as `b.tgz`.
std::string FileOfUrl(absl::string_view url) {
  return LastPart(url.substr(0, url.find_first_of("?#")));
}

bool IsUrl(absl::string_view word) {
  return absl::StrContains(word, "://") || absl::StartsWith(word, "git@");
}

}  // namespace

void AddDownloads(ShellReading& reading) {
  const bool curl = reading.command.name == "curl";
  const bool by_url =
      curl ? reading.HasOption('O', "--remote-name")
           : std::none_of(reading.writes.begin(), reading.writes.end(),
                          [](const Write&) { return true; }) &&
                 !reading.HasOption('O', "--output-document");
  if (!by_url) return;
  const std::string folder = (curl ? reading.ValueOf('\0', "--output-dir")
                                   : reading.ValueOf('P', "--directory-prefix"))
                                 .value_or(".");
  for (const std::string& word : reading.operands) {
    if (IsUrl(word) || absl::StrContains(word, '/') ||
        absl::StartsWith(word, "$")) {
      reading.Add(absl::StrCat(folder, "/", FileOfUrl(word)));
    }
  }
}

void AddClone(ShellReading& reading) {
  const std::string folder = ResolvePath(reading.ValueOf('C', "").value_or("."),
                                         reading.command.folder);
  const auto clone = std::find(reading.operands.begin(), reading.operands.end(),
                               std::string("clone"));
  if (clone == reading.operands.end()) return reading.Add(folder, Write::kInto);
  auto url = std::find_if(clone, reading.operands.end(), [](const auto& word) {
    return IsUrl(word) || absl::StartsWith(word, "$");
  });
  if (url == reading.operands.end()) {  // a folder of this machine
    url = clone + 1;
  }
  if (url == reading.operands.end()) return;
  if (url + 1 != reading.operands.end()) {
    reading.Add(ResolvePath(reading.operands.back(), folder), Write::kInto,
                /*parents=*/true);
  } else {
    reading.Add(ResolvePath(absl::StripSuffix(LastPart(*url), ".git"), folder));
  }
}

// `tar xzf FILE MEMBER...`, into a folder that is there; or `tar czf FILE`.
void AddTar(ShellReading& reading) {
  const std::vector<std::string>& words = reading.command.arguments;
  // Letters without a dash come first, and are an operand here.
  const bool dash = words.empty() || absl::StartsWith(words[0], "-");
  const size_t archive = dash ? 0 : 1;
  const std::optional<std::string> file = reading.ValueOf('\0', "--file");
  const bool makes = dash ? reading.HasOption('c', "--create") ||
                                reading.HasOption('r', "--append") ||
                                reading.HasOption('u', "--update")
                          : words[0].find_first_of("cru") != words[0].npos;
  if (makes) {
    reading.writes.clear();  // -C is where the files are read
    for (const std::string& path : reading.command.outputs) reading.Add(path);
    if (file) return reading.Add(*file);
    if (archive < reading.operands.size()) {
      reading.Add(reading.operands[archive]);
    }
    return;
  }
  std::string folder = ".";
  for (const Write& write : reading.writes) {
    if (write.reach == Write::kInto) folder = write.path;
  }
  if (folder == ".") reading.Add(".", Write::kInto);
  for (size_t i = file ? archive : archive + 1; i < reading.operands.size();
       ++i) {
    reading.Add(absl::StrCat(folder, "/", reading.operands[i]));
  }
}

}  // namespace ovenbird::dockerfile
