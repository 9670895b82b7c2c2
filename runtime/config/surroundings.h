// The inputs of a config from outside of its file: environment variables, the
// time, the Git commit. Behind an interface, so that a config with the same
// surroundings always gives the same result.
#ifndef OVENBIRD_RUNTIME_CONFIG_SURROUNDINGS_H_
#define OVENBIRD_RUNTIME_CONFIG_SURROUNDINGS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::config {

// The interface; tests have an implementation with fixed values.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  // Returns an environment variable; an empty one counts as unset, as in
  // DevSpace.
  virtual std::optional<std::string> Variable(absl::string_view name) = 0;
  // Returns the time for timestamps; the same during the object's life.
  virtual absl::Time Now() = 0;
  // Returns six letters and digits; the same during the object's life.
  virtual std::string Random() = 0;
  // Returns the full hash of HEAD of the repository around the config; the
  // error's message says why it has none.
  virtual absl::StatusOr<std::string> GitCommit() = 0;
};

// This process and this machine. `folder` is that of the config. The time is
// $SOURCE_DATE_EPOCH if that is set (reproducible-builds.org).
class SystemSurroundings : public Surroundings {
 public:
  explicit SystemSurroundings(std::string folder);
  std::optional<std::string> Variable(absl::string_view name) override;
  absl::Time Now() override;
  std::string Random() override;
  absl::StatusOr<std::string> GitCommit() override;

 private:
  std::string folder_;
  absl::Time now_;
  std::string random_;
};

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_SURROUNDINGS_H_
