// The content of a context by size, to see why it is large.
#ifndef OVENBIRD_RUNTIME_CONTEXT_SIZES_H_
#define OVENBIRD_RUNTIME_CONTEXT_SIZES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

// The size of a file or folder.
struct PathSize {
  std::string path;  // a folder's ends with a slash
  uint64_t bytes = 0;
  uint64_t files = 0;  // in a folder, at any depth; 1 for anything else
};

// Returns the entries at the top, the largest first, folders summed. With
// `deep` each folder is followed by its content, in the same order. `files`
// replace the listing's entries of that path, or appear at the top under their
// whole path.
std::vector<PathSize> SumSizes(const Listing& listing,
                               const std::vector<MemoryFile>& files, bool deep);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_SIZES_H_
