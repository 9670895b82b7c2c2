// The search for devspace.yaml, which runs commands: only a file that its user
// may trust is used.
#ifndef OVENBIRD_RUNTIME_CONFIG_SEARCH_H_
#define OVENBIRD_RUNTIME_CONFIG_SEARCH_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"

namespace ovenbird::config {

// Limits of the search.
struct SearchRules {
  // The search ends at this folder; empty: at the root.
  std::string home;
  // The users whose files are trusted.
  std::set<uid_t> owners;
  // Returns the result of stat(2) or lstat(2), nullopt on failure; for tests.
  std::function<std::optional<struct stat>(const std::string& path,
                                           bool follow_links)>
      look;
};

// Returns the rules for this process: $HOME, and TrustedOwners.
SearchRules SystemSearchRules();

// Returns the owners of files that a process of the user `user` trusts: that
// user and root, and for root also the user who ran sudo. `sudo_uid` is what
// $SUDO_UID says; it is ignored for other users, who can set it themselves.
std::set<uid_t> TrustedOwners(uid_t user, const std::string& sudo_uid);

// Returns the path of devspace.yaml in `folder` or in the nearest folder above
// that has one. The search does not leave the file system of `folder`, and ends
// at the home folder. Errors:
//   kNotFound          no file; the message says where the search ended
//   kPermissionDenied  it, or a folder from `folder` up to it, belongs to
//                      another user, who could have commands run
absl::StatusOr<std::string> FindConfig(
    const std::string& folder, const SearchRules& rules = SystemSearchRules());

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_SEARCH_H_
