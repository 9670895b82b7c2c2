// Rewrites Dockerfiles over a base image that is known.
#ifndef OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_
#define OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::rewrite::testing {

struct Outcome {
  std::string text;
  // Without what comes after them.
  std::vector<std::string> reports;
  // One of them is an error.
  bool is_refused = false;
  // What was asked for: "base", "base files".
  std::vector<std::string> asked;
  std::vector<context::MemoryFile> files;
};

struct Over {
  // As `FROM base` has it. Null: not known.
  const BaseImage* base = nullptr;
  const context::Listing* listing = nullptr;
  dockerfile::BuildArgs args{};
  std::string executor = "gcr.io/kaniko-project/executor:v1.24.0";
  // What every URL answers; 0: not known.
  int url_status = 0;
  // Layers are cached.
  bool cache = false;
};

Outcome RewriteOver(const Over& over, const std::string& dockerfile);

// A base image with users, folders and links:
//   /etc  /bin/{sh,rm,chmod}  /opt/private 0700 1000:1001  /opt/shared 2775
//   0:50 /opt/dir/old  /opt/file  /opt/to-dir -> dir  /opt/to-file -> file
//   /opt/dangling -> nowhere/deep  /tmp 1777  /srv
// Users root, daemon (1:1) and app (1000:1001, also of staff, 50).
BaseImage UsualBase();

}  // namespace ovenbird::rewrite::testing

#endif  // OVENBIRD_RUNTIME_REWRITE_TESTING_OVER_BASE_H_
