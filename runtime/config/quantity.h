// Kubernetes quantities: 500m, 1Gi, 1e3.
#ifndef OVENBIRD_RUNTIME_CONFIG_QUANTITY_H_
#define OVENBIRD_RUNTIME_CONFIG_QUANTITY_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// Returns the number that `text` means, precise enough to compare two of them;
// nullopt if it is not a quantity.
std::optional<double> QuantityValue(absl::string_view text);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_QUANTITY_H_
