// Parts that all emitted C++ files share.
#ifndef OVENBIRD_CODEGEN_GEN_COMMON_H_
#define OVENBIRD_CODEGEN_GEN_COMMON_H_

#include <string>

#include "codegen/emitter.h"
#include "codegen/generator.h"
#include "codegen/model.h"

namespace ovenbird::codegen {

// Emits the comment that names the schema file and says not to edit.
void EmitBanner(const Schema& schema, Emitter* out);

// Returns the C++ type of one value (of an item, for lists and maps): "bool",
// "Kaniko".
std::string ValueType(const Field& field, const Schema& schema);
// Returns the C++ type of the member, with its container:
// "std::vector<std::string>", "std::optional<bool>".
std::string MemberType(const Field& field, const Schema& schema);

// Returns the field's type in words for the documentation; of a list or a map
// with the type of its items.
std::string TypeText(const Field& field);

// Returns the name of a type as seen in the namespace of `schema`: unqualified
// there, with "::" and `cpp_namespace` elsewhere.
std::string TypeRef(const std::string& name, const std::string& cpp_namespace,
                    const Schema& schema);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_GEN_COMMON_H_
