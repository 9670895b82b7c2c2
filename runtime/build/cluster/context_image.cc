#include "runtime/build/cluster/context_image.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/context_image_record.h"
#include "runtime/build/cluster/context_layers.h"
#include "runtime/context/delta.h"
#include "runtime/registry/client.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/image.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";

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

std::string PlatformName(const ContextImageRequest& request) {
  return request.platform ? request.platform->ToString() : "";
}

bool CanGrow(const ContextImageRecord& record,
             const ContextImageRequest& request) {
  return record.repository == request.repository &&
         record.executor == request.executor &&
         record.platform == PlatformName(request) &&
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
          .part_size = request.part_size};
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
    ASSIGN_OR_RETURN(client_, NewClient(to_.domain));
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
  absl::StatusOr<std::unique_ptr<registry::Client>> NewClient(
      const std::string& domain) {
    registry::ClientOptions options;
    options.insecure = domain == request_.insecure_registry;
    options.cancel = request_.cancel;
    ASSIGN_OR_RETURN(registry::CredentialsLookup found,
                     request_.logins.Find(domain, request_.cancel));
    options.credentials = std::move(found.credentials);
    return std::make_unique<registry::Client>(domain, std::move(options));
  }

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
    record.platform = PlatformName(request_);
    record.base_bytes = context::ContentSize(now_);
    RETURN_IF_ERROR(StartWithExecutor(record));
    ContextImage image;
    image.is_whole = true;
    image.changed = now_.size();
    ASSIGN_OR_RETURN(const WholeContextLayers whole,
                     PushWholeContext(WholeOf(request_, now_), *client_,
                                      to_.path, request_.on_layer));
    for (const ContextLayer& layer : whole.layers) AddLayer(layer, record);
    image.pushed = whole.pushed;
    return Finish(std::move(record), std::move(image));
  }

  // Pushes config and manifest, moves the tag, writes the record.
  absl::StatusOr<ContextImage> Finish(ContextImageRecord record,
                                      ContextImage image) {
    const std::string config = json::Write(record.config, /*pretty=*/false);
    ASSIGN_OR_RETURN(const registry::Blob blob, UploadText(config));
    record.manifest.Set("config", Descriptor(kConfigType, blob));
    ASSIGN_OR_RETURN(
        const std::string digest,
        client_->Put(to_.path, request_.tag, kManifestType,
                     json::Write(record.manifest, /*pretty=*/false)));
    image.image = absl::StrCat(request_.repository, "@", digest);
    image.total = now_.size();
    record.files = std::move(now_);
    // Without a record the next build pushes all files: not worth a failure.
    (void)SaveContextImageRecord(record, request_.record_path);
    return image;
  }

  // Makes the manifest and the config of the executor's image those of the
  // record, and its layers a part of the repository.
  absl::Status StartWithExecutor(ContextImageRecord& record) {
    ASSIGN_OR_RETURN(registry::Reference from,
                     registry::ParseReference(request_.executor));
    ASSIGN_OR_RETURN(std::unique_ptr<registry::Client> source,
                     NewClient(from.domain));
    ASSIGN_OR_RETURN(const json::Value manifest, ManifestOf(*source, from));
    ASSIGN_OR_RETURN(
        json::Value config,
        registry::FetchConfig(
            *source, from.path,
            std::string(manifest["config"]["digest"].string_or())));
    RETURN_IF_ERROR(CheckPlatform(config));
    json::Array layers;
    for (const json::Value& layer : manifest["layers"].items()) {
      ASSIGN_OR_RETURN(json::Value copied, CopyLayer(*source, from, layer));
      layers.push_back(std::move(copied));
    }
    json::Value result;
    result.Set("schemaVersion", 2);
    result.Set("mediaType", kManifestType);
    result.Set("config", json::Value());
    result.Set("layers", std::move(layers));
    record.manifest = std::move(result);
    // What tells how the executor was made would not fit the new layers.
    for (const char* key : {"history", "container", "container_config"}) {
      std::erase_if(*config.as_object(), [key](const json::Member& member) {
        return member.first == key;
      });
    }
    record.config = std::move(config);
    return absl::OkStatus();
  }

  absl::StatusOr<json::Value> ManifestOf(registry::Client& source,
                                         const registry::Reference& from) {
    if (request_.platform) {
      ASSIGN_OR_RETURN(
          const registry::Manifest found,
          registry::FindImage(source, from.path, from.TagOrDigest(),
                              *request_.platform));
      return json::Parse(found.bytes);
    }
    ASSIGN_OR_RETURN(const registry::Manifest found,
                     source.Get(from.path, from.TagOrDigest()));
    ASSIGN_OR_RETURN(json::Value manifest, json::Parse(found.bytes));
    if (manifest["config"]["digest"].string_or().empty()) {
      return absl::UnimplementedError(absl::StrCat(
          request_.executor,
          " is for several platforms, and that of the node is unknown: set "
          "`platforms`, or `nodeSelector` with kubernetes.io/arch"));
    }
    return manifest;
  }

  // An image without an index says nothing of its platform before.
  absl::Status CheckPlatform(const json::Value& config) const {
    const absl::string_view architecture = config["architecture"].string_or();
    if (config.as_object() != nullptr &&
        (!request_.platform ||
         architecture == request_.platform->architecture)) {
      return absl::OkStatus();
    }
    return absl::UnimplementedError(
        absl::StrCat(request_.executor, " is an image for ", architecture,
                     ", and the node's platform is ", PlatformName(request_)));
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

  // Adds a layer to the image of the record.
  static void AddLayer(const ContextLayer& layer, ContextImageRecord& record) {
    Append(record.manifest, "layers",
           Descriptor(absl::StrCat(kLayerType, "+gzip"), layer.blob));
    json::Value rootfs = record.config["rootfs"];
    Append(rootfs, "diff_ids", layer.diff_id);
    record.config.Set("rootfs", std::move(rootfs));
  }

  const ContextImageRequest& request_;
  context::FileRecords now_;
  registry::Reference to_;
  std::unique_ptr<registry::Client> client_;
};

}  // namespace

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
