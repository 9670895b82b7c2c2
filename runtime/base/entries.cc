#include "runtime/base/entries.h"

#include <dirent.h>
#include <errno.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ovenbird {

absl::StatusOr<std::vector<std::string>> EntriesOf(const std::string& folder) {
  const auto close = [](DIR* open) { closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> open(opendir(folder.c_str()),
                                                   close);
  if (open == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", folder));
  }
  std::vector<std::string> paths;
  while (const dirent* entry = readdir(open.get())) {
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    paths.push_back(absl::StrCat(folder, "/", name));
  }
  return paths;
}

}  // namespace ovenbird
