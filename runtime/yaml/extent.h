// Where the tokens of a YAML text end: the parser tells only where they begin.
// All functions take a text that the parser accepted, and offsets into it; they
// never read outside of it, whatever it holds.
#ifndef OVENBIRD_RUNTIME_YAML_EXTENT_H_
#define OVENBIRD_RUNTIME_YAML_EXTENT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

struct Properties {
  size_t end;    // behind the last anchor or tag; `begin` when there is none
  size_t value;  // where the value itself begins
};
// Passes over `&anchor` and `!tag`, and the blanks, comments and line ends
// around them.
Properties SkipProperties(absl::string_view text, size_t begin);

// Passes over blanks, line ends and comments.
size_t SkipBlank(absl::string_view text, size_t begin);

// The end of an alias (`*name`).
size_t AliasEnd(absl::string_view text, size_t begin);

struct ScalarExtent {
  size_t end;
  Style style;
  // The scalar's text as it stands in the file; meaningful when it equals the
  // unescaped one.
  absl::string_view raw;
  bool closed;  // false: a quote without its second one
};
// Of the scalar at `begin` that the parser read as `value`. `parent_column`:
// that of the block collection around it, -1 without one (for block scalars).
ScalarExtent FindScalarExtent(absl::string_view text, size_t begin,
                              absl::string_view value, int parent_column);

// Behind the bracket that closes a flow collection; `begin` is behind its last
// item or opening bracket.
size_t FlowEnd(absl::string_view text, size_t begin, char bracket);

// Number of bytes before `offset` in its line.
size_t ColumnOf(absl::string_view text, size_t offset);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_EXTENT_H_
