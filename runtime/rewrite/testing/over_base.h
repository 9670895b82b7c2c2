// Rewrites Dockerfiles over a known base image.
#ifndef OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_
#define OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::rewrite::testing {

// The result of a rewriting.
struct Outcome {
  std::string text;
  // The messages of the reported problems, without their notes.
  std::vector<std::string> reports;
  // One of them is an error.
  bool is_refused = false;
  // The questions of the rules: "base", "base files", a URL.
  std::vector<std::string> asked;
  std::vector<context::MemoryFile> files;
  std::vector<kube::RunMount> run_mounts;
};

// How to rewrite a Dockerfile.
struct Over {
  // The image that `FROM base` names. Null: unknown.
  const BaseImage* base = nullptr;
  const context::Listing* listing = nullptr;
  dockerfile::BuildArgs args{};
  std::string executor = "gcr.io/kaniko-project/executor:v1.24.0";
  // The HTTP status for every URL; 0: unknown.
  int url_status = 0;
  // IDs of the build secrets that are given.
  std::set<std::string> secrets{};
  // Layers are cached.
  bool cache = false;
  std::string snapshot_mode = "full";
};

// Rewrites the Dockerfile for its last stage.
Outcome RewriteOver(const Over& over, const std::string& dockerfile);

// Returns a base image with user app, WORKDIR /srv, and these files:
//   /bin/{sh,rm,chmod}  /etc/{passwd,group}  /srv  /tmp 1777
//   /opt/private 0700 1000:1001  /opt/shared 2775 0:50  /opt/dir/old
//   /opt/file 0640 7:8  /opt/to-dir -> dir  /opt/to-file -> file
//   /opt/dangling -> nowhere/deep
// Users: root, daemon (1:1) and app (1000:1001, also in group staff, 50).
BaseImage UsualBase();

}  // namespace ovenbird::rewrite::testing

#endif  // OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_
