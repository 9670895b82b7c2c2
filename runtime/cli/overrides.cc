#include "runtime/cli/overrides.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/plan/builder.h"

namespace ovenbird::cli {
namespace {

void SetBuildArg(const std::string& text, config::BuildOptions& build) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  // Without a value it is that of the environment.
  const std::optional<std::string> value =
      equals == text.npos ? std::nullopt
                          : std::optional(text.substr(equals + 1));
  for (auto& [known, old] : build.build_args) {
    if (known != name) continue;
    old = value;
    return;
  }
  build.build_args.emplace_back(name, value);
}

void Apply(const Options& options, config::Boxed<config::BuildOptions>& build) {
  if (options.build_args.empty() && options.target.empty()) return;
  if (!build) build.emplace();
  for (const std::string& text : options.build_args) SetBuildArg(text, *build);
  if (!options.target.empty()) build->target = options.target;
}

void ApplyToKaniko(const Options& options, config::Kaniko& kaniko) {
  Apply(options, kaniko.options);
  if (options.no_cache) kaniko.cache = false;
}

// If no Docker daemon answers, kaniko builds the image with docker's options,
// or with those of its own object.
void ApplyForDocker(const Options& options, config::Build& build) {
  if (!build.docker) build.docker.emplace();
  Apply(options, build.docker->options);
  if (options.no_cache) build.docker->args.push_back("--no-cache");
}

void ApplyToImage(const Options& options, config::Image& image) {
  const plan::Builder builder = plan::WantedBuilder(image);
  if (builder == plan::Builder::kCustom) return;
  if (!image.build) image.build.emplace();
  if (builder == plan::Builder::kDocker) ApplyForDocker(options, *image.build);
  if (!image.build->kaniko && options.no_cache) {
    // The cache is on unless an object says otherwise.
    config::Kaniko kaniko = *plan::EffectiveKaniko(image);
    kaniko.cache = false;
    image.build->kaniko = std::move(kaniko);
  } else if (image.build->kaniko) {
    ApplyToKaniko(options, *image.build->kaniko);
  }
}

}  // namespace

void ApplyFlags(const Options& options, config::Config& config) {
  if (options.build_args.empty() && options.target.empty() &&
      !options.no_cache) {
    return;
  }
  for (auto& [key, image] : config.images) {
    const auto& names = options.images;
    if (names.empty() ||
        std::find(names.begin(), names.end(), key) != names.end()) {
      ApplyToImage(options, image);
    }
  }
}

}  // namespace ovenbird::cli
