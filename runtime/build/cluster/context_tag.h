// The names of the tags of context images.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TAG_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TAG_H_

#include <string>
#include <vector>

namespace ovenbird::build {

// Annotations of context images: the owner in words, the key of the image in
// the config, and the name of the context's folder.
inline constexpr char kContextOwner[] = "ovenbird.dev/owner";
inline constexpr char kContextImageKey[] = "ovenbird.dev/image";
inline constexpr char kContextFolder[] = "ovenbird.dev/folder";

// The user or project that context images belong to.
struct ContextOwner {
  std::string user;
  std::string host;
  // Not empty: instead of user, host and folder, for machines whose names
  // change.
  std::string key;

  // Returns the owner's name in words.
  std::string Describe() const;
};

// Returns the beginning of the names of all tags of the owner:
// "context-1a2b3c4d-".
std::string ContextTagPrefix(const ContextOwner& owner);

// Returns the tag of one context: the same for all builds with these `parts`,
// in a project in `folder`.
std::string ContextTag(const ContextOwner& owner, const std::string& folder,
                       const std::vector<std::string>& parts);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_TAG_H_
