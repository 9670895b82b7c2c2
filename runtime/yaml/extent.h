// Where the tokens of a YAML text end: the parser only reports where they
// begin. All functions take a text that the parser accepted, and offsets into
// it; they never read outside of it, whatever it contains.
#ifndef OVENBIRD_RUNTIME_YAML_EXTENT_H_
#define OVENBIRD_RUNTIME_YAML_EXTENT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// The extent of an anchor and a tag before a value.
struct Properties {
  size_t end;    // after the last anchor or tag; `begin` without any
  size_t value;  // where the value itself begins
};
// Skips `&anchor` and `!tag`, and the spaces, comments and line ends around
// them.
Properties SkipProperties(absl::string_view text, size_t begin);

// Returns the offset after spaces, tabs, line ends and comments.
size_t SkipBlank(absl::string_view text, size_t begin);

// Returns the end of the alias (`*name`) at `begin`.
size_t AliasEnd(absl::string_view text, size_t begin);

// The extent of a scalar, and how it is written.
struct ScalarExtent {
  size_t end;
  Style style;
  // The scalar's text as it is in the file; only useful if it equals the
  // unescaped one.
  absl::string_view raw;
  bool closed;  // false: a quote without its second one
};
// Returns the extent of the scalar at `begin` that the parser read as `value`.
// `parent_column` is that of the block collection around it, -1 without one
// (for block scalars).
ScalarExtent FindScalarExtent(absl::string_view text, size_t begin,
                              absl::string_view value, int parent_column);

// Returns the offset after the bracket that closes a flow collection; `begin`
// is after its last item or opening bracket. If other text follows instead,
// returns `begin`; at the end of the text, its size.
size_t FlowEnd(absl::string_view text, size_t begin, char bracket);

// Returns the number of bytes before `offset` in its line.
size_t ColumnOf(absl::string_view text, size_t offset);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_EXTENT_H_
