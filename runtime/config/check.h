// Checks that look at several parts of a config together; the schema's own
// rules (types, formats, required, ...) are checked by the generated decoder.
#ifndef OVENBIRD_RUNTIME_CONFIG_CHECK_H_
#define OVENBIRD_RUNTIME_CONFIG_CHECK_H_

#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::config {

// Reports problems that involve several parts of the config, e.g. an image name
// used twice, mounts over our own paths, requests above limits and hooks that
// can never run.
void Check(const Config& config, diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_CHECK_H_
