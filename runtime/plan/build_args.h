// The build arguments of an image, with their values.
#ifndef OVENBIRD_RUNTIME_PLAN_BUILD_ARGS_H_
#define OVENBIRD_RUNTIME_PLAN_BUILD_ARGS_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

// Returns the build arguments, sorted by name; those without a value take it
// from the environment. Arguments that have none there are left out, and are
// reported to `sink` for the image `key`.
std::vector<std::pair<std::string, std::string>> BuildArgs(
    const config::BuildOptions& options,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment,
    const std::string& key, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BUILD_ARGS_H_
