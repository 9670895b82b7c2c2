// Changes ENTRYPOINT and CMD of an image, by lines at the end of a stage of its
// Dockerfile.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// A new ENTRYPOINT or CMD. A list that is set but empty is written as `[]` if
// the other one is not empty, as in DevSpace 4.11.
struct EntrypointChange {
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  // Start through the restart helper, which an added COPY takes from
  // kRestartHelperSource.
  bool restart_helper = false;

  bool operator==(const EntrypointChange&) const = default;
};

// The restart helper's path in the build context.
inline constexpr absl::string_view kRestartHelperSource =
    ".devspace/devspace-restart-helper";
// Its path in the image, where DevSpace expects it.
inline constexpr absl::string_view kRestartHelper = "/devspace-restart-helper";

// The command that a stage starts.
struct StartCommand {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
};
// Returns the command of the stage, with parts that come from stages that it is
// based on. Lists are empty for parts that come from an image.
StartCommand FindStartCommand(const Dockerfile& dockerfile, int stage);

// Returns the Dockerfile's text with the change; the same text for an empty
// change. nullopt if the restart helper has no command to start.
std::optional<std::string> WithEntrypoint(const Dockerfile& dockerfile,
                                          int stage,
                                          const EntrypointChange& change);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_
