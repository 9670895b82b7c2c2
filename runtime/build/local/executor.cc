#include "runtime/build/local/executor.h"

#include <errno.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/file.h"
#include "runtime/base/lines.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"
#include "runtime/build/local/workspace.h"
#include "runtime/registry/client.h"
#include "runtime/registry/image.h"

namespace ovenbird::build {
namespace {

// A registry that needs longer to be reached counts as out of reach.
constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool IsImageFolder(const std::string& folder) {
  std::error_code error;
  return !folder.empty() &&
         std::filesystem::exists(folder + "/image.json", error) &&
         std::filesystem::exists(folder + "/rootfs", error);
}

// The notes of the cache: which folder a name stands for.
class Notes {
 public:
  Notes(const std::string& cache, const registry::Reference& image,
        absl::string_view kind)
      : path_(absl::StrCat(cache, "/images/names/",
                           absl::StrReplaceAll(image.ToString(), {{"/", "%"}}),
                           kind)) {}

  // The folder, empty when there is none (any more).
  std::string Read() const {
    const std::string folder = FirstLine(path_);
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

absl::StatusOr<std::unique_ptr<registry::Client>> ClientFor(
    const ExecutorRequest& request, const registry::Reference& image) {
  registry::ClientOptions options;
  options.connect_timeout = kConnectTimeout;
  options.cancel = request.cancel;
  if (request.docker_config != nullptr) {
    ASSIGN_OR_RETURN(registry::CredentialsLookup found,
                     request.docker_config->Find(image.domain, request.cancel));
    options.credentials = std::move(found.credentials);
  }
  return std::make_unique<registry::Client>(image.domain, std::move(options));
}

// Into `folder`, which does not exist: it is there whole or not at all.
absl::Status PullInto(const ExecutorRequest& request, registry::Client& client,
                      const registry::Reference& image,
                      const registry::Manifest& manifest,
                      const std::string& folder) {
  ASSIGN_OR_RETURN(Workspace unfinished,
                   Workspace::Make(request.cache + "/images/unfinished"));
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
                               absl::StrCat("cannot make ", folder));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Pull(const ExecutorRequest& request,
                                 const registry::Reference& image) {
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client,
                   ClientFor(request, image));
  ASSIGN_OR_RETURN(registry::Manifest manifest,
                   registry::FindImage(*client, image.path, image.TagOrDigest(),
                                       registry::HostArchitecture()));
  const std::string folder =
      absl::StrCat(request.cache, "/images/",
                   absl::StrReplaceAll(manifest.digest, {{":", "-"}}));
  RETURN_IF_ERROR(MakePrivateFolder(request.cache + "/images"));
  // Several builds of one run want the same one.
  ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(folder + ".lock"));
  if (!IsImageFolder(folder)) {
    RETURN_IF_ERROR(PullInto(request, *client, image, manifest, folder));
  }
  return folder;
}

// One run of the builder; the folder.
absl::StatusOr<std::string> RunBuilder(const ExecutorRequest& request,
                                       std::vector<std::string> arguments) {
  Subprocess builder;
  builder.argv = {request.builder};
  for (std::string& argument : arguments) {
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
        absl::StrCat("`", ShellCommand(builder.argv), "` ended with ",
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

absl::StatusOr<std::string> RunBuilders(const ExecutorRequest& request,
                                        const registry::Reference& image) {
  absl::Status status;
  for (std::vector<std::string>& arguments : BuilderArguments(image)) {
    absl::StatusOr<std::string> folder =
        RunBuilder(request, std::move(arguments));
    if (folder.ok() || absl::IsCancelled(folder.status())) return folder;
    status = folder.status();
  }
  return status;
}

}  // namespace

std::vector<std::vector<std::string>> BuilderArguments(
    const registry::Reference& image) {
  if (absl::EndsWith(image.path, "osscontainertools/kaniko") ||
      absl::EndsWith(image.path, "martizih/kaniko")) {
    return {{"--flavor", "oss"}, {}};
  }
  return {{}};
}

bool IsOutOfReach(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsFailedPrecondition(status);
}

absl::Status CheckExecutorImage(const ExecutorRequest& request) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client,
                   ClientFor(request, image));
  return client->Head(image.path, image.TagOrDigest()).status();
}

absl::StatusOr<ExecutorImage> BuildExecutor(const ExecutorRequest& request,
                                            const absl::Status& why) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  if (request.builder.empty()) {
    return absl::UnavailableError(absl::StrCat(
        "the executor's image ", request.image, " cannot be had: ",
        why.message(), "; set `image:` to one in a registry within reach"));
  }
  const Notes notes(request.cache, image, ".built");
  std::string folder = notes.Read();
  if (folder.empty()) {
    request.on_step(absl::StrCat(image.domain, " is out of reach (",
                                 why.message(),
                                 "): building the executor from source"));
    absl::StatusOr<std::string> built = RunBuilders(request, image);
    if (absl::IsCancelled(built.status())) return built.status();
    if (!built.ok()) {
      return absl::UnavailableError(absl::StrCat(
          "the executor's image ", request.image,
          " cannot be had: ", why.message(),
          "; nor can it be built from source: ", built.status().message()));
    }
    folder = *std::move(built);
    notes.Write(folder);
  }
  ExecutorImage result{folder, FirstLine(folder + "/name")};
  request.on_step(
      absl::StrCat(image.domain, " is out of reach; ",
                   result.name == image.ToString()
                       ? ""
                       : absl::StrCat("in place of ", request.image, " "),
                   result.name, " is used, built from source"));
  return result;
}

absl::StatusOr<ExecutorImage> GetExecutor(const ExecutorRequest& request) {
  ASSIGN_OR_RETURN(registry::Reference image,
                   registry::ParseReference(request.image));
  const Notes notes(request.cache, image, "");
  // "latest" means what it is now.
  if (image.TagOrDigest() != "latest") {
    if (const std::string folder = notes.Read(); !folder.empty()) {
      return ExecutorImage{folder, request.image};
    }
  }
  absl::StatusOr<std::string> pulled = Pull(request, image);
  if (pulled.ok()) {
    notes.Write(*pulled);
    return ExecutorImage{*std::move(pulled), request.image};
  }
  if (!IsOutOfReach(pulled.status())) return pulled.status();
  return BuildExecutor(request, pulled.status());
}

}  // namespace ovenbird::build
