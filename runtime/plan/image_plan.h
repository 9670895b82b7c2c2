// One image's part of a plan: all that its build is made from.
#ifndef OVENBIRD_RUNTIME_PLAN_IMAGE_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_IMAGE_PLAN_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/section.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::plan {

// An image that a Dockerfile starts or copies from.
struct PlannedBase {
  std::string name;  // "docker.io/library/alpine:3"
  // Its index in the plan, if this run builds it.
  std::optional<size_t> image;
};

// An image that a Dockerfile names, with its variables replaced.
struct NamedImage {
  std::string name;     // "alpine:3"
  bool is_base = true;  // of FROM; false: of COPY --from or RUN --mount
};

// Everything that one image's build is made from. The config must outlive it.
// Not copied: `spec` points into `kaniko`.
struct ImagePlan {
  ImagePlan() = default;
  ImagePlan(ImagePlan&&) = default;
  ImagePlan& operator=(ImagePlan&&) = default;

  std::string key;
  const config::Image* config = nullptr;  // its object
  Builder builder = Builder::kKaniko;
  // For kaniko, also if the image has another object. Its `options` are those
  // of the image's builder.
  Section<config::Kaniko> kaniko;
  Section<config::Docker> docker;  // for Docker
  // For a command, which gets its image and tags, but no context.
  Section<config::Custom> custom;
  std::string folder;  // of the config: where commands run
  // Points to `kaniko`; its build_id is a part of the fingerprint.
  kube::BuildSpec spec;
  // The files to send: those of the project, and our own.
  context::Listing listing{""};
  std::vector<context::MemoryFile> files;
  // Why all files of the context are sent, or "".
  std::string everything_because;
  // All files are sent; else those that COPY and ADD need, and those of the
  // first `known_triggers` ONBUILD instructions that kaniko runs.
  bool sends_everything = false;
  int known_triggers = 0;
  // Domains of the registries that the build pushes to, and of those that it
  // only pulls from. Each once.
  std::vector<std::string> push_registries;
  std::vector<std::string> pull_registries;
  // A hash of all files that the image is made from; empty: unknown (a command
  // without `onChange`).
  std::string content;
  // The source of the default tag: a hash of the content and the resolved
  // options (see OptionHashes in image_identity.h). Empty: the content is
  // unknown.
  std::string fingerprint;
  // The files in the content, and how many were read for it.
  context::FileRecords file_records;
  size_t files_read = 0;
  // The builds of an image for several platforms, in the config's order; none
  // for any other image. Each has a tag of its own; the tags of `spec` name the
  // index of them. `listing`, `files` and `spec.dockerfile` are theirs.
  std::vector<std::unique_ptr<ImagePlan>> platforms;
  // Indexes in the plan of the images that must be built before.
  std::vector<size_t> after;
  // Base images whose content may change: each once, without those that are
  // named by digest and without the image itself.
  std::vector<PlannedBase> bases;
  // All images that the Dockerfile names, without stages that are not built.
  // With `platforms` they have theirs.
  std::vector<NamedImage> named_images;
  std::vector<std::string> warnings;
  // The user's file; the config owns it.
  const SourceFile* dockerfile = nullptr;
  // The Dockerfile as it is sent, each change with its reason; "" without
  // PlanOptions::keep_dockerfiles.
  std::string sent_dockerfile;
  // The rewritten Dockerfile; null: the user's file is sent as it is.
  std::shared_ptr<const rewrite::Rewritten> rewritten;
};

// Returns whether the build puts its image into a registry, as far as that is
// known.
bool PushesImage(const ImagePlan& plan);

// Returns the platforms that the image is built for, "linux/arm64"; none: that
// of the node.
std::vector<std::string> PlatformNames(const ImagePlan& plan);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_IMAGE_PLAN_H_
