// The place of a cursor in a YAML file, found by lines and indentation, so that
// it is known while the file is being edited and cannot be parsed.
#ifndef OVENBIRD_RUNTIME_LSP_YAML_PLACE_H_
#define OVENBIRD_RUNTIME_LSP_YAML_PLACE_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"

namespace ovenbird::lsp {

// Where a cursor is.
struct YamlPlace {
  // What is at the cursor.
  enum Part {
    kNone,   // a comment
    kKey,    // a key, or the begin of one; for a list item also its value
    kValue,  // the value of the last key of `path`
  };
  Part part = kNone;
  // The keys from the top to the cursor, "" for the item of a list. kKey: those
  // of the object or item that the key is in, without the key itself.
  std::vector<std::string> path;
  // The key or value at the cursor in bytes of the file; empty if it is still
  // to be written.
  size_t begin = 0;
  size_t end = 0;
  // The column of the key, in bytes.
  size_t column = 0;
  // In `{...}` or `[...]`.
  bool in_flow = false;
  // The other keys of the object; only those in lines of their own.
  std::set<std::string> siblings;
};

// Returns the place of a byte offset.
YamlPlace FindPlace(const SourceFile& file, size_t offset);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_YAML_PLACE_H_
