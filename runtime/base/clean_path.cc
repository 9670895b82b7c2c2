#include "runtime/base/clean_path.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ovenbird {

std::string CleanPath(absl::string_view path) {
  const bool rooted = absl::StartsWith(path, "/");
  std::vector<absl::string_view> out;
  for (absl::string_view element : absl::StrSplit(path, '/')) {
    if (element.empty() || element == ".") continue;
    if (element != "..") {
      out.push_back(element);
    } else if (!out.empty() && out.back() != "..") {
      out.pop_back();
    } else if (!rooted) {
      out.push_back(element);
    }
  }
  if (rooted) return absl::StrCat("/", absl::StrJoin(out, "/"));
  return out.empty() ? "." : absl::StrJoin(out, "/");
}

absl::string_view BaseName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

absl::string_view FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == path.npos ? 0 : slash);
}

}  // namespace ovenbird
