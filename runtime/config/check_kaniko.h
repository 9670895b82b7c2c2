// Checks of a `kaniko` object; a part of check.h.
#ifndef OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_
#define OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_

#include "runtime/config/config.h"
#include "runtime/config/decode.h"

namespace ovenbird::config {

// Reports problems of `kaniko` that the schema cannot express. The path of
// `context` is at the object.
void CheckKaniko(const Kaniko& kaniko, decode::Context& context);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_
