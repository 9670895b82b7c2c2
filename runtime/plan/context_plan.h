// What is sent of an image's context, and its fingerprint.
#ifndef OVENBIRD_RUNTIME_PLAN_CONTEXT_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_CONTEXT_PLAN_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "runtime/context/assemble.h"
#include "runtime/context/file_records.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/dockerfile_plan.h"

namespace ovenbird::plan {

// The fingerprint of files that are not read.
inline constexpr char kNotRead[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

// The files to send.
struct ContextPlan {
  context::Assembled sent;
  // The fingerprint in hexadecimal, or kNotRead.
  std::string content;
  // The files in the fingerprint, and how many were read for it.
  context::FileRecords records;
  size_t files_read = 0;
};

// How contexts are planned.
struct ContextOptions {
  // Send all files of the context, needed or not.
  bool full_context = false;
  // Whether the files are read for the fingerprint; if not, whether at least
  // their permissions are checked.
  bool reads_files = true;
  bool checks_files = true;
  // As in PlanOptions.
  std::function<context::FileRecords(const std::string&)> known_files;
};

// An image's context.
struct ContextRequest {
  std::string key;  // of the image
  std::shared_ptr<const context::Folder> folder;
  std::string dockerfile;  // its path on the disk
  std::shared_ptr<const DockerfilePlan> plan;
  bool for_docker = false;
};

// Plans contexts. Images with the same plan of a Dockerfile and the same folder
// share one if they come one after the other. Not thread-safe.
class ContextPlanner {
 public:
  explicit ContextPlanner(ContextOptions options)
      : options_(std::move(options)) {}

  // Selects the files and computes the fingerprint; reports missing sources to
  // `sink`. Fails if a file cannot be read.
  absl::StatusOr<std::shared_ptr<const ContextPlan>> Plan(
      const ContextRequest& request, diag::Sink& sink);

 private:
  absl::Status AddContent(const std::string& key, ContextPlan& plan);

  const ContextOptions options_;
  // By folder: in a first run its images read each file once.
  std::map<std::string, context::FileRecords> records_;
  ContextRequest last_request_;
  // Null: it cannot be used again.
  std::shared_ptr<const ContextPlan> last_;
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_CONTEXT_PLAN_H_
