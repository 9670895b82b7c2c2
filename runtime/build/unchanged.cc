#include "runtime/build/unchanged.h"

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/file_records.h"
#include "runtime/registry/push.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

// More of them tell nothing new.
constexpr size_t kMostFiles = 10;

absl::string_view Verb(context::FileChange::Kind kind) {
  switch (kind) {
    case context::FileChange::kAdded:
      return "is new";
    case context::FileChange::kRemoved:
      return "is gone";
    case context::FileChange::kContent:
      return "has changed";
    case context::FileChange::kMode:
      return "may be executed now, or no longer";
    case context::FileChange::kType:
      return "is of another type";
  }
  return "";
}

void AddFileChanges(const std::vector<context::FileChange>& changes,
                    std::vector<std::string>& why) {
  for (size_t i = 0; i < changes.size() && i < kMostFiles; ++i) {
    why.push_back(
        absl::StrCat("file `", changes[i].path, "` ", Verb(changes[i].kind)));
  }
  if (changes.size() > kMostFiles) {
    why.push_back(
        absl::StrCat("so have ", changes.size() - kMostFiles, " more files"));
  }
}

}  // namespace

Decision UnchangedImages::Decide(const ImagePlan& image, const Texts& bases,
                                 Cancellation& cancel) {
  Decision decision;
  if (force_) decision.why.push_back("--force");
  if (image.fingerprint.empty()) {
    decision.why.push_back("nothing is known of what it is made from");
    return decision;
  }
  absl::StatusOr<std::optional<BuildRecord>> found = records_.Get(image.key);
  if (!found.ok()) {
    decision.warning =
        absl::StrCat(found.status().message(),
                     "; what was built before is not known, it will be written "
                     "anew");
  }
  if (!found.ok() || !*found) {
    decision.why.push_back("it was not built from this folder before");
    return decision;
  }
  const BuildRecord& before = **found;
  if (before.fingerprint != image.fingerprint) {
    for (const std::string& name :
         ChangedNames(before.options, image.options)) {
      decision.why.push_back(absl::StrCat("option `", name, "` has changed"));
    }
    AddFileChanges(context::CompareRecords(records_.GetFiles(image.key),
                                           image.file_records),
                   decision.why);
  }
  for (const std::string& key : ChangedNames(before.bases, bases)) {
    decision.why.push_back(
        absl::StrCat("image `", key, "`, which it starts from, is another"));
  }
  if (decision.why.empty() && before.fingerprint != image.fingerprint) {
    decision.why.push_back("its files or options have changed");
  }
  if (!decision.why.empty()) return decision;
  absl::Status there = AskRegistry(image, before.digest, cancel);
  if (there.ok()) {
    decision.digest = before.digest;
  } else {
    decision.why.push_back(std::string(there.message()));
  }
  return decision;
}

absl::Status UnchangedImages::AskRegistry(const ImagePlan& image,
                                          const std::string& digest,
                                          Cancellation& cancel) {
  ASSIGN_OR_RETURN(registry::Reference reference,
                   registry::ParseReference(image.spec.image));
  {
    MutexLock lock(&mutex_);
    auto known = unreachable_.find(reference.domain);
    if (known != unreachable_.end()) return known->second;
  }
  std::vector<std::string> names;
  for (const std::string& tag : image.spec.tags) {
    names.push_back(absl::StrCat(image.spec.image, ":", tag));
  }
  registry::PushOptions options;
  options.docker_config = docker_config_;
  options.insecure = image.kaniko.insecure;
  options.cancel = &cancel;
  absl::Status status = registry::VerifyPushed(names, digest, options);
  if (status.ok() || absl::IsNotFound(status) || absl::IsDataLoss(status) ||
      absl::IsAborted(status)) {
    return status;
  }
  status = absl::Status(
      status.code(),
      absl::StrCat("the registry can't be asked from here whether it still has "
                   "the image: ",
                   status.message()));
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    MutexLock lock(&mutex_);
    unreachable_.emplace(reference.domain, status);
  }
  return status;
}

absl::Status UnchangedImages::Remember(const ImagePlan& image,
                                       const Texts& bases,
                                       const std::string& digest) {
  if (image.fingerprint.empty() || digest.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(records_.PutFiles(image.key, image.file_records));
  BuildRecord record;
  record.fingerprint = image.fingerprint;
  record.digest = digest;
  record.options = image.options;
  record.bases = bases;
  return records_.Put(image.key, record);
}

}  // namespace ovenbird::build
