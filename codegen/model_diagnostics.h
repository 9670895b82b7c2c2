// Reads the diagnostics of a schema and checks their wording.
#ifndef OVENBIRD_CODEGEN_MODEL_DIAGNOSTICS_H_
#define OVENBIRD_CODEGEN_MODEL_DIAGNOSTICS_H_

#include <string>
#include <vector>

#include "codegen/errors.h"
#include "codegen/model.h"
#include "google/protobuf/descriptor.h"

namespace ovenbird::codegen {

// Appends the diagnostics of `file`'s enums to `schema`, in their order. Adds
// wrong wording, undeclared or unused arguments and duplicate names to
// `errors`.
void ReadDiagnostics(const google::protobuf::FileDescriptor* file,
                     Schema* schema, Errors* errors);

// Splits a template into pieces: plain text and names of arguments in turn
// ("unknown field `", "field", "` in ", "parent", ""); `{{` and `}}` are
// braces. Returns false for braces that do not pair.
bool SplitTemplate(const std::string& text, std::vector<std::string>* pieces);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_MODEL_DIAGNOSTICS_H_
