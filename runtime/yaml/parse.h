// YAML text -> located tree. The only use of yaml-cpp (its event interface),
// whose exceptions end here.
#ifndef OVENBIRD_RUNTIME_YAML_PARSE_H_
#define OVENBIRD_RUNTIME_YAML_PARSE_H_

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Returns the first document of `file`; a null node for an empty one. Reports
// syntax errors, duplicate keys, keys that are not scalars, unknown aliases,
// alias bombs, too deep nesting, invalid characters and further documents to
// `sink`. Returns a null pointer only if the text cannot be parsed to its end.
//
// Merge keys (`<<: *base`, `<<: [*a, *b]`) are resolved: a key of the mapping
// itself wins over a merged one, an earlier source over a later one.
const Node* Parse(const SourceFile& file, Arena& arena, diag::Sink& sink);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_PARSE_H_
