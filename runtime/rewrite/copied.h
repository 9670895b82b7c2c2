// Matches paths against a source of COPY.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPIED_H_
#define OVENBIRD_RUNTIME_REWRITE_COPIED_H_

#include <optional>
#include <string>

namespace ovenbird::rewrite {

// Returns the part of `path` below the file or folder that the source, which
// may have wildcards, matches; "" if the source matches `path` itself, nullopt
// if `path` is not copied. Both are absolute and clean.
std::optional<std::string> Below(const std::string& source,
                                 const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPIED_H_
