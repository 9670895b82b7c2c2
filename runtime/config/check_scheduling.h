// Checks of the rules for the choice of a node; a part of check.h.
#ifndef OVENBIRD_RUNTIME_CONFIG_CHECK_SCHEDULING_H_
#define OVENBIRD_RUNTIME_CONFIG_CHECK_SCHEDULING_H_

#include "runtime/config/config.h"
#include "runtime/config/decode.h"

namespace ovenbird::config {

// Reports problems of `affinity` and `topologySpreadConstraints` that the
// schema cannot express, as the API server does. The path of `context` is at
// the `kaniko` object.
void CheckScheduling(const Kaniko& kaniko, decode::Context& context);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_CHECK_SCHEDULING_H_
