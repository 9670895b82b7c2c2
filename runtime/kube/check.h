// Checks of a loaded config that need to know what kaniko is and which engine
// builds; what holds for every config is checked when it is loaded.
#ifndef OVENBIRD_RUNTIME_KUBE_CHECK_H_
#define OVENBIRD_RUNTIME_KUBE_CHECK_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::kube {

// For the images that kaniko may build: flags in `args`, the snapshot mode and
// the executor's age. `engine_of` an image's key ("kubernetes", "local",
// "docker", "custom"): also warns of options that it has no use for; empty: it
// is not known.
void CheckForEngine(
    const config::Config& config,
    const std::function<absl::string_view(const std::string&)>& engine_of,
    diag::Sink& sink);
// One engine for all.
void CheckForEngine(const config::Config& config, absl::string_view engine,
                    diag::Sink& sink);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CHECK_H_
