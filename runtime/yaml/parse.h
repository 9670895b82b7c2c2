// YAML text -> located tree. The only door to yaml-cpp (its event interface);
// its exceptions end here.
#ifndef OVENBIRD_RUNTIME_YAML_PARSE_H_
#define OVENBIRD_RUNTIME_YAML_PARSE_H_

#include <deque>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::yaml {

// Owns the nodes and the strings of a tree. The SourceFile must outlive it.
class Arena {
 public:
  Arena();
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  Node* NewNode();
  Origin* NewOrigin();
  absl::string_view Copy(absl::string_view text);
  absl::Span<const Node* const> Copy(absl::Span<const Node* const> items);
  absl::Span<const Entry> Copy(absl::Span<const Entry> entries);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The first document of `file`; a null node for an empty one. Reports syntax
// errors, duplicate keys, keys that are not scalars, unknown aliases, alias
// bombs and more than one document to `sink`; returns null only when there is
// nothing to go on with (a syntax error).
const Node* Parse(const SourceFile& file, Arena& arena, diag::Sink& sink);

}  // namespace ovenbird::yaml

#endif  // OVENBIRD_RUNTIME_YAML_PARSE_H_
