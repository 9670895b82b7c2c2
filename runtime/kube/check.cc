#include "runtime/kube/check.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/kaniko_args.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/yaml/at.h"
#include "runtime/yaml/node.h"

namespace ovenbird::kube {
namespace {

using config::decode::Context;

const yaml::Node* FieldOf(const yaml::Node* source, absl::string_view field) {
  return source == nullptr ? nullptr : source->Find(field);
}

class Checker {
 public:
  explicit Checker(diag::Sink& sink) : sink_(sink), context_(&sink) {}

  void Image(const std::string& key, const config::Image& image,
             absl::string_view engine) {
    engine_ = engine;
    if (!image.build.has_value() || image.build->disabled ||
        image.build->custom.has_value()) {
      return;
    }
    const Context::Scope images(&context_, "images");
    const Context::Scope name(&context_, key);
    const Context::Scope build(&context_, "build");
    const bool by_docker = engine_ == "docker";
    if (image.build->docker.has_value() &&
        (by_docker || !image.build->kaniko.has_value())) {
      Section("docker", *image.build->docker);
    } else if (image.build->kaniko.has_value()) {
      Section("kaniko", *image.build->kaniko);
    }
    if (image.build->kaniko.has_value()) Kaniko(*image.build);
  }

 private:
  template <typename Message>
  void Section(absl::string_view name, const Message& section) {
    if (engine_.empty()) return;
    const Context::Scope scope(&context_, name);
    CheckEngine(InfoOf(&section), &section, engine_, context_);
  }

  void Kaniko(const config::Build& build) {
    const config::Kaniko& kaniko = *build.kaniko;
    const Context::Scope scope(&context_, "kaniko");
    const std::optional<KanikoVersion> version = KanikoVersionOf(kaniko.image);
    if (const yaml::Node* args = FieldOf(kaniko.source, "args")) {
      CheckKanikoArgs(*args, version, absl::StrCat(context_.Path(), ".args"),
                      sink_);
    }
    const yaml::Node* mode = FieldOf(kaniko.source, "snapshotMode");
    if (mode != nullptr && mode->is_scalar()) {
      CheckSnapshotMode(mode->scalar(), *mode, version,
                        absl::StrCat(context_.Path(), ".snapshotMode"), sink_);
    }
    NeedsFlag(kaniko.source, "registryMirrors", "registry-mirror", version);
    NeedsFlag(kaniko.source, "registryCertificates", "registry-certificate",
              version);
    Archived(build);
  }

  // An option that is a flag which this version does not have.
  void NeedsFlag(const yaml::Node* source, absl::string_view field,
                 absl::string_view name,
                 const std::optional<KanikoVersion>& version) {
    if (!config::decode::IsGiven(source, field)) return;
    const KanikoFlag& flag = *FindKanikoFlag(name);
    if (HasFlag(flag, version) != Presence::kNo) return;
    const Context::Scope scope(&context_, field);
    context_.Report(
        diag::KanikoFlagVersion(config::decode::KeySpanOf(source, field),
                                absl::StrCat("--", name), version->ToString(),
                                absl::StrCat("since ", flag.since.ToString()),
                                "set `image` to a later version"),
        FieldOf(source, field));
  }

  // Once is enough, and only when it is going to be used. The default is such
  // an image: then the place is the section's key.
  void Archived(const config::Build& build) {
    const config::Kaniko& kaniko = *build.kaniko;
    if (told_of_archive_ || engine_.empty() || engine_ == "docker" ||
        !IsArchivedExecutor(kaniko.image)) {
      return;
    }
    told_of_archive_ = true;
    const yaml::Node* image = FieldOf(kaniko.source, "image");
    const Context::Scope scope(&context_, "image");
    diag::Diagnostic archived = diag::KanikoArchived(
        image != nullptr ? image->span()
                         : config::decode::KeySpanOf(build.source, "kaniko"),
        kaniko.image, kMaintainedExecutor);
    if (image != nullptr) {
      archived.WithFix({absl::StrCat("write `", kMaintainedExecutor, "`"),
                        {{image->span(), kMaintainedExecutor}}});
    }
    context_.Report(std::move(archived), image);
  }

  absl::string_view engine_;
  diag::Sink& sink_;
  Context context_;
  bool told_of_archive_ = false;
};

}  // namespace

bool IsArchivedExecutor(absl::string_view image) {
  return absl::StartsWith(image, "gcr.io/kaniko-project/");
}

void CheckForEngine(
    const config::Config& config,
    const std::function<absl::string_view(const std::string&)>& engine_of,
    diag::Sink& sink) {
  Checker checker(sink);
  for (const auto& [key, image] : config.images) {
    checker.Image(key, image, engine_of(key));
  }
}

void CheckForEngine(const config::Config& config, absl::string_view engine,
                    diag::Sink& sink) {
  CheckForEngine(
      config, [engine](const std::string&) { return engine; }, sink);
}

}  // namespace ovenbird::kube
