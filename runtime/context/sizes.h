// What a context consists of, by size: for people who wonder why it is large.
#ifndef OVENBIRD_RUNTIME_CONTEXT_SIZES_H_
#define OVENBIRD_RUNTIME_CONTEXT_SIZES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

struct PathSize {
  std::string path;  // a folder's ends with a slash
  uint64_t bytes = 0;
  uint64_t files = 0;  // in a folder, at any depth; of another: 1
};

// What lies at the top, the largest first, folders summed. `deep`: each folder
// is followed by what is in it, in the same order. `files` take the place of
// the listing's entries of that path, or lie at the top under their whole path.
std::vector<PathSize> SumSizes(const Listing& listing,
                               const std::vector<MemoryFile>& files, bool deep);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_SIZES_H_
