// One recorded case of what DevSpace 4.11 does: NAME.yaml, NAME.case.json (the
// surroundings; may be missing) and NAME.json (the result).
#ifndef OVENBIRD_TOOLS_CONFORMANCE_CASE_H_
#define OVENBIRD_TOOLS_CONFORMANCE_CASE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"

namespace ovenbird::conformance {

struct Case {
  std::string name;
  std::string config;  // text of the devspace.yaml
  json::Value surroundings;
  json::Value result;
};

// All cases of the folder, by name.
absl::StatusOr<std::vector<Case>> ReadCases(const std::string& folder);

// What DevSpace did with an image.
struct Recorded {
  std::string name_space;
  json::Value pod;
  std::vector<json::Value> secrets;  // that it made for all images
};
std::map<std::string, Recorded> RecordedPods(const Case& item);

// Why DevSpace refused the case; empty when it made pods or had nothing to do.
std::string Refusal(const Case& item);

// Writes the project's files and the config into `folder`.
absl::Status WriteProject(const Case& item, const std::string& folder);

}  // namespace ovenbird::conformance

#endif  // OVENBIRD_TOOLS_CONFORMANCE_CASE_H_
