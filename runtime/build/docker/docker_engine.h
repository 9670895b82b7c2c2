// Engine `docker`: a Docker daemon, for images with `build.docker`.
#ifndef OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_ENGINE_H_
#define OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_ENGINE_H_

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/base/mutex.h"
#include "runtime/build/docker/docker.h"
#include "runtime/build/engine.h"

namespace ovenbird::build {

// Engine `docker`.
class DockerEngine : public Engine {
 public:
  // `environments`: the daemon for an image, by its key; without an entry
  // docker's own choice.
  explicit DockerEngine(std::map<std::string, DockerEnvironment> environments)
      : environments_(std::move(environments)) {}
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "docker";
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override;

 private:
  const std::map<std::string, DockerEnvironment> environments_;
  // Held by the one build for a named platform: Docker's classic builder pulls
  // base images for all platforms under one name, and would start the build for
  // one platform from the image for another.
  Mutex platform_mutex_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_ENGINE_H_
