// Private to the library: what an unknown key was probably meant to be.
#ifndef OVENBIRD_RUNTIME_CONFIG_UNKNOWN_FIELD_H_
#define OVENBIRD_RUNTIME_CONFIG_UNKNOWN_FIELD_H_

#include "runtime/config/decode.h"
#include "runtime/config/field_info.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config::decode {

// Reports `entry` of `node`, which is not a field of `info`; the innermost of
// the context's levels is `info`'s.
void ReportUnknownField(const MessageInfo& info, const yaml::Node& node,
                        const yaml::Entry& entry, Context& context);

}  // namespace ovenbird::config::decode

#endif  // OVENBIRD_RUNTIME_CONFIG_UNKNOWN_FIELD_H_
