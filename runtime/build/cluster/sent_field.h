// Fields of the build pod that the API server names. It names them in the pod
// that it stores: a webhook may have put containers, volumes or tolerations in
// front of those that were sent, and indices count them.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_SENT_FIELD_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_SENT_FIELD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/kube/pod_origins.h"

namespace ovenbird::build {

// Returns the value that the server quotes in the sentence about a field:
// `a b` of `Invalid value: "a b": a valid label ...`; empty if it quotes none.
std::string QuotedValue(absl::string_view problem);

// Returns the path in `pod`, as it was sent, of the field that the server calls
// `field`: with other indices if the field there does not have the value that
// `problem` quotes, and exactly one other does. Empty if the field was not
// sent, or if several may be meant.
kube::FieldPath FindSentField(const json::Value& pod,
                              const kube::FieldPath& field,
                              absl::string_view problem);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_SENT_FIELD_H_
