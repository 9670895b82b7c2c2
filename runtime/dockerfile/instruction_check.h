// The problems of an instruction that BuildKit rejects before any variable has
// a value.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_CHECK_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_CHECK_H_

#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// Reports wrong flags, counts of words, names and values. A problem in the
// trigger of ONBUILD is a warning, as it can be stored in an image.
void CheckInstruction(const Instruction& instruction, diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_CHECK_H_
