// Parts that all emitted C++ files have.
#ifndef OVENBIRD_CODEGEN_GEN_COMMON_H_
#define OVENBIRD_CODEGEN_GEN_COMMON_H_

#include <string>

#include "codegen/emitter.h"
#include "codegen/generator.h"
#include "codegen/model.h"

namespace ovenbird::codegen {

// "// Generated from ... do not edit".
void EmitBanner(const Schema& schema, Emitter* out);

// Type of one value (of an item, for lists and maps): "bool", "Kaniko".
std::string ValueType(const Field& field, const Schema& schema);
// Type of the member: "std::vector<std::string>".
std::string MemberType(const Field& field, const Schema& schema);

// Words for users: "text", "list of texts", "map of names to `Image`".
std::string TypeText(const Field& field);

// Name of a type as seen in the namespace of `schema`.
std::string TypeRef(const std::string& name, const std::string& cpp_namespace,
                    const Schema& schema);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_GEN_COMMON_H_
