#include "runtime/build/cluster/context_tag.h"

#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"

namespace ovenbird::build {
namespace {

// Returns the first digits of a digest of the list.
std::string Short(const std::vector<std::string>& parts, size_t digits) {
  std::string text;
  for (const std::string& part : parts) {
    absl::StrAppend(&text, part.size(), ":", part);
  }
  return ToHex(Sha256Of(text)).substr(0, digits);
}

}  // namespace

std::string ContextOwner::Describe() const {
  return key.empty() ? absl::StrCat("user ", user, " on ", host)
                     : absl::StrCat("key `", key, "`");
}

std::string ContextTagPrefix(const ContextOwner& owner) {
  const std::vector<std::string> parts =
      owner.key.empty() ? std::vector<std::string>{owner.user, owner.host}
                        : std::vector<std::string>{owner.key};
  return absl::StrCat("context-", Short(parts, 10), "-");
}

std::string ContextTag(const ContextOwner& owner, const std::string& folder,
                       const std::vector<std::string>& parts) {
  std::vector<std::string> all = parts;
  // A machine without a lasting name has no lasting folders, either.
  if (owner.key.empty()) all.push_back(folder);
  return absl::StrCat(ContextTagPrefix(owner), Short(all, 20));
}

}  // namespace ovenbird::build
