// What this machine knows of a context image in a registry, so that the next
// build sends only what has changed since.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_RECORD_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/base/json.h"
#include "runtime/context/file_records.h"

namespace ovenbird::build {

// The image for one platform.
struct PlatformRecord {
  std::string platform;  // "linux/amd64"; empty if it is the only image
  json::Value manifest;
  json::Value config;
};

// A context image as it was pushed last.
struct ContextImageRecord {
  std::string repository;  // "r.io/team/contexts"
  std::string executor;  // the image that it starts with, as the config has it
  // Of the nodes: "linux/amd64,linux/arm64"; "" if they were unknown.
  std::string platforms;
  // More than one: an index names them.
  std::vector<PlatformRecord> images;
  // Layers after the first one of the context.
  int deltas = 0;
  // Bytes of files: in the first layer of the context, and of those that later
  // layers hide.
  uint64_t base_bytes = 0;
  uint64_t hidden_bytes = 0;
  // What is in the context (context::UnpackedRecords).
  context::FileRecords files;
};

// Reads the record that SaveContextImageRecord wrote to `path`; nullopt if
// there is none that can be read: the whole context is pushed then.
std::optional<ContextImageRecord> LoadContextImageRecord(
    const std::string& path);

// Writes the record to `path` and `path`.files, in a folder that exists.
absl::Status SaveContextImageRecord(const ContextImageRecord& record,
                                    const std::string& path);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_RECORD_H_
