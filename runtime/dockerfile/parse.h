// Reads Dockerfiles: the language of BuildKit's built-in frontend, which is
// also what kaniko's parser knows.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_PARSE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_PARSE_H_

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// Parses `file`, which must outlive the result. Always returns what could be
// read; problems go to `sink`.
Dockerfile Parse(const SourceFile& file, diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_PARSE_H_
