#include "runtime/report/mask.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/shell_quote.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {
namespace {

constexpr size_t kShortest = 4;

// Returns what a password becomes inside the single quotes of a shell.
std::string InQuotes(absl::string_view password) {
  const std::string quoted = ShellQuote(password);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

Mask::Mask(const std::vector<std::string>& passwords) {
  for (const std::string& password : passwords) {
    for (absl::string_view line : absl::StrSplit(password, '\n')) {
      if (line.size() < kShortest) continue;
      for (const std::string& form : {std::string(line), InQuotes(line)}) {
        passwords_.push_back(form);
        passwords_.push_back(Visible(form));
      }
    }
  }
  // One may be part of another one.
  std::sort(passwords_.begin(), passwords_.end(),
            [](const std::string& a, const std::string& b) {
              return std::make_pair(b.size(), a) < std::make_pair(a.size(), b);
            });
  passwords_.erase(std::unique(passwords_.begin(), passwords_.end()),
                   passwords_.end());
}

std::string Mask::Apply(absl::string_view text) const {
  std::string result(text);
  for (const std::string& password : passwords_) {
    absl::StrReplaceAll({{password, "***"}}, &result);
  }
  HideCutPassword(result);
  return result;
}

void Mask::HideCutPassword(std::string& text) const {
  absl::string_view whole = text;
  if (!absl::ConsumeSuffix(&whole, "...")) return;
  for (const std::string& password : passwords_) {
    for (size_t size = std::min(password.size(), whole.size());
         size >= kShortest; --size) {
      if (!absl::EndsWith(whole, password.substr(0, size))) continue;
      text.replace(whole.size() - size, size, "***");
      return;
    }
  }
}

}  // namespace ovenbird::report
