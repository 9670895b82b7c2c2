// YAML examples of a schema as JSON: the generator's only use of yaml-cpp.
#ifndef OVENBIRD_CODEGEN_YAML_VALUE_H_
#define OVENBIRD_CODEGEN_YAML_VALUE_H_

#include <string>

namespace ovenbird::codegen {

// Converts one YAML document to compact JSON; plain scalars get the types of
// YAML 1.1. Returns false and sets `why` if the document is not valid YAML.
bool YamlToJson(const std::string& yaml, std::string* json, std::string* why);

// Returns a valid YAML document as the `body` of a snippet for editors: JSON
// whose strings are inserted into the document as they are. Scalars are
// therefore written as in YAML ("\"1.5\"", "0400"), and `$` is escaped.
std::string YamlToSnippet(const std::string& yaml);

// Returns `text` as a JSON string with its quotes; bytes above 0x7F are kept.
std::string JsonString(const std::string& text);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_YAML_VALUE_H_
