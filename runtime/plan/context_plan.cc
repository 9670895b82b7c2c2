#include "runtime/plan/context_plan.h"

#include <utility>

#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/entry_reader.h"
#include "runtime/context/fingerprint.h"

namespace ovenbird::plan {
namespace {

// Whether both get the same files.
bool IsAlike(const ContextRequest& a, const ContextRequest& b) {
  return a.folder == b.folder && a.dockerfile == b.dockerfile &&
         a.plan == b.plan && a.for_docker == b.for_docker;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ContextPlan>> ContextPlanner::Plan(
    const ContextRequest& request, diag::Sink& sink) {
  if (last_ != nullptr && IsAlike(request, last_request_)) return last_;
  last_ = nullptr;
  const DockerfilePlan& from = *request.plan;
  context::AssembleOptions options;
  options.dockerfile = request.dockerfile;
  options.dockerfile_name = from.name;
  options.for_docker = request.for_docker;
  options.dockerfile_text = from.text;
  options.files = from.files;
  options.ignore_at_top = from.ignore_at_top;
  if (from.rewritten) options.content_only = from.rewritten->content_only;
  if (!options_.full_context) options.sources = &from.sources;
  diag::Collector problems;
  auto plan = std::make_shared<ContextPlan>(
      ContextPlan{context::Assemble(*request.folder, options, problems)});
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    sink.Handle(problem);
  }
  RETURN_IF_ERROR(AddContent(request.key, *plan));
  if (problems.diagnostics().empty()) {
    last_ = plan;
    last_request_ = request;
  }
  return plan;
}

absl::Status ContextPlanner::AddContent(const std::string& key,
                                        ContextPlan& plan) {
  const context::Listing& listing = plan.sent.listing;
  if (!options_.reads_files) {
    plan.content = kNotRead;
    return options_.checks_files ? context::CheckReadable(listing)
                                 : absl::OkStatus();
  }
  context::FileRecords known;
  if (options_.known_files != nullptr) known = options_.known_files(key);
  context::FileRecords& of_folder = records_[listing.root()];
  ASSIGN_OR_RETURN(
      context::Fingerprint fingerprint,
      context::ComputeFingerprint(listing, plan.sent.files,
                                  known.size() > 0 ? known : of_folder));
  plan.content = ToHex(fingerprint.digest);
  plan.files_read = fingerprint.files_read;
  plan.records = std::move(fingerprint.records);
  of_folder = plan.records;
  return absl::OkStatus();
}

}  // namespace ovenbird::plan
