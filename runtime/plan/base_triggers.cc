#include "runtime/plan/base_triggers.h"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "runtime/base/source_file.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/read_dockerfile.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {

BaseTriggers::BaseTriggers(config::Loaded& config, diag::Sink& sink)
    : config_(config), sink_(sink) {}

const BaseTriggers::OwnImages& BaseTriggers::Own() const {
  if (own_) return *own_;
  own_.emplace();
  for (const auto& [key, image] : config_.config.images) {
    absl::StatusOr<registry::Reference> name =
        registry::ParseReference(image.image);
    if (!name.ok()) continue;
    std::vector<OwnImage>& own = (*own_)[name->Repository()];
    if (WantedBuilder(image) != Builder::kCustom) own.push_back({key, &image});
  }
  return *own_;
}

bool BaseTriggers::IsOwn(absl::string_view image) const {
  absl::StatusOr<registry::Reference> wanted = registry::ParseReference(image);
  return wanted.ok() && Own().contains(wanted->Repository());
}

std::optional<std::vector<std::string>> BaseTriggers::Find(
    absl::string_view image) const {
  absl::StatusOr<registry::Reference> wanted = registry::ParseReference(image);
  if (!wanted.ok()) return std::vector<std::string>();
  const auto own = Own().find(wanted->Repository());
  if (own != Own().end()) {
    for (const OwnImage& candidate : own->second) {
      std::error_code error;
      if (!std::filesystem::is_regular_file(
              DockerfilePath(config_.folder(), *candidate.image), error)) {
        continue;
      }
      absl::StatusOr<const SourceFile*> text =
          ReadDockerfile(config_, candidate.key, *candidate.image, sink_);
      if (!text.ok() || *text == nullptr) continue;
      const auto kaniko = EffectiveKaniko(*candidate.image);
      return TriggersOf(**text, kaniko->options ? kaniko->options->target : "");
    }
  }
  if (absl::StrContains(wanted->tag, "onbuild") ||
      absl::StrContains(wanted->path, "onbuild")) {
    return std::nullopt;
  }
  return std::vector<std::string>();
}

}  // namespace ovenbird::plan
