// Checks the rules of one field against its type.
#ifndef OVENBIRD_CODEGEN_FIELD_CHECKS_H_
#define OVENBIRD_CODEGEN_FIELD_CHECKS_H_

#include "codegen/errors.h"
#include "codegen/model.h"
#include "google/protobuf/descriptor.h"

namespace ovenbird::codegen {

// Checks the rule of `field`, whose type and rule are set, and sets its
// default. Adds what is wrong to `errors`.
void CheckField(const google::protobuf::FieldDescriptor* in, SchemaKind kind,
                Field* field, Errors* errors);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_FIELD_CHECKS_H_
