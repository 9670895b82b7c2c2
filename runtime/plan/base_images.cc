#include "runtime/plan/base_images.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/image.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;
using rewrite::BaseImage;
using rewrite::ImageFiles;

constexpr absl::Duration kConnectTimeout = absl::Seconds(3);
constexpr absl::Duration kTimeout = absl::Seconds(10);
// For the layers of one image: 64 MiB at 4 MiB/s. A build that pulls the same
// image takes as long.
constexpr absl::Duration kDownloadTimeout = absl::Seconds(16);
// The usual bases of distributions have 2 to 50 MiB. More is not worth what a
// rule gains; and it is held in memory, a layer at a time.
constexpr uint64_t kMaxDownload = uint64_t{64} << 20;
constexpr uint64_t kMaxConfig = uint64_t{4} << 20;
// A base image has a new digest with every release, and the facts of one take
// 1 MB or less: what was written longer ago is read anew.
constexpr auto kMaxAge = std::chrono::hours(24 * 30);

Platform PlatformOf(absl::string_view name) {
  return ParsePlatform(name).value_or(registry::HostPlatform());
}

std::vector<std::string> Strings(const json::Value& list) {
  std::vector<std::string> result;
  for (const json::Value& item : list.items()) {
    result.emplace_back(item.string_or());
  }
  return result;
}

absl::StatusOr<BaseImage> ReadConfig(const std::string& text) {
  ASSIGN_OR_RETURN(json::Value whole, json::Parse(text));
  const json::Value& config = whole["config"];
  BaseImage image;
  for (const std::string& entry : Strings(config["Env"])) {
    image.env.push_back(absl::StrSplit(entry, absl::MaxSplits('=', 1)));
  }
  image.architecture = std::string(whole["architecture"].string_or());
  image.variant = std::string(whole["variant"].string_or());
  image.user = std::string(config["User"].string_or());
  image.working_dir = std::string(config["WorkingDir"].string_or());
  image.shell = Strings(config["Shell"]);
  image.onbuild = Strings(config["OnBuild"]);
  return image;
}

// A digest as a file's name.
std::string FileName(const std::string& digest, absl::string_view what) {
  return absl::StrCat(absl::StrReplaceAll(digest, {{":", "-"}, {"/", "-"}}),
                      ".", what);
}

bool IsNotReached(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

BaseImages::BaseImages(const registry::DockerConfig* docker_config,
                       std::string cache_folder, Cancellation* cancel)
    : docker_config_(docker_config),
      cache_folder_(std::move(cache_folder)),
      cancel_(cancel) {}

BaseAnswer BaseImages::Find(const BaseQuestion& question) {
  // One question after the other: each registry is waited for once.
  MutexLock lock(&mutex_);
  const std::vector<PullPlace> places =
      PullPlaces(*question.kaniko, question.own_image, question.image);
  const auto [entry, is_new] = known_.try_emplace(KeyOf(places, question));
  Known& known = entry->second;
  if (is_new) known.image_problem = AskConfig(places, question, known);
  if (known.image == nullptr) return {nullptr, known.image_problem};
  if (!question.files) return {known.image, absl::OkStatus()};
  if (!known.files_asked) {
    known.files_asked = true;
    known.files_problem = AskFiles(question, known);
  }
  return {known.image, known.files_problem};
}

BaseImages::Key BaseImages::KeyOf(const std::vector<PullPlace>& places,
                                  const BaseQuestion& question) {
  Key key;
  key.first = question.platform;
  for (const PullPlace& place : places) {
    key.second.emplace_back(place.name.ToString(), place.insecure);
  }
  return key;
}

absl::StatusOr<std::unique_ptr<registry::Client>> BaseImages::Connect(
    const PullPlace& place) {
  RETURN_IF_ERROR(CheckNotCancelled(cancel_));
  auto known = unreachable_.find(place.name.domain);
  if (known != unreachable_.end()) return known->second;
  registry::ClientOptions options;
  options.insecure = place.insecure;
  options.plain_http_in_private_networks = true;
  options.connect_timeout = kConnectTimeout;
  options.timeout = kTimeout;
  options.cancel = cancel_;
  if (docker_config_ != nullptr) {
    ASSIGN_OR_RETURN(registry::CredentialsLookup found,
                     docker_config_->Find(place.name.domain, cancel_));
    options.credentials = std::move(found.credentials);
  }
  return std::make_unique<registry::Client>(place.name.domain,
                                            std::move(options));
}

// As kaniko does: what a mirror does not have, the next one may have.
absl::Status BaseImages::AskConfig(const std::vector<PullPlace>& places,
                                   const BaseQuestion& question, Known& known) {
  absl::Status status =
      absl::InvalidArgumentError("it is not a valid image name");
  for (const PullPlace& place : places) {
    status = AskConfigAt(place, question, known);
    if (status.ok()) return status;
    if (IsNotReached(status)) {
      unreachable_.emplace(place.name.domain, status);
    }
  }
  return status;
}

absl::Status BaseImages::AskConfigAt(const PullPlace& place,
                                     const BaseQuestion& question,
                                     Known& known) {
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client, Connect(place));
  const Source source = {*client, place.name.path,
                         PlatformOf(question.platform)};
  ASSIGN_OR_RETURN(const registry::Manifest there,
                   client->Head(source.path, place.name.TagOrDigest()));
  ASSIGN_OR_RETURN(const std::string manifest,
                   ManifestOf(source, there.digest));
  ASSIGN_OR_RETURN(json::Value parsed, json::Parse(manifest));
  const std::string digest(parsed["config"]["digest"].string_or());
  RETURN_IF_ERROR(registry::CheckDigest(digest));
  const std::string name = FileName(digest, "config");
  std::string config = FromCache(name);
  if (config.empty()) {
    ASSIGN_OR_RETURN(config, Blob(source, digest, kMaxConfig,
                                  SteadyNow() + kDownloadTimeout));
    ToCache(name, config);
  }
  ASSIGN_OR_RETURN(BaseImage image, ReadConfig(config));
  image.digest = registry::DigestOf(manifest);
  image.is_of_index = image.digest != there.digest;
  known.manifest = manifest;
  known.place = place;
  known.image = std::make_shared<const BaseImage>(std::move(image));
  return absl::OkStatus();
}

absl::StatusOr<std::string> BaseImages::ManifestOf(const Source& source,
                                                   const std::string& digest) {
  const std::string name = FileName(
      absl::StrCat(digest, "-", source.platform.ToString()), "manifest");
  std::string manifest = FromCache(name);
  if (!manifest.empty()) return manifest;
  ASSIGN_OR_RETURN(
      registry::Manifest found,
      registry::FindImage(source.client, source.path, digest, source.platform));
  ToCache(name, found.bytes);
  return std::move(found.bytes);
}

absl::StatusOr<std::string> BaseImages::Blob(const Source& source,
                                             const std::string& digest,
                                             uint64_t limit, absl::Time end) {
  std::string bytes;
  RETURN_IF_ERROR(source.client.ReadBlob(
      source.path, digest, [&](absl::string_view piece) -> absl::Status {
        RETURN_IF_ERROR(CheckNotCancelled(cancel_));
        absl::StrAppend(&bytes, piece);
        if (bytes.size() > limit) {
          return absl::OutOfRangeError("longer than its manifest says");
        }
        if (SteadyNow() > end) {
          return absl::DeadlineExceededError("the download takes too long");
        }
        return absl::OkStatus();
      }));
  return bytes;
}

absl::Status BaseImages::AskFiles(const BaseQuestion& question, Known& known) {
  ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> client,
                   Connect(known.place));
  const Source source = {*client, known.place.name.path,
                         PlatformOf(question.platform)};
  absl::StatusOr<std::shared_ptr<const ImageFiles>> files =
      FilesOf(source, known.manifest);
  if (!files.ok()) {
    if (IsNotReached(files.status())) {
      unreachable_.emplace(known.place.name.domain, files.status());
    }
    return files.status();
  }
  BaseImage image = *known.image;
  image.files = *std::move(files);
  known.image = std::make_shared<const BaseImage>(std::move(image));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const ImageFiles>> BaseImages::FilesOf(
    const Source& source, const std::string& manifest) {
  ASSIGN_OR_RETURN(json::Value parsed, json::Parse(manifest));
  if (parsed["layers"].as_array() == nullptr) {
    return absl::UnimplementedError("the manifest has no layers");
  }
  uint64_t left = 0;
  for (const json::Value& layer : parsed["layers"].items()) {
    const std::string digest(layer["digest"].string_or());
    RETURN_IF_ERROR(registry::CheckDigest(digest));
    if (FromCache(FileName(digest, "layer")).empty()) {
      left += static_cast<uint64_t>(layer["size"].int_or());
    }
  }
  if (left > kMaxDownload) {
    return absl::ResourceExhaustedError(
        absl::StrCat("its layers have ", left >> 20, " MiB, and at most ",
                     kMaxDownload >> 20, " MiB are read"));
  }
  const absl::Time end = SteadyNow() + kDownloadTimeout;
  auto files = std::make_shared<ImageFiles>();
  for (const json::Value& layer : parsed["layers"].items()) {
    const std::string digest(layer["digest"].string_or());
    ASSIGN_OR_RETURN(const registry::LayerFacts facts,
                     LayerOf(source, digest, end));
    registry::AddLayer(facts, *files);
  }
  return files;
}

absl::StatusOr<registry::LayerFacts> BaseImages::LayerOf(
    const Source& source, const std::string& digest, absl::Time end) {
  const std::string name = FileName(digest, "layer");
  absl::StatusOr<registry::LayerFacts> cached =
      registry::Decode(FromCache(name));
  if (cached.ok()) return cached;
  ASSIGN_OR_RETURN(const std::string bytes,
                   Blob(source, digest, kMaxDownload, end));
  size_t at = 0;
  ASSIGN_OR_RETURN(
      registry::LayerFacts facts,
      registry::ReadLayer(
          [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
            RETURN_IF_ERROR(CheckNotCancelled(cancel_));
            const size_t piece = std::min(size, bytes.size() - at);
            bytes.copy(buffer, piece, at);
            at += piece;
            return piece;
          }));
  ToCache(name, registry::Encode(facts));
  return facts;
}

std::string BaseImages::FromCache(const std::string& name) const {
  if (cache_folder_.empty()) return "";
  absl::StatusOr<std::string> bytes =
      ReadFile(absl::StrCat(cache_folder_, "/", name));
  return bytes.ok() ? *std::move(bytes) : "";
}

// A cache that cannot be written must not fail the build.
void BaseImages::ToCache(const std::string& name,
                         const std::string& bytes) const {
  if (cache_folder_.empty()) return;
  std::error_code error;
  fs::create_directory(cache_folder_, error);
  DropOld();
  ReplaceFile(absl::StrCat(cache_folder_, "/", name), bytes, 0600)
      .IgnoreError();
}

void BaseImages::DropOld() const {
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(cache_folder_, error)) {
    const auto written = entry.last_write_time(error);
    if (error || fs::file_time_type::clock::now() - written < kMaxAge) continue;
    fs::remove(entry.path(), error);
  }
}

}  // namespace ovenbird::plan
