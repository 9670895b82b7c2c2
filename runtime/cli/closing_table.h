// The table at the end of a run: what became of each image.
#ifndef OVENBIRD_RUNTIME_CLI_CLOSING_TABLE_H_
#define OVENBIRD_RUNTIME_CLI_CLOSING_TABLE_H_

#include <cstddef>
#include <vector>

#include "runtime/build/result.h"
#include "runtime/cli/board.h"

namespace ovenbird::cli {

// Returns a line for each image, in their order: its key, the start of its
// digest, its size, how long it took, and how many steps were in the cache; or
// why it is not built. The last line counts the images. Each line is shorter
// than `width`: the size is left out first, then words and a part of the
// digest.
std::vector<BoardLine> ClosingTable(const build::RunResult& result,
                                    size_t width);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CLOSING_TABLE_H_
