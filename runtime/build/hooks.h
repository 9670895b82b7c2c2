// Commands that the config runs before and after the images are built. As in
// DevSpace 4.11: an argument vector, no shell; the config's folder is the
// working directory; a failure stops the run.
#ifndef OVENBIRD_RUNTIME_BUILD_HOOKS_H_
#define OVENBIRD_RUNTIME_BUILD_HOOKS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/failure.h"
#include "runtime/config/config.h"

namespace ovenbird::build {

// When hooks run: before or after the images are built.
enum class HookTime { kBefore, kAfter };

// The hooks of a config, and how to run them.
struct HookRun {
  const std::vector<config::Hook>* hooks = nullptr;
  std::string working_dir;
  // Called for each line of the hooks' output, and with a line for each hook
  // that starts; `subject` is the hook's (kAllImages, or the key of an image).
  std::function<void(absl::string_view subject, absl::string_view line)>
      on_line;
  Cancellation* cancel = nullptr;
};

// The subject of hooks that do not belong to a single image.
inline constexpr char kAllImages[] = "all";

// Runs the hooks of `subjects` (kAllImages, keys of images) in the config's
// order. Stops at the first one that fails and returns its failure.
std::optional<Failure> RunHooks(const HookRun& run, HookTime time,
                                const std::vector<std::string>& subjects);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_HOOKS_H_
