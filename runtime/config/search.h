// The search for devspace.yaml, which runs commands: only what its user may
// trust is found.
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

struct SearchRules {
  // Nothing above this folder is looked at; empty: any folder is.
  std::string home;
  // Whose files are trusted.
  std::set<uid_t> owners;
  // What stat(2) or lstat(2) says, none on failure; for tests.
  std::function<std::optional<struct stat>(const std::string& path,
                                           bool follow_links)>
      look;
};

// The rules for this process: $HOME, and TrustedOwners.
SearchRules SystemSearchRules();

// Returns the owners of files that a process of the user `user` trusts: that
// user and root, and for root also the user who ran sudo. `sudo_uid` is what
// $SUDO_UID says; it is ignored for other users, who can set it themselves.
std::set<uid_t> TrustedOwners(uid_t user, const std::string& sudo_uid);

// Returns the path of devspace.yaml in `folder` or in the nearest folder above
// that has one. The search does not leave the file system of `folder`, and ends
// at the home folder. Errors:
//   kNotFound          there is none; the message says where the search ended
//   kPermissionDenied  it, or a folder from `folder` up to it, belongs to
//                      another user, who could have commands run
absl::StatusOr<std::string> FindConfig(
    const std::string& folder, const SearchRules& rules = SystemSearchRules());

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_SEARCH_H_
