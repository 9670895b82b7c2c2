#include "runtime/rewrite/source.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"

namespace ovenbird::rewrite {

bool IsRemote(absl::string_view source) {
  for (absl::string_view scheme :
       {"http://", "https://", "git://", "git@", "ssh://"}) {
    if (absl::StartsWithIgnoreCase(source, scheme)) return true;
  }
  return false;
}

bool HasRemoteSource(const dockerfile::Instruction& add) {
  return absl::c_any_of(add.words, [](const dockerfile::Word& word) {
    return IsRemote(word.text);
  });
}

bool IsHttp(absl::string_view source) {
  return absl::StartsWithIgnoreCase(source, "http://") ||
         absl::StartsWithIgnoreCase(source, "https://");
}

bool HasWildcard(absl::string_view path) {
  return path.find_first_of("*?[") != path.npos;
}

bool MissesItself(absl::string_view path) {
  return path.find_first_of("[\\") != path.npos;
}

std::string CleanSource(absl::string_view path) {
  return CleanPath(absl::StrCat("/", path)).substr(1);
}

bool NeedsJson(absl::string_view path) {
  return path.find_first_of(" \t\n") != path.npos;
}

}  // namespace ovenbird::rewrite
