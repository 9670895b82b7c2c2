// The options of the config by their paths, as an editor shows them.
#ifndef OVENBIRD_RUNTIME_LSP_OPTIONS_AT_H_
#define OVENBIRD_RUNTIME_LSP_OPTIONS_AT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/config/field_info.h"

namespace ovenbird::lsp {

// What the schema knows about a path of a config.
struct OptionAt {
  // The fields of the object at the path; null if it is not an object of the
  // schema.
  const config::MessageInfo* message = nullptr;
  // The option of the path; null at the top, and for a path that the schema
  // does not have.
  const config::FieldInfo* field = nullptr;
  // The path is that of one item of the list or map `field`.
  bool is_item = false;
  // The option's name for people: `images.*.build.kaniko.args`.
  std::string name;
};

// Returns the option at a path of keys, with "" for the items of lists.
OptionAt FindOption(const std::vector<std::string>& path);

// Returns the documentation of an option in Markdown: its text, its default, an
// example, engines, version.
std::string OptionDocs(const config::FieldInfo& field, absl::string_view name);

// Returns the documentation of one value of an enum in Markdown.
std::string ValueDocs(const config::EnumValueInfo& value);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_OPTIONS_AT_H_
