// The names in a config that refer to each other: variables, anchors, profiles.
#ifndef OVENBIRD_RUNTIME_LSP_CONFIG_NAMES_H_
#define OVENBIRD_RUNTIME_LSP_CONFIG_NAMES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::lsp {

// A config as it is written, without profile and variables.
struct ConfigTree {
  yaml::Arena arena;
  // The text without the line that keeps it from being parsed; null: the file
  // itself was parsed.
  std::unique_ptr<SourceFile> without_line;
  const yaml::Node* root = nullptr;  // null: it cannot be parsed
};

// Parses `file`, which must outlive the result. If that fails, leaves out the
// line of the offset `cursor`, which is being edited: positions stay as they
// are.
std::unique_ptr<ConfigTree> ParseConfig(const SourceFile& file, size_t cursor);

// A name, and its place in the file without quotes and braces.
struct NameAt {
  std::string name;
  Span span;
};

// The variables of a config.
struct VariableNames {
  std::vector<NameAt> definitions;  // `name` of the items of `vars`
  std::vector<NameAt> uses;         // each `${NAME}`, in the file's order
};

// Returns the variables of a tree.
VariableNames FindVariableNames(const ConfigTree& tree);

// Returns the `name` of each item of the list at the top-level key `list`.
std::vector<NameAt> FindNames(const ConfigTree& tree, absl::string_view list);

// Returns the name that contains the offset; null if none does.
const NameAt* FindNameAt(const std::vector<NameAt>& names, size_t offset);

// Returns the place of the anchor `&NAME` that the alias `*NAME` at the offset
// refers to: the last one before it. An empty span if it is not an alias, or
// has no anchor.
Span FindAnchor(const SourceFile& file, size_t offset);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_CONFIG_NAMES_H_
