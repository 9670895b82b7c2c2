#include "runtime/report/mask.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace ovenbird::report {
namespace {

constexpr size_t kShortest = 4;

}  // namespace

Mask::Mask(const std::vector<std::string>& passwords) {
  for (const std::string& password : passwords) {
    for (absl::string_view line : absl::StrSplit(password, '\n')) {
      if (line.size() >= kShortest) passwords_.emplace_back(line);
    }
  }
  // One may be part of another one.
  std::sort(passwords_.begin(), passwords_.end(),
            [](const std::string& a, const std::string& b) {
              return a.size() > b.size();
            });
}

std::string Mask::Apply(absl::string_view text) const {
  std::string result(text);
  for (const std::string& password : passwords_) {
    absl::StrReplaceAll({{password, "***"}}, &result);
  }
  return result;
}

}  // namespace ovenbird::report
