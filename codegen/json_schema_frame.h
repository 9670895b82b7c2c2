// What the JSON Schemas of configs and of output share: how they begin, the
// reference to the root, and their definitions.
#ifndef OVENBIRD_CODEGEN_JSON_SCHEMA_FRAME_H_
#define OVENBIRD_CODEGEN_JSON_SCHEMA_FRAME_H_

#include <functional>

#include "codegen/json_text.h"
#include "codegen/model.h"

namespace ovenbird::codegen {

// Appends the first keys of a document to the open object of `out`: its draft,
// where it comes from, its id and its title.
void AppendHeading(const Schema& schema, JsonText* out);

// Appends to the open object of `out` that the document is as `root`.
void AppendRoot(const Message& root, JsonText* out);

// Appends the definitions of all messages to the open object of `out`; `body`
// writes the keys of one message.
void AppendDefinitions(const Schema& schema,
                       const std::function<void(const Message&)>& body,
                       JsonText* out);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_JSON_SCHEMA_FRAME_H_
