#include "runtime/build/cluster/context_transfer.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/config.h"
#include "runtime/context/delta.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

bool IsWanted(const config::Kaniko& kaniko) {
  switch (kaniko.context_transfer) {
    case config::ContextTransfer::kExec:
      return false;
    case config::ContextTransfer::kRegistry:
      return true;
    case config::ContextTransfer::kAuto:
      return !kaniko.context_repo.empty();
  }
  return false;
}

// A context up to this size, in bytes of files, is pushed as soon as it would
// be sent.
constexpr uint64_t kSmallContext = 16 << 20;

// Whether all files are pushed before the build: the user asks for it, or it
// takes no time. Else the first build does not wait for it.
bool PushesWholeContext(const plan::ImagePlan& plan) {
  return plan.kaniko->context_transfer == config::ContextTransfer::kRegistry ||
         context::ContentSize(plan.file_records) <= kSmallContext;
}

// Why this build needs its context as a volume of the pod; "".
std::string WhyAsVolume(const plan::ImagePlan& plan) {
  if (!plan.spec.run_mounts.empty() || !plan.spec.secrets.empty()) {
    return "RUN --mount needs volumes that are prepared in the pod";
  }
  if (plan.rewritten != nullptr &&
      absl::StrContains(plan.rewritten->text, kube::kContextPath)) {
    return "a RUN copies files from the context's volume";
  }
  return "";
}

// The same for all builds of one user's image, on this machine and others.
std::string IdOf(const plan::ImagePlan& plan, const Owner& owner,
                 const std::optional<Platform>& platform) {
  std::error_code error;
  const std::string folder =
      std::filesystem::weakly_canonical(plan.listing.root(), error).string();
  std::string text;
  for (const std::string& part : {owner.user, owner.host, folder, plan.key,
                                  platform ? platform->ToString() : ""}) {
    absl::StrAppend(&text, part.size(), ":", part);
  }
  return ToHex(Sha256Of(text)).substr(0, 20);
}

std::optional<Platform> SelectedPlatform(const config::Kaniko& kaniko) {
  for (const auto& [label, value] : kaniko.node_selector) {
    if (label == kube::kArchitectureLabel) return Platform{"linux", value, ""};
  }
  return std::nullopt;
}

std::string Shown(uint64_t bytes) {
  return bytes < 1000000
             ? absl::StrFormat("%.1f kB", static_cast<double>(bytes) / 1e3)
             : absl::StrFormat("%.1f MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

ContextTransfer::ContextTransfer(const plan::ImagePlan& plan,
                                 const ContextTransferOptions& options,
                                 Observer& observer, Cancellation& cancel,
                                 std::function<NodeArchitectures()> nodes)
    : plan_(plan),
      options_(options),
      observer_(observer),
      cancel_(cancel),
      nodes_(std::move(nodes)) {}

ContextTransfer::~ContextTransfer() {
  if (stop_ != nullptr) stop_->Cancel();
  Join(thread_);
}

std::optional<Platform> ContextTransfer::PlatformOf(
    const kube::BuildSpec& spec) {
  if (spec.platform) return spec.platform;
  if (auto selected = SelectedPlatform(*spec.kaniko)) return selected;
  const absl::StatusOr<Platform> common =
      ParsePlatform(CommonPlatform(nodes_()));
  if (!common.ok()) return std::nullopt;
  return *common;
}

absl::StatusOr<std::string> ContextTransfer::RecordPath(const std::string& id) {
  ASSIGN_OR_RETURN(std::string folder, options_.record_folder());
  absl::StrAppend(&folder, "/contexts");
  RETURN_IF_ERROR(MakePrivateFolder(folder));
  return absl::StrCat(folder, "/", id);
}

absl::StatusOr<ContextImageRequest> ContextTransfer::Request(
    const kube::BuildSpec& spec, Cancellation& cancel) {
  if (std::string why = WhyAsVolume(plan_); !why.empty()) {
    return absl::UnimplementedError(why);
  }
  const config::Kaniko& kaniko = *spec.kaniko;
  if (kaniko.context_repo.empty()) {
    return absl::FailedPreconditionError(
        "no repository is set: set `contextRepo`, --context-repo or "
        "OVENBIRD_CONTEXT_REPO");
  }
  ASSIGN_OR_RETURN(const registry::Reference image,
                   registry::ParseReference(spec.image));
  const std::optional<Platform> platform = PlatformOf(spec);
  const std::string id = IdOf(plan_, options_.owner, platform);
  ASSIGN_OR_RETURN(std::string record_path, RecordPath(id));
  return ContextImageRequest{
      .listing = plan_.listing,
      .files = plan_.files,
      .records = plan_.file_records,
      .executor = spec.executor.empty() ? kaniko.image : spec.executor,
      .platform = platform,
      .repository = kaniko.context_repo,
      .tag = absl::StrCat("context-", id),
      .record_path = std::move(record_path),
      .logins = options_.logins,
      // What is said of the image's registry holds for it alone.
      .insecure_registry = kaniko.insecure ? image.domain : "",
      .cancel = &cancel,
  };
}

void ContextTransfer::SendInstead(const absl::Status& why) {
  if (absl::IsCancelled(why)) return;
  observer_.Warn(
      absl::StrCat("the context is sent into the pod, not through a registry: ",
                   why.message()));
}

void ContextTransfer::Prepare(kube::BuildSpec& spec) {
  if (!IsWanted(*spec.kaniko)) return;
  absl::StatusOr<ContextImageRequest> request = Request(spec, cancel_);
  if (!request.ok()) return SendInstead(request.status());
  if (NeedsWholeContext(*request) && !PushesWholeContext(plan_)) {
    return StartInBackground(*request);
  }
  const absl::StatusOr<ContextImage> image = PushContextImage(*request);
  if (!image.ok()) return SendInstead(image.status());
  observer_.Step(absl::StrCat(
      "context in ", request->repository, ": ",
      image->is_whole ? "" : absl::StrCat(image->changed, " changed of "),
      image->total, " files and folders, ", Shown(image->pushed), " pushed"));
  spec.context_image = image->image;
  const absl::StatusOr<registry::Reference> to =
      registry::ParseReference(request->repository);
  const absl::StatusOr<registry::CredentialsLookup> login =
      options_.logins.Find(to->domain, &cancel_);
  spec.pulls_context_with_login = login.ok() && login->credentials.has_value();
}

void ContextTransfer::GiveUp(const std::string& why, kube::BuildSpec& spec) {
  spec.context_image.clear();
  spec.pulls_context_with_login = false;
  SendInstead(absl::UnavailableError(absl::StrCat(
      "the node does not pull it (", why,
      "); the nodes must trust this registry and be able to log in to it")));
}

void ContextTransfer::StartInBackground(ContextImageRequest request) {
  stop_ = std::make_unique<Cancellation>(&cancel_);
  request.cancel = stop_.get();
  // Unless the thread says something else.
  pushed_ = absl::ResourceExhaustedError("there is no more memory");
  const absl::Status started = StartThread(
      thread_,
      [this, request = std::move(request)] {
        pushed_ = PushContextImage(request).status();
      },
      NobodyWaits);
  if (!started.ok()) return SendInstead(started);
  observer_.Step(absl::StrCat(
      "the context is sent into the pod, and pushed to ",
      plan_.kaniko->context_repo, " for the next build at the same time"));
}

void ContextTransfer::Finish() {
  if (!thread_.joinable()) return;
  observer_.Step("waiting for the push of the context for the next build");
  Join(thread_);
  if (pushed_.ok() || absl::IsCancelled(pushed_)) return;
  observer_.Warn(absl::StrCat("the context was not pushed to ",
                              plan_.kaniko->context_repo,
                              " for the next build: ", pushed_.message()));
}

}  // namespace ovenbird::build
