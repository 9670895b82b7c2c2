// JSON -> generated structs, leniently: for objects that other programs send.
#ifndef OVENBIRD_RUNTIME_CONFIG_FROM_JSON_H_
#define OVENBIRD_RUNTIME_CONFIG_FROM_JSON_H_

#include "runtime/base/json.h"
#include "runtime/config/field_info.h"

namespace ovenbird::config {

// Fills `out`, a message of `info`'s type, with the members that it knows and
// that have the right type; ignores all others.
void ReadJson(const MessageInfo& info, const json::Value& json, void* out);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FROM_JSON_H_
