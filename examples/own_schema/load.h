// Loads a bakery.yaml.
#ifndef EXAMPLES_OWN_SCHEMA_LOAD_H_
#define EXAMPLES_OWN_SCHEMA_LOAD_H_

#include "examples/own_schema/bakery.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"

namespace bakery {

// Reports all that is wrong with the file to `sink`. `file` and `arena` must
// outlive the result.
Bakery Load(const ovenbird::SourceFile& file, ovenbird::yaml::Arena& arena,
            ovenbird::diag::Sink& sink);

}  // namespace bakery

#endif  // EXAMPLES_OWN_SCHEMA_LOAD_H_
