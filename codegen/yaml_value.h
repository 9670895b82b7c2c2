// YAML examples of a schema as JSON. The generator's only use of yaml-cpp.
#ifndef OVENBIRD_CODEGEN_YAML_VALUE_H_
#define OVENBIRD_CODEGEN_YAML_VALUE_H_

#include <string>

namespace ovenbird::codegen {

// One YAML document as compact JSON; plain scalars are typed as YAML 1.1 does.
// False, with the reason, for text that is no YAML.
bool YamlToJson(const std::string& yaml, std::string* json, std::string* why);

// A JSON string with its quotes.
std::string JsonString(const std::string& text);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_YAML_VALUE_H_
