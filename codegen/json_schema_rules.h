// Rules across the fields of a message in the JSON Schema, with a message of
// their own for yaml-language-server.
#ifndef OVENBIRD_CODEGEN_JSON_SCHEMA_RULES_H_
#define OVENBIRD_CODEGEN_JSON_SCHEMA_RULES_H_

#include "codegen/json_text.h"
#include "codegen/model.h"

namespace ovenbird::codegen {

// Appends to the open array of `out` the schemas of one rule of `message`; the
// message has to match all of them. Null matches, too.
void AppendRule(const Message& message, const CrossRule& rule, JsonText* out);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_JSON_SCHEMA_RULES_H_
