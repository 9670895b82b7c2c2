#include "runtime/rewrite/passwd.h"

#include <cstddef>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ovenbird::rewrite {
namespace {

using Fields = std::vector<absl::string_view>;

template <typename Want>
Account Find(absl::string_view text, size_t size, const Want& want) {
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const Fields fields = absl::StrSplit(line, ':');
    if (fields.size() < size || !want(fields)) continue;
    Account account;
    uint32_t second = 0;
    if (!absl::SimpleAtoi(fields[2], &account.user) ||
        (size > 3 && !absl::SimpleAtoi(fields[3], &second))) {
      continue;
    }
    account.exists = true;
    account.group = size > 3 ? second : account.user;
    if (size == 3) account.user = 0;
    return account;
  }
  return {};
}

}  // namespace

Account UserIn(absl::string_view passwd, absl::string_view name) {
  return Find(passwd, 4, [&](const Fields& f) { return f[0] == name; });
}

Account GroupIn(absl::string_view groups, absl::string_view name) {
  return Find(groups, 3, [&](const Fields& f) { return f[0] == name; });
}

std::string GroupNameIn(absl::string_view groups, uint32_t number) {
  for (const absl::string_view line : absl::StrSplit(groups, '\n')) {
    const Fields fields = absl::StrSplit(line, ':');
    if (fields.size() > 2 && fields[2] == absl::StrCat(number)) {
      return std::string(fields[0]);
    }
  }
  return "";
}

Account UserOfNumber(absl::string_view passwd, uint32_t number) {
  const std::string text = absl::StrCat(number);
  return Find(passwd, 4, [&](const Fields& f) { return f[2] == text; });
}

}  // namespace ovenbird::rewrite
