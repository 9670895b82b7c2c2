// What editors show of an option: hover, default, examples, completion.
#ifndef OVENBIRD_CODEGEN_JSON_SCHEMA_DOCS_H_
#define OVENBIRD_CODEGEN_JSON_SCHEMA_DOCS_H_

#include "codegen/json_text.h"
#include "codegen/model.h"

namespace ovenbird::codegen {

// Appends the title and the documentation of the field `field` of `message` to
// the open object of `out`: what the hover shows.
void AppendHover(const Schema& schema, const Message& message,
                 const Field& field, JsonText* out);

// Appends `deprecationMessage`, for a field that is deprecated or has no
// effect.
void AppendDeprecation(const Field& field, JsonText* out);

// Appends the field's default, its examples and its snippets: what editors
// offer as values. Examples that are objects are snippets, because
// yaml-language-server offers `[object Object]` otherwise. Lists of objects are
// only in the hover: a snippet would also be offered inside of an item.
void AppendValues(const Field& field, JsonText* out);

// Appends the title and the documentation of a message.
void AppendMessageDocs(const Message& message, JsonText* out);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_JSON_SCHEMA_DOCS_H_
