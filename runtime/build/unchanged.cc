#include "runtime/build/unchanged.h"

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/file_records.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/image_identity.h"
#include "runtime/registry/push.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

// More of them tell nothing new.
constexpr size_t kMostFiles = 10;
// How long a base image's registry is waited for: when the answer decides, and
// when the image is built in any case.
constexpr absl::Duration kLong = absl::Seconds(15);
constexpr absl::Duration kShort = absl::Seconds(1);

absl::string_view Verb(context::FileChange::Kind kind) {
  switch (kind) {
    case context::FileChange::kAdded:
      return "is new";
    case context::FileChange::kRemoved:
      return "was deleted";
    case context::FileChange::kContent:
      return "has changed";
    case context::FileChange::kMode:
      return "has a different mode";
    case context::FileChange::kType:
      return "has a different type";
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
        absl::StrCat(changes.size() - kMostFiles, " more files have changed"));
  }
}

}  // namespace

Decision UnchangedImages::Decide(const plan::ImagePlan& image,
                                 const Texts& built, Cancellation& cancel) {
  Decision decision;
  if (image.fingerprint.empty()) {
    decision.why.push_back("its inputs are unknown");
    return decision;
  }
  if (force_) decision.why.push_back("--force");
  absl::StatusOr<std::optional<BuildRecord>> found = records_.Get(image.key);
  if (!found.ok()) {
    decision.warnings.push_back(absl::StrCat(
        found.status().message(),
        "; earlier builds are unknown, and the record will be rewritten"));
  }
  if (!found.ok() || !*found) {
    decision.why.push_back("it was not built from this folder before");
    CompareBases(image, built, nullptr, decision);
    return decision;
  }
  const BuildRecord& before = **found;
  const BuildRecord now = records_.Seal(
      {.fingerprint = image.fingerprint, .options = plan::OptionHashes(image)});
  if (before.fingerprint != now.fingerprint) {
    for (const std::string& name : ChangedNames(before.options, now.options)) {
      decision.why.push_back(absl::StrCat("option `", name, "` has changed"));
    }
    AddFileChanges(context::CompareRecords(records_.GetFiles(image.key),
                                           image.file_records),
                   decision.why);
    if (decision.why.empty()) {
      decision.why.push_back("its files or options have changed");
    }
  }
  CompareBases(image, built, &before, decision);
  if (!decision.why.empty()) return decision;
  absl::Status there = AskRegistry(image, before.digest, cancel);
  if (there.ok()) {
    decision.digest = before.digest;
  } else {
    decision.why.push_back(std::string(there.message()));
  }
  return decision;
}

// `before`: its last build; null: there is none.
void UnchangedImages::CompareBases(const plan::ImagePlan& image,
                                   const Texts& built,
                                   const BuildRecord* before,
                                   Decision& decision) {
  const bool decided = !decision.why.empty();
  for (const plan::PlannedBase& base : image.bases) {
    absl::StatusOr<std::string> now = absl::NotFoundError("");
    auto ours = built.find(base.name);
    if (ours != built.end()) {
      now = ours->second;
    } else if (!base.image && base_digests_ != nullptr &&
               TakesWhatRegistryHas(image)) {
      now = base_digests_->Get(image, base, decided ? kShort : kLong);
      if (absl::IsCancelled(now.status())) return;
    } else {
      continue;
    }
    std::string then;
    if (before != nullptr) {
      auto known = before->bases.find(base.name);
      if (known != before->bases.end()) then = known->second;
    }
    if (!now.ok()) {
      if (decided) continue;
      decision.warnings.push_back(absl::StrCat(
          "cannot tell whether base image `", base.name,
          "` has changed (--force builds anyway): ", now.status().message()));
      if (!then.empty()) decision.bases[base.name] = then;
      continue;
    }
    decision.bases[base.name] = *now;
    if (before == nullptr || then == *now) continue;
    if (!then.empty()) {
      decision.why.push_back(
          absl::StrCat("base image `", base.name, "` has changed"));
    } else if (!decided) {
      decision.why.push_back(
          absl::StrCat("base image `", base.name,
                       "` was not recorded by the earlier build"));
    }
  }
}

absl::Status UnchangedImages::AskRegistry(const plan::ImagePlan& image,
                                          const std::string& digest,
                                          Cancellation& cancel) {
  ASSIGN_OR_RETURN(registry::Reference reference,
                   registry::ParseReference(image.spec.image));
  {
    MutexLock lock(&mutex_);
    auto known = unreachable_.find(reference.domain);
    if (known != unreachable_.end()) return known->second;
  }
  const std::vector<std::string> names = kube::TaggedNames(image.spec);
  registry::PushOptions options;
  options.docker_config = docker_config_;
  options.insecure = image.kaniko->insecure;
  options.cancel = &cancel;
  absl::Status status = registry::VerifyPushed(names, digest, options);
  if (status.ok() || absl::IsNotFound(status) || absl::IsDataLoss(status) ||
      absl::IsAborted(status)) {
    return status;
  }
  status = absl::Status(
      status.code(),
      absl::StrCat("cannot check whether the registry still has the image: ",
                   status.message()));
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    MutexLock lock(&mutex_);
    unreachable_.emplace(reference.domain, status);
  }
  return status;
}

absl::Status UnchangedImages::Remember(const plan::ImagePlan& image,
                                       const Texts& bases,
                                       const std::string& digest) {
  if (image.fingerprint.empty() || digest.empty()) return absl::OkStatus();
  BuildRecord record;
  record.fingerprint = image.fingerprint;
  record.digest = digest;
  record.options = plan::OptionHashes(image);
  record.bases = bases;
  RETURN_IF_ERROR(records_.PutLater(image.key, record));
  return records_.PutFiles(image.key, image.file_records);
}

absl::Status UnchangedImages::WriteRecords() { return records_.Flush(); }

}  // namespace ovenbird::build
