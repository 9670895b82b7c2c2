// Checks of a `kaniko` section; a part of check.h.
#ifndef OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_
#define OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_

#include "runtime/config/config.h"
#include "runtime/config/decode.h"

namespace ovenbird::config {

// `context` is at the section.
void CheckKaniko(const Kaniko& kaniko, decode::Context& context);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_CHECK_KANIKO_H_
