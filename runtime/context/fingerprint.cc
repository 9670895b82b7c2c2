#include "runtime/context/fingerprint.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::context {

absl::StatusOr<std::string> Fingerprint(const Listing& listing) {
  Sha256 sha;
  auto add = [&](absl::string_view part) {
    sha.Update(absl::StrCat(part.size(), ":"));
    sha.Update(part);
  };
  PathCursor paths(listing);
  for (size_t i = 0; i < listing.size(); ++i) {
    const Entry& entry = listing[i];
    add(absl::StrCat(static_cast<int>(entry.type),
                     (entry.mode & 0111) != 0 ? "x" : "-"));
    add(paths.At(i));
    if (entry.type == EntryType::kSymlink) add(listing.LinkTarget(i));
    if (entry.type == EntryType::kFile) {
      ASSIGN_OR_RETURN(
          std::string content,
          ReadFile(absl::StrCat(listing.root(), "/", listing.Path(i))));
      add(content);
    }
  }
  return ToHex(sha.Finish());
}

}  // namespace ovenbird::context
