#include "runtime/build/cluster/context_transfer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/format_text.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/timeline.h"
#include "runtime/config/config.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/run_mount.h"
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

// So many bytes of files are pushed as soon as they would be sent. With more,
// the build does not wait for it.
constexpr uint64_t kPushedBefore = 16 << 20;

// At its end a build waits this long for the push for the next one: the
// absolute time, or the share of its own time if that is longer; and up to the
// longest time until a layer more is in the registry.
constexpr absl::Duration kShortWait = absl::Seconds(1);
constexpr double kShareOfBuild = 0.1;
constexpr absl::Duration kLongestWait = absl::Seconds(10);

// Why this build needs its context as a volume whose programs can be executed;
// "". Some container runtimes mount images without execution.
std::string WhyAsVolume(const plan::ImagePlan& plan) {
  for (const kube::RunMount& mount : plan.spec.run_mounts) {
    if (mount.kind == kube::RunMount::kContext) {
      return "RUN --mount=type=bind needs the context as a volume";
    }
  }
  if (plan.rewritten != nullptr &&
      absl::StrContains(plan.rewritten->text, kube::kContextPath)) {
    return "a RUN copies files from the context's volume";
  }
  return "";
}

// The same for all builds of one owner's image.
std::string TagOf(const plan::ImagePlan& plan, const ContextOwner& owner,
                  const std::vector<Platform>& platforms) {
  std::error_code error;
  const std::string folder =
      std::filesystem::weakly_canonical(plan.listing.root(), error).string();
  std::vector<std::string> parts = {plan.key, plan.spec.image};
  for (const Platform& platform : platforms) {
    parts.push_back(platform.ToString());
  }
  return ContextTag(owner, folder, parts);
}

// So that `cleanup` can say what an image is.
std::vector<std::pair<std::string, std::string>> AnnotationsOf(
    const plan::ImagePlan& plan, const ContextOwner& owner) {
  const std::string folder =
      std::filesystem::path(plan.listing.root()).lexically_normal().filename();
  return {{kContextOwner, owner.Describe()},
          {kContextImageKey, plan.key},
          {kContextFolder, folder}};
}

std::optional<Platform> SelectedPlatform(const config::Kaniko& kaniko) {
  for (const auto& [label, value] : kaniko.node_selector) {
    if (label == kube::kArchitectureLabel) return Platform{"linux", value, ""};
  }
  return std::nullopt;
}

std::string Shown(uint64_t bytes) {
  return bytes < 1000000
             ? FormatText("%.1f kB", static_cast<double>(bytes) / 1e3)
             : FormatText("%.1f MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

ContextTransfer::ContextTransfer(const plan::ImagePlan& plan,
                                 const ContextTransferOptions& options,
                                 Observer& observer, Cancellation& cancel,
                                 std::function<ClusterNodes()> nodes)
    : plan_(plan),
      options_(options),
      observer_(observer),
      cancel_(cancel),
      nodes_(std::move(nodes)),
      stop_(&cancel) {}

ContextTransfer::~ContextTransfer() {
  stop_.Cancel();
  Join(thread_);
}

std::vector<Platform> ContextTransfer::PlatformsOf(
    const kube::BuildSpec& spec) {
  if (spec.platform) return {*spec.platform};
  if (auto selected = SelectedPlatform(*spec.kaniko)) return {*selected};
  std::vector<Platform> platforms;
  for (const auto& [architecture, count] : nodes_().architectures) {
    const absl::StatusOr<Platform> platform =
        ParsePlatform(absl::StrCat("linux/", architecture));
    if (platform.ok()) platforms.push_back(*platform);
  }
  return platforms;
}

absl::StatusOr<std::string> ContextTransfer::RecordPath(
    const std::string& tag) {
  ASSIGN_OR_RETURN(std::string folder, options_.record_folder());
  absl::StrAppend(&folder, "/contexts");
  RETURN_IF_ERROR(MakePrivateFolder(folder));
  return absl::StrCat(folder, "/", tag);
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
  std::vector<Platform> platforms = PlatformsOf(spec);
  const std::string tag = TagOf(plan_, options_.owner, platforms);
  ASSIGN_OR_RETURN(std::string record_path, RecordPath(tag));
  return ContextImageRequest{
      .listing = plan_.listing,
      .files = plan_.files,
      .records = plan_.file_records,
      .executor = spec.executor.empty() ? kaniko.image : spec.executor,
      .platforms = std::move(platforms),
      .repository = kaniko.context_repo,
      .tag = tag,
      .annotations = AnnotationsOf(plan_, options_.owner),
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
  request->claimed = FindClaimedLayers(*request);
  // Who asks for the registry waits for it.
  if (spec.kaniko->context_transfer != config::ContextTransfer::kRegistry &&
      UnknownContent(*request) > kPushedBefore) {
    later_.emplace(*std::move(request));
    return;
  }
  observer_.Enter({.kind = PhaseKind::kUpload, .text = request->repository});
  const absl::StatusOr<ContextImage> image = PushContextImage(*request);
  if (!image.ok()) return SendInstead(image.status());
  observer_.Sent(static_cast<int64_t>(image->pushed));
  const std::string no_volume = nodes_().no_image_volumes;
  observer_.Step(absl::StrCat(
      "context in ", request->repository, ": ",
      image->is_whole ? "" : absl::StrCat(image->changed, " changed of "),
      image->total, " files and folders, ", Shown(image->pushed), " pushed; ",
      no_volume.empty()
          ? "the pod mounts it"
          : absl::StrCat("the pod runs it as its image, because ", no_volume)));
  spec.context_image = image->image;
  spec.mounts_context = no_volume.empty();
  const absl::StatusOr<registry::Reference> to =
      registry::ParseReference(request->repository);
  const absl::StatusOr<registry::CredentialsLookup> login =
      options_.logins.Find(to->domain, &cancel_);
  spec.pulls_context_with_login = login.ok() && login->credentials.has_value();
}

void ContextTransfer::GiveUp(const std::string& why, kube::BuildSpec& spec) {
  const bool is_volume = std::exchange(spec.mounts_context, false);
  // An image that cannot be pulled cannot be run either.
  if (is_volume && !absl::StrContains(why, spec.kaniko->context_repo)) {
    return observer_.Warn(absl::StrCat(
        "the pod runs the context as its image, because the node does not "
        "mount it: ",
        why));
  }
  spec.context_image.clear();
  spec.pulls_context_with_login = false;
  SendInstead(absl::UnavailableError(absl::StrCat(
      "the node does not pull it (", why,
      "); the nodes must trust this registry and be able to log in to it")));
}

void ContextTransfer::OnContextSent() {
  if (!later_ || thread_.joinable()) return;
  later_->cancel = &stop_;
  later_->on_layer = [this](size_t done, size_t all, bool was_pushed) {
    layers_done_ = done;
    layers_ = all;
    // After the last layer little is left to do.
    if (was_pushed && done < all) pushed_one_.Notify();
  };
  const auto wake = [this] {
    pushed_one_.Notify();
    ended_.Notify();
  };
  // Unless the thread says something else.
  pushed_ = absl::ResourceExhaustedError("there is no more memory");
  const absl::Status started = StartThread(
      thread_,
      [this, wake] {
        pushed_ = PushContextImage(*later_).status();
        wake();
      },
      wake);
  if (!started.ok()) return SendInstead(started);
  observer_.Step(absl::StrCat("pushing the context to ", later_->repository,
                              " for the next build"));
}

absl::Duration ContextTransfer::Allowance() const {
  return std::clamp(kShareOfBuild * (SteadyNow() - start_), kShortWait,
                    kLongestWait);
}

void ContextTransfer::Finish() {
  if (!thread_.joinable()) return;
  observer_.Enter({.kind = PhaseKind::kUpload, .text = later_->repository});
  const auto now = std::chrono::steady_clock::now();
  ended_.WaitUntil(now + absl::ToChronoNanoseconds(Allowance()));
  // Short builds would never get further.
  pushed_one_.WaitUntil(now + absl::ToChronoNanoseconds(kLongestWait));
  stop_.Cancel();
  Join(thread_);
  if (pushed_.ok() || cancel_.cancelled()) return;
  if (absl::IsCancelled(pushed_)) {
    return observer_.Step(absl::StrCat(
        "the context for the next build is not pushed completely: ",
        layers_done_, " of ", layers_, " layers; the next build goes on"));
  }
  observer_.Warn(absl::StrCat("the context was not pushed to ",
                              later_->repository,
                              " for the next build: ", pushed_.message()));
}

bool RejectsContextVolume(const Failure& failure,
                          const kube::Manifest& manifest) {
  const auto& volumes = manifest.pod.spec->volumes;
  const auto context =
      std::find_if(volumes.begin(), volumes.end(),
                   [](const auto& volume) { return volume.image.has_value(); });
  if (context == volumes.end()) return false;
  const std::string field =
      absl::StrCat("spec.volumes[", context - volumes.begin(), "]");
  return std::any_of(failure.rejected.begin(), failure.rejected.end(),
                     [&](const RejectedField& rejected) {
                       return absl::StartsWith(rejected.field, field);
                     });
}

}  // namespace ovenbird::build
