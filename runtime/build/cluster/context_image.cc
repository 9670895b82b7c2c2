#include "runtime/build/cluster/context_image.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/context_image_record.h"
#include "runtime/build/cluster/context_layers.h"
#include "runtime/context/delta.h"
#include "runtime/registry/client.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/image.h"
#include "runtime/registry/index.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";
constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
// Of a layer: the key of its part (context::Part).
constexpr char kPartAnnotation[] = "ovenbird.dev/part";

// More layers make the start of a container slow, and container runtimes have
// limits (127 layers with overlay file systems).
constexpr int kMostDeltas = 20;
// Files that no build sees any more are pulled all the same.
constexpr double kMostHidden = 0.3;

json::Value Descriptor(const std::string& type, const registry::Blob& blob) {
  json::Value value;
  value.Set("mediaType", type);
  value.Set("digest", blob.digest);
  value.Set("size", static_cast<int64_t>(blob.size));
  return value;
}

// Appends to the array `key` of `object`.
void Append(json::Value& object, absl::string_view key, json::Value item) {
  json::Array items = object[key].items();
  items.push_back(std::move(item));
  object.Set(key, std::move(items));
}

// Docker's type of a layer -> OCI's; the bytes are the same.
std::string OciLayerType(absl::string_view type) {
  if (absl::EndsWith(type, "zstd")) return absl::StrCat(kLayerType, "+zstd");
  return absl::EndsWith(type, "gzip") ? absl::StrCat(kLayerType, "+gzip")
                                      : kLayerType;
}

std::string PlatformNames(const ContextImageRequest& request) {
  std::vector<std::string> names;
  for (const Platform& platform : request.platforms) {
    names.push_back(platform.ToString());
  }
  return absl::StrJoin(names, ",");
}

bool CanGrow(const ContextImageRecord& record,
             const ContextImageRequest& request) {
  return record.repository == request.repository &&
         record.executor == request.executor &&
         record.platforms == PlatformNames(request) &&
         record.deltas < kMostDeltas &&
         static_cast<double>(record.hidden_bytes) <=
             kMostHidden * static_cast<double>(record.base_bytes);
}

std::optional<ContextImageRecord> Growing(const ContextImageRequest& request) {
  std::optional<ContextImageRecord> record =
      LoadContextImageRecord(request.record_path);
  if (record && !CanGrow(*record, request)) record.reset();
  return record;
}

WholeContext WholeOf(const ContextImageRequest& request,
                     const context::FileRecords& records) {
  return {.listing = request.listing,
          .files = request.files,
          .records = records,
          .repository = request.repository,
          .record_path = request.record_path,
          .part_size = request.part_size,
          .claimed = request.claimed};
}

absl::StatusOr<std::unique_ptr<registry::Client>> NewClient(
    const ContextImageRequest& request, const std::string& domain) {
  registry::ClientOptions options;
  options.insecure = domain == request.insecure_registry;
  options.cancel = request.cancel;
  ASSIGN_OR_RETURN(registry::CredentialsLookup found,
                   request.logins.Find(domain, request.cancel));
  options.credentials = std::move(found.credentials);
  return std::make_unique<registry::Client>(domain, std::move(options));
}

// Returns the manifest of the image under the tag; of an index, of its first
// image: all have the same layers of the context.
absl::StatusOr<json::Value> ManifestUnderTag(
    const ContextImageRequest& request) {
  ASSIGN_OR_RETURN(const registry::Reference to,
                   registry::ParseReference(request.repository));
  ASSIGN_OR_RETURN(const std::unique_ptr<registry::Client> client,
                   NewClient(request, to.domain));
  ASSIGN_OR_RETURN(const registry::Manifest found,
                   client->Get(to.path, request.tag));
  ASSIGN_OR_RETURN(json::Value manifest, json::Parse(found.bytes));
  const std::vector<registry::PlatformImage> images =
      registry::ImagesOf(manifest);
  if (images.empty()) return manifest;
  ASSIGN_OR_RETURN(const registry::Manifest one,
                   client->Get(to.path, images[0].digest));
  return json::Parse(one.bytes);
}

// One push.
class Pusher {
 public:
  explicit Pusher(const ContextImageRequest& request)
      : request_(request),
        now_(context::UnpackedRecords(request.listing, request.files,
                                      request.records)) {}

  absl::StatusOr<ContextImage> Push() {
    // A file without a record would be missing in the image, silently.
    if (request_.records.size() < request_.listing.size()) {
      return absl::InternalError("files of the context have no records");
    }
    RETURN_IF_ERROR(context::CheckForLayer(now_));
    ASSIGN_OR_RETURN(to_, registry::ParseReference(request_.repository));
    ASSIGN_OR_RETURN(client_, NewClient(request_, to_.domain));
    if (std::optional<ContextImageRecord> record = Growing(request_)) {
      absl::StatusOr<ContextImage> grown = Grow(*std::move(record));
      // The registry deletes layers that no tag needs.
      if (grown.ok() || !absl::IsFailedPrecondition(grown.status())) {
        return grown;
      }
    }
    return PushWhole();
  }

 private:
  // Adds a layer with the difference to the image of the record.
  absl::StatusOr<ContextImage> Grow(ContextImageRecord record) {
    ASSIGN_OR_RETURN(context::Delta delta,
                     context::MakeDelta(request_.listing, request_.files,
                                        record.files, now_));
    ContextImage image;
    image.changed = delta.changed + delta.removed;
    if (!delta.empty()) {
      ASSIGN_OR_RETURN(
          const ContextLayer layer,
          PushLayer(*client_, to_.path, delta.listing, delta.files));
      AddLayer(layer, record);
      image.pushed = layer.blob.size;
      ++record.deltas;
      record.hidden_bytes += delta.hidden_bytes;
    }
    return Finish(std::move(record), std::move(image));
  }

  absl::StatusOr<ContextImage> PushWhole() {
    ContextImageRecord record;
    record.repository = request_.repository;
    record.executor = request_.executor;
    record.platforms = PlatformNames(request_);
    record.base_bytes = context::ContentSize(now_);
    RETURN_IF_ERROR(StartWithExecutor(record));
    ContextImage image;
    image.is_whole = true;
    image.changed = now_.size();
    ASSIGN_OR_RETURN(const WholeContextLayers whole,
                     PushWholeContext(WholeOf(request_, now_), *client_,
                                      to_.path, request_.on_layer));
    for (size_t i = 0; i < whole.layers.size(); ++i) {
      AddLayer(whole.layers[i], record, whole.keys[i]);
    }
    image.pushed = whole.pushed;
    return Finish(std::move(record), std::move(image));
  }

  // Pushes the images, moves the tag, writes the record.
  absl::StatusOr<ContextImage> Finish(ContextImageRecord record,
                                      ContextImage image) {
    for (PlatformRecord& one : record.images) {
      const std::string config = json::Write(one.config, /*pretty=*/false);
      ASSIGN_OR_RETURN(const registry::Blob blob, UploadText(config));
      one.manifest.Set("config", Descriptor(kConfigType, blob));
    }
    ASSIGN_OR_RETURN(const std::string digest,
                     record.images.size() == 1
                         ? Put(request_.tag, record.images[0].manifest)
                         : PutIndex(record.images));
    image.image = absl::StrCat(request_.repository, "@", digest);
    image.total = now_.size();
    record.files = std::move(now_);
    // Without a record the next build pushes all files: not worth a failure.
    (void)SaveContextImageRecord(record, request_.record_path);
    return image;
  }

  absl::StatusOr<std::string> Put(const std::string& tag_or_digest,
                                  const json::Value& manifest) {
    return client_->Put(to_.path, tag_or_digest,
                        std::string(manifest["mediaType"].string_or()),
                        json::Write(manifest, /*pretty=*/false));
  }

  absl::StatusOr<std::string> PutIndex(
      const std::vector<PlatformRecord>& images) {
    json::Array entries;
    for (const PlatformRecord& image : images) {
      const std::string text = json::Write(image.manifest, /*pretty=*/false);
      const registry::Blob blob = {registry::DigestOf(text), text.size()};
      RETURN_IF_ERROR(Put(blob.digest, image.manifest).status());
      ASSIGN_OR_RETURN(const Platform platform, ParsePlatform(image.platform));
      json::Value entry = Descriptor(kManifestType, blob);
      entry.Set("platform", registry::ToJson(platform));
      entries.push_back(std::move(entry));
    }
    json::Value index;
    index.Set("schemaVersion", 2);
    index.Set("mediaType", kIndexType);
    index.Set("manifests", std::move(entries));
    index.Set("annotations", Annotations());
    return Put(request_.tag, index);
  }

  json::Value Annotations() const {
    json::Value annotations = json::Object();
    for (const auto& [key, value] : request_.annotations) {
      annotations.Set(key, value);
    }
    return annotations;
  }

  // Starts the images of the record with those of the executor, whose layers
  // become a part of the repository.
  absl::Status StartWithExecutor(ContextImageRecord& record) {
    ASSIGN_OR_RETURN(registry::Reference from,
                     registry::ParseReference(request_.executor));
    ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> source,
                     NewClient(request_, from.domain));
    ASSIGN_OR_RETURN(const registry::Manifest found,
                     source->Get(from.path, from.TagOrDigest()));
    ASSIGN_OR_RETURN(const json::Value parsed, json::Parse(found.bytes));
    if (!parsed["config"]["digest"].string_or().empty()) {
      ASSIGN_OR_RETURN(PlatformRecord image,
                       StartWithImage(*source, from, parsed));
      if (request_.platforms.size() == 1) {
        RETURN_IF_ERROR(CheckPlatform(image.config));
      }
      record.images.push_back(std::move(image));
      return absl::OkStatus();
    }
    for (const registry::PlatformImage& chosen :
         Chosen(registry::ImagesOf(parsed))) {
      RETURN_IF_ERROR(registry::CheckDigest(chosen.digest));
      ASSIGN_OR_RETURN(const registry::Manifest one,
                       source->Get(from.path, chosen.digest));
      ASSIGN_OR_RETURN(const json::Value manifest, json::Parse(one.bytes));
      ASSIGN_OR_RETURN(PlatformRecord image,
                       StartWithImage(*source, from, manifest));
      image.platform = chosen.platform.ToString();
      record.images.push_back(std::move(image));
    }
    if (!record.images.empty()) return absl::OkStatus();
    return absl::UnimplementedError(absl::StrCat(
        request_.executor, " has no image for ",
        PlatformNames(request_).empty() ? "Linux" : PlatformNames(request_)));
  }

  // Returns the images that nodes may run.
  std::vector<registry::PlatformImage> Chosen(
      const std::vector<registry::PlatformImage>& images) const {
    std::vector<registry::PlatformImage> chosen;
    for (const registry::PlatformImage& image : images) {
      const auto fits = [&image](const Platform& wanted) {
        return wanted.architecture == image.platform.architecture &&
               (wanted.variant.empty() ||
                wanted.variant == image.platform.variant);
      };
      const std::vector<Platform>& nodes = request_.platforms;
      if (nodes.empty() || std::any_of(nodes.begin(), nodes.end(), fits)) {
        chosen.push_back(image);
      }
    }
    return chosen;
  }

  absl::StatusOr<PlatformRecord> StartWithImage(registry::Client& source,
                                                const registry::Reference& from,
                                                const json::Value& manifest) {
    PlatformRecord image;
    ASSIGN_OR_RETURN(
        image.config,
        registry::FetchConfig(
            source, from.path,
            std::string(manifest["config"]["digest"].string_or())));
    if (image.config.as_object() == nullptr) {
      return absl::UnimplementedError(
          absl::StrCat(request_.executor, " has no configuration"));
    }
    json::Array layers;
    for (const json::Value& layer : manifest["layers"].items()) {
      ASSIGN_OR_RETURN(json::Value copied, CopyLayer(source, from, layer));
      layers.push_back(std::move(copied));
    }
    image.manifest.Set("schemaVersion", 2);
    image.manifest.Set("mediaType", kManifestType);
    image.manifest.Set("config", json::Value());
    image.manifest.Set("layers", std::move(layers));
    image.manifest.Set("annotations", Annotations());
    // What tells how the executor was made would not fit the new layers.
    for (const char* key : {"history", "container", "container_config"}) {
      std::erase_if(
          *image.config.as_object(),
          [key](const json::Member& member) { return member.first == key; });
    }
    return image;
  }

  // An image without an index says nothing of its platform before.
  absl::Status CheckPlatform(const json::Value& config) const {
    const absl::string_view architecture = config["architecture"].string_or();
    if (architecture == request_.platforms[0].architecture) {
      return absl::OkStatus();
    }
    return absl::UnimplementedError(
        absl::StrCat(request_.executor, " is an image for ", architecture,
                     ", and the node's platform is ", PlatformNames(request_)));
  }

  absl::StatusOr<json::Value> CopyLayer(registry::Client& source,
                                        const registry::Reference& from,
                                        const json::Value& layer) {
    registry::Blob blob;
    blob.digest = std::string(layer["digest"].string_or());
    blob.size = layer["size"].int_or();
    bool is_there = false;
    if (from.domain == to_.domain) {
      ASSIGN_OR_RETURN(is_there,
                       client_->MountBlob(to_.path, blob.digest, from.path));
    } else {
      ASSIGN_OR_RETURN(is_there, client_->HasBlob(to_.path, blob.digest));
    }
    if (!is_there) {
      std::string bytes;
      RETURN_IF_ERROR(source.ReadBlob(from.path, blob.digest,
                                      [&bytes](absl::string_view piece) {
                                        absl::StrAppend(&bytes, piece);
                                        return absl::OkStatus();
                                      }));
      RETURN_IF_ERROR(UploadText(bytes).status());
    }
    return Descriptor(OciLayerType(layer["mediaType"].string_or()), blob);
  }

  absl::StatusOr<registry::Blob> UploadText(absl::string_view text) {
    return client_->UploadBlob(
        to_.path, [&text](absl::Span<char> buffer) -> absl::StatusOr<size_t> {
          const size_t size = std::min(buffer.size(), text.size());
          text.copy(buffer.data(), size);
          text.remove_prefix(size);
          return size;
        });
  }

  // Adds a layer to all images of the record. `part` is the key of its part;
  // empty for a difference.
  static void AddLayer(const ContextLayer& layer, ContextImageRecord& record,
                       const std::string& part = "") {
    json::Value entry =
        Descriptor(absl::StrCat(kLayerType, "+gzip"), layer.blob);
    if (!part.empty()) {
      entry.Set("annotations", json::Object{{kPartAnnotation, part}});
    }
    for (PlatformRecord& image : record.images) {
      Append(image.manifest, "layers", entry);
      json::Value rootfs = image.config["rootfs"];
      Append(rootfs, "diff_ids", layer.diff_id);
      image.config.Set("rootfs", std::move(rootfs));
    }
  }

  const ContextImageRequest& request_;
  context::FileRecords now_;
  registry::Reference to_;
  std::unique_ptr<registry::Client> client_;
};

}  // namespace

ClaimedLayers FindClaimedLayers(const ContextImageRequest& request) {
  ClaimedLayers claimed;
  if (LoadContextImageRecord(request.record_path)) return claimed;
  const absl::StatusOr<json::Value> manifest = ManifestUnderTag(request);
  if (!manifest.ok()) return claimed;
  for (const json::Value& layer : (*manifest)["layers"].items()) {
    const absl::string_view part =
        layer["annotations"][kPartAnnotation].string_or();
    if (part.empty()) continue;
    claimed[std::string(part)] = std::string(layer["digest"].string_or());
  }
  return claimed;
}

uint64_t UnknownContent(const ContextImageRequest& request) {
  if (Growing(request).has_value()) return 0;
  return UnknownContent(
      WholeOf(request, context::UnpackedRecords(request.listing, request.files,
                                                request.records)));
}

absl::StatusOr<ContextImage> PushContextImage(
    const ContextImageRequest& request) {
  return Pusher(request).Push();
}

}  // namespace ovenbird::build
