#include "runtime/dockerfile/shell_accounts.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::dockerfile {

void AddAccounts(ShellReading& reading) {
  for (const char* file : {"passwd", "group", "shadow", "gshadow"}) {
    reading.Add(absl::StrCat("/etc/", file));
  }
}

void AddUser(ShellReading& reading) {
  AddAccounts(reading);
  const std::vector<std::string>& words = reading.command.arguments;
  std::string home;
  for (size_t i = 0; i < words.size(); ++i) {
    absl::string_view word = words[i];
    const bool next = word == "--home" || word == "--home-dir" ||
                      word == "-h" ||
                      (HasLetter(word, 'd') && absl::EndsWith(word, "d"));
    if (next && i + 1 < words.size()) home = words[i + 1];
    if (absl::ConsumePrefix(&word, "--home=") ||
        absl::ConsumePrefix(&word, "--home-dir=")) {
      home = std::string(word);
    }
  }
  // The user's name is the last operand, or the first of two.
  if (home.empty() && !reading.operands.empty()) {
    home = absl::StrCat("/home/", reading.operands.back());
  }
  reading.Add(home);
}

}  // namespace ovenbird::dockerfile
