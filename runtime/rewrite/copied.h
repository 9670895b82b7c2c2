// What a source of COPY takes, by its path.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPIED_H_
#define OVENBIRD_RUNTIME_REWRITE_COPIED_H_

#include <optional>
#include <string>

namespace ovenbird::rewrite {

// Returns where a path is below what the source, which may have wildcards,
// matches; "": the source matches it itself. nullopt: it is not copied. Both
// are absolute and clean.
std::optional<std::string> Below(const std::string& source,
                                 const std::string& path);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPIED_H_
