#include "runtime/context/door.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"

namespace ovenbird::context {

std::string DoorOf(absl::string_view folder) {
  const bool own = absl::StartsWith(folder, absl::StrCat(kOwnFolder, "/"));
  return absl::StrCat(
      kOwnFolder, "/door",
      own ? "" : absl::StrCat("-", ToHex(Sha256Of(folder)).substr(0, 8)));
}

std::string ThroughDoorOf(absl::string_view folder) {
  return absl::StrCat(DoorOf(folder), kContextInDoor);
}

}  // namespace ovenbird::context
