// What a pod and a secret mean, as sorted lines that can be compared: two
// manifests that give kaniko the same have the same lines.
#ifndef OVENBIRD_TOOLS_CONFORMANCE_POD_FACTS_H_
#define OVENBIRD_TOOLS_CONFORMANCE_POD_FACTS_H_

#include <string>
#include <vector>

#include "runtime/base/json.h"

namespace ovenbird::conformance {

// A line such as "containers.kaniko.mount /context = volume emptyDir". Tags in
// `random_tags` are shown as TAG; build arguments are lines without a place,
// other arguments keep their order as "after" lines.
std::vector<std::string> PodFacts(const json::Value& pod,
                                  const std::vector<std::string>& random_tags);

// One line per registry in the config.json of `secret` (core/v1 Secret).
std::vector<std::string> SecretFacts(const json::Value& secret);

// kaniko's arguments that the other pod has too, in the order of `pod`.
std::vector<std::string> SharedArguments(const json::Value& pod,
                                         const json::Value& other);

struct Difference {
  bool ours;  // else DevSpace's
  std::string fact;
};
// What only one side has, DevSpace's first.
std::vector<Difference> Compare(std::vector<std::string> devspace,
                                std::vector<std::string> ours);

}  // namespace ovenbird::conformance

#endif  // OVENBIRD_TOOLS_CONFORMANCE_POD_FACTS_H_
