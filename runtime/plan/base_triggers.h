// ONBUILD instructions that base images bring.
#ifndef OVENBIRD_RUNTIME_PLAN_BASE_TRIGGERS_H_
#define OVENBIRD_RUNTIME_PLAN_BASE_TRIGGERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

// Finds ONBUILD instructions of base images: those of this config's images in
// their Dockerfiles. Others are recognized by their names (`node:onbuild`) or,
// before anything wrong is pushed, by kaniko's log when it runs them.
class BaseTriggers {
 public:
  // Both must outlive it; the images stay as they are. Dockerfiles are kept in
  // `config`, and their problems are reported to `sink`.
  BaseTriggers(config::Loaded& config, diag::Sink& sink);

  // Returns whether this config builds images of that repository: the
  // registry's image is older than the one that a build starts from.
  bool IsOwn(absl::string_view image) const;
  // Returns the ONBUILD instructions of the image; nullopt: it has some, but
  // they are unknown.
  std::optional<std::vector<std::string>> Find(absl::string_view image) const;

 private:
  struct OwnImage {
    const std::string& key;
    const config::Image* image;
  };

  // By repository, in the file's order, without those that a command builds.
  using OwnImages = HashMap<std::string, std::vector<OwnImage>>;

  // Returns the images of the config; collects them when they are first asked
  // for.
  const OwnImages& Own() const;

  config::Loaded& config_;
  diag::Sink& sink_;
  mutable std::optional<OwnImages> own_;
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BASE_TRIGGERS_H_
