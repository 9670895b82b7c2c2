#include "runtime/build/local/executor.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/file.h"
#include "runtime/base/file_lock.h"
#include "runtime/base/lines.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"
#include "runtime/base/workspace.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/registry/client.h"
#include "runtime/registry/image.h"

namespace ovenbird::build {
namespace {

// A registry that takes longer to connect to counts as unreachable.
constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

// An executor that the builder can build: third_party/kaniko/modules.
struct Buildable {
  const char* flavor;
  const char* image;
  kube::KanikoVersion version;
};

constexpr char kGoogle[] = "gcr.io/kaniko-project/executor";
constexpr char kChainguard[] =
    "ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor";

// The oldest first.
constexpr Buildable kBuildable[] = {
    {"google", kGoogle, {0, 19, 0}},         {"google", kGoogle, {1, 9, 1}},
    {"google", kGoogle, {1, 23, 2}},         {"google", kGoogle, {1, 24, 0}},
    {"chainguard", kChainguard, {1, 25, 6}},
};

// A newer executor knows the flags of an older one, but not the other way
// round: returns the oldest that is not older than the image.
const Buildable& NearestTo(const registry::Reference& image) {
  constexpr kube::KanikoVersion kLastOfGoogle = {1, 24, 0};
  std::optional<kube::KanikoVersion> version =
      kube::KanikoVersionOf(image.ToString());
  // The archived project's moving tags stay at its last version.
  if (!version.has_value() && image.path == "kaniko-project/executor") {
    version = kLastOfGoogle;
  }
  const Buildable* newest = std::prev(std::end(kBuildable));
  const Buildable* found =
      std::find_if(std::begin(kBuildable), newest, [&](const Buildable& one) {
        return version.has_value() && *version <= one.version;
      });
  return *found;
}

bool IsImageFolder(const std::string& folder) {
  std::error_code error;
  return !folder.empty() &&
         std::filesystem::exists(folder + "/image.json", error) &&
         std::filesystem::exists(folder + "/rootfs", error);
}

// The notes of the cache: which folder belongs to a name.
class Notes {
 public:
  Notes(const std::string& cache, const registry::Reference& image)
      : path_(absl::StrCat(
            cache, "/images/names/",
            absl::StrReplaceAll(image.ToString(), {{"/", "%"}}))) {}

  // The folder, empty when there is none (any more).
  std::string Read() const {
    const std::string folder = FirstLineOf(path_);
    return IsImageFolder(folder) ? folder : "";
  }

  void Write(const std::string& folder) const {
    // When it fails the next run asks again: no harm.
    MakePrivateFolder(std::filesystem::path(path_).parent_path()).IgnoreError();
    ReplaceFile(path_, absl::StrCat(folder, "\n")).IgnoreError();
  }

 private:
  std::string path_;
};

// The folder of what was pulled before under this name; empty: nothing.
std::string PulledBefore(const ExecutorRequest& request) {
  const absl::StatusOr<registry::Reference> image =
      registry::ParseReference(request.image);
  // "latest" means what it is now.
  if (!image.ok() || image->TagOrDigest() == "latest") return "";
  return Notes(request.cache, *image).Read();
}

absl::StatusOr<std::unique_ptr<registry::Client>> ClientFor(
    const ExecutorRequest& request, const registry::Reference& image) {
  registry::ClientOptions options;
  options.connect_timeout = kConnectTimeout;
  // The image runs on this machine; nobody can replace what a digest names.
  options.plain_http_in_private_networks = !image.digest.empty();
  options.cancel = request.cancel;
  if (request.sources.docker_config != nullptr) {
    ASSIGN_OR_RETURN(
        registry::CredentialsLookup found,
        request.sources.docker_config->Find(image.domain, request.cancel));
    options.credentials = std::move(found.credentials);
  }
  return std::make_unique<registry::Client>(image.domain, std::move(options));
}

LockWait WaitOf(const ExecutorRequest& request) {
  return {request.cancel, request.on_step};
}

// Into `folder`, which does not exist: it is there whole or not at all.
absl::Status PullInto(const ExecutorRequest& request, registry::Client& client,
                      const registry::Reference& image,
                      const registry::Manifest& manifest,
                      const std::string& folder) {
  ASSIGN_OR_RETURN(Workspace unfinished,
                   Workspace::Make(request.cache + "/images/unfinished",
                                   /*remover=*/nullptr, WaitOf(request)));
  const std::string content = unfinished.path() + "/image";
  RETURN_IF_ERROR(MakePrivateFolder(content));
  RETURN_IF_ERROR(registry::PullImage(
      client, image.path, manifest, content, [&](int layer, int layers) {
        request.on_step(absl::StrCat("pulling ", image.Familiar(), ": layer ",
                                     layer, " of ", layers));
      }));
  std::error_code error;
  std::filesystem::rename(content, folder, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(),
                               absl::StrCat("cannot create ", folder));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Pull(const ExecutorRequest& request,
                                 const registry::Reference& image) {
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client,
                   ClientFor(request, image));
  ASSIGN_OR_RETURN(registry::Manifest manifest,
                   registry::FindImage(*client, image.path, image.TagOrDigest(),
                                       registry::HostPlatform()));
  const std::string folder =
      absl::StrCat(request.cache, "/images/",
                   absl::StrReplaceAll(manifest.digest, {{":", "-"}}));
  RETURN_IF_ERROR(MakePrivateFolder(request.cache + "/images"));
  // Several builds of one run want the same one.
  ASSIGN_OR_RETURN(FileLock lock,
                   FileLock::Take(folder + ".lock", WaitOf(request)));
  if (!IsImageFolder(folder)) {
    RETURN_IF_ERROR(PullInto(request, *client, image, manifest, folder));
  }
  return folder;
}

// Runs the builder; returns the folder that it names.
absl::StatusOr<std::string> RunBuilder(const ExecutorRequest& request,
                                       const registry::Reference& image) {
  Subprocess builder;
  builder.argv = {request.sources.builder};
  for (std::string& argument : BuilderArguments(image)) {
    builder.argv.push_back(std::move(argument));
  }
  builder.cancel = request.cancel;
  std::string last;
  LineSplitter lines([&](absl::string_view line) {
    last = std::string(line);
    request.on_step(line);
  });
  builder.on_stderr = [&](absl::string_view text) { lines.Add(text); };
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(builder));
  lines.Finish();
  if (!result.ok()) {
    return absl::UnavailableError(
        absl::StrCat("`", ShellCommand(builder.argv), "` failed with ",
                     result.Describe(), last.empty() ? "" : ": ", last));
  }
  const absl::string_view out = absl::StripAsciiWhitespace(result.out);
  const size_t line = out.rfind('\n');
  std::string folder(line == absl::string_view::npos ? out
                                                     : out.substr(line + 1));
  if (!IsImageFolder(folder)) {
    return absl::InternalError(absl::StrCat(
        "`", ShellCommand(builder.argv), "` did not name an image's folder"));
  }
  return folder;
}

}  // namespace

absl::Status ReachedRegistries::Reach(
    const std::string& domain, const std::function<absl::Status()>& ask) {
  Answer* answer = nullptr;
  {
    MutexLock lock(&mutex_);
    answer = &answers_[domain];
  }
  // A second caller waits for the answer of the same registry only.
  MutexLock lock(&answer->mutex);
  if (answer->status) return *answer->status;
  absl::Status status = ask();
  if (!absl::IsCancelled(status)) answer->status = status;
  return status;
}

std::vector<std::string> BuilderArguments(const registry::Reference& image) {
  const Buildable& nearest = NearestTo(image);
  return {"--flavor", nearest.flavor, "--version", nearest.version.ToString()};
}

absl::Status ReachRegistry(const ExecutorRequest& request) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client,
                   ClientFor(request, image));
  const auto ask = [&client] {
    const absl::Status status = client->Connect();
    if (!absl::IsFailedPrecondition(status)) return status;
    return absl::FailedPreconditionError(absl::StrCat(
        status.message(),
        " (for an executor: name it by digest, `image: NAME@sha256:...`, to "
        "pull it without TLS from a private network)"));
  };
  return request.sources.reached == nullptr
             ? ask()
             : request.sources.reached->Reach(
                   // What is allowed depends on the digest, see ClientFor.
                   absl::StrCat(image.domain, image.digest.empty() ? "" : "@"),
                   ask);
}

bool IsUnreachable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

std::string NameOfBuilt(const ExecutorRequest& request) {
  absl::StatusOr<registry::Reference> image =
      registry::ParseReference(request.image);
  if (!image.ok() || request.sources.builder.empty()) return request.image;
  const Buildable& nearest = NearestTo(*image);
  return absl::StrCat(nearest.image, ":", nearest.version.ToString());
}

std::string ExecutorName(const ExecutorRequest& request) {
  if (!PulledBefore(request).empty()) return request.image;
  return IsUnreachable(ReachRegistry(request)) ? NameOfBuilt(request)
                                               : request.image;
}

absl::Status CheckPlanned(const ExecutorRequest& request,
                          absl::string_view name) {
  if (request.planned.empty() || request.planned == name) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the Dockerfile was checked for ", request.planned,
                   ", but now the executor is ", name, ": run it again"));
}

absl::StatusOr<ExecutorImage> BuildExecutor(const ExecutorRequest& request,
                                            const absl::Status& why) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  if (request.sources.builder.empty()) {
    return absl::UnavailableError(absl::StrCat(
        "cannot pull the executor ", request.image, ": ", why.message(),
        "; set `image` to one in a registry that this machine can reach"));
  }
  request.on_step(
      absl::StrCat(image.domain, " is unreachable: ", why.message()));
  EnterPhase(request.on_phase, PhaseKind::kPull,
             absl::StrCat(request.image, ", from source"));
  absl::StatusOr<std::string> folder = RunBuilder(request, image);
  if (absl::IsCancelled(folder.status())) return folder.status();
  if (!folder.ok()) {
    return absl::UnavailableError(absl::StrCat(
        "cannot pull the executor ", request.image, ": ", why.message(),
        "; cannot build it from source: ", folder.status().message()));
  }
  ExecutorImage result{*folder, FirstLineOf(*folder + "/name")};
  request.on_step(
      absl::StrCat("using ", result.name, ", built from source",
                   result.name == image.ToString()
                       ? ""
                       : absl::StrCat(", instead of ", request.image)));
  return result;
}

absl::StatusOr<ExecutorImage> GetExecutor(const ExecutorRequest& request) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  if (const std::string folder = PulledBefore(request); !folder.empty()) {
    return ExecutorImage{folder, request.image};
  }
  const absl::Status reached = ReachRegistry(request);
  if (IsUnreachable(reached)) return BuildExecutor(request, reached);
  RETURN_IF_ERROR(reached);
  EnterPhase(request.on_phase, PhaseKind::kPull, request.image);
  ASSIGN_OR_RETURN(std::string folder, Pull(request, image));
  Notes(request.cache, image).Write(folder);
  return ExecutorImage{std::move(folder), request.image};
}

}  // namespace ovenbird::build
