// Another ENTRYPOINT and CMD for an image, by lines at the end of a stage of
// its Dockerfile.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// A list that is set but empty is written as `[]`, if the other one is not
// empty, as in DevSpace 4.11.
struct EntrypointChange {
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  // Start through the restart helper, which the line `COPY` takes from
  // kRestartHelperSource.
  bool restart_helper = false;
};

// In the build context.
inline constexpr absl::string_view kRestartHelperSource =
    ".devspace/devspace-restart-helper";
// In the image; DevSpace looks for it there.
inline constexpr absl::string_view kRestartHelper = "/devspace-restart-helper";

// What a stage starts, stages that it is based on included.
struct StartCommand {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
};
StartCommand FindStartCommand(const Dockerfile& dockerfile, int stage);

// The Dockerfile's text with the change; the same text when the change is
// empty. nullopt: the restart helper has nothing to start.
std::optional<std::string> WithEntrypoint(const Dockerfile& dockerfile,
                                          int stage,
                                          const EntrypointChange& change);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_REWRITE_H_
