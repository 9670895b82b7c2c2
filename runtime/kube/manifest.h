// Config -> Kubernetes objects of one build. Pure: no I/O, no clock, no
// randomness; the same input gives the same bytes. `render` prints what `build`
// creates.
//
// kaniko gets the same arguments in the same order, mounts and files as from
// DevSpace 4.11; docs/compatibility.md lists each difference.
#ifndef OVENBIRD_RUNTIME_KUBE_MANIFEST_H_
#define OVENBIRD_RUNTIME_KUBE_MANIFEST_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/objects.h"

namespace ovenbird::kube {

// Names in the objects that other parts of the program look for.
inline constexpr char kContextContainer[] = "context";
// In its place if an image has the context, and a RUN --mount needs volumes.
inline constexpr char kVolumesContainer[] = "volumes";
inline constexpr char kKanikoContainer[] = "kaniko";
// The folder of config.json in the container.
inline constexpr char kDockerConfigPath[] = "/kaniko/.docker";
// The key of the registry credentials in the Secret of a build.
inline constexpr char kLoginKey[] = ".dockerconfigjson";
inline constexpr char kManagedByLabel[] = "app.kubernetes.io/managed-by";
inline constexpr char kManagedByValue[] = "ovenbird";
// The same on all pods of one run of the tool.
inline constexpr char kRunLabel[] = "ovenbird.dev/run";
inline constexpr char kBuildIdLabel[] = "ovenbird.dev/build-id";
inline constexpr char kImageKeyLabel[] = "ovenbird.dev/image";
// Annotations: the key and the name of the image, whole; and the platform, if
// the image has several.
inline constexpr char kImageKeyAnnotation[] = "ovenbird.dev/image-key";
inline constexpr char kDestinationAnnotation[] = "ovenbird.dev/destination";
inline constexpr char kPlatformAnnotation[] = "ovenbird.dev/platform";
// Kueue's label: the LocalQueue that holds a pod back until it has room.
inline constexpr char kQueueLabel[] = "kueue.x-k8s.io/queue-name";

// Labels of nodes: the operating system, and the architecture as in Go.
inline constexpr char kOsLabel[] = "kubernetes.io/os";
inline constexpr char kArchitectureLabel[] = "kubernetes.io/arch";

// The objects of one build.
struct Manifest {
  std::string name_space;  // empty: the context's
  std::optional<Secret> secret;
  Pod pod;
};

// Returns the objects; the Secret only if the build needs one of its own.
Manifest MakeManifest(const BuildSpec& spec);

// Returns whether kaniko logs in with `docker_config` of the spec (even if it
// is empty), and not with credentials that the user has in the cluster.
bool UsesOurLogin(const BuildSpec& spec);

// Returns the LocalQueue of Kueue that the build waits in, by `queue` or by a
// label of the config; empty if there is none.
std::string QueueOf(const config::Kaniko& kaniko);

// Returns `text` as part of an object's name: [a-z0-9-], at most `size` bytes,
// no `-` at the ends; "image" if nothing is left.
std::string NamePart(absl::string_view text, size_t size);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_MANIFEST_H_
