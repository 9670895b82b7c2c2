#include "runtime/build/cluster/context_layers.h"

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/compress.h"
#include "runtime/context/delta.h"
#include "runtime/context/parts.h"
#include "runtime/context/read_ahead.h"
#include "runtime/context/stream.h"
#include "runtime/kube/handover.h"
#include "runtime/net/http.h"

namespace ovenbird::build {
namespace {

constexpr int kAttempts = 3;

// The folder of the context as a prefix of tar members: "kaniko/context/".
std::string Prefix() {
  return absl::StrCat(absl::string_view(kube::kContextInImage).substr(1), "/");
}

// Takes the bytes of a packed layer.
using Taker =
    std::function<absl::StatusOr<registry::Blob>(const net::BodySource&)>;

absl::StatusOr<ContextLayer> Pack(const context::Listing& listing,
                                  const std::vector<context::MemoryFile>& files,
                                  const Taker& take) {
  context::TarOptions options;
  options.files = files;
  options.prefix = Prefix();
  ASSIGN_OR_RETURN(std::unique_ptr<context::TarStream> tar,
                   context::TarStream::Create(&listing, std::move(options)));
  context::CheckedStream checked(tar.get());
  ContextLayer layer;
  {
    context::ReadAhead ahead(&checked);
    // Every container runtime unpacks gzip.
    const std::unique_ptr<context::Stream> packed =
        context::Compress(context::Compression::kGzip, &ahead);
    ASSIGN_OR_RETURN(layer.blob, take([&](absl::Span<char> buffer) {
                       return packed->Read(buffer.data(), buffer.size());
                     }));
  }
  layer.diff_id = absl::StrCat("sha256:", checked.Sha256Hex());
  return layer;
}

// Takes a layer for its digest alone.
absl::StatusOr<registry::Blob> Digest(const net::BodySource& read) {
  Sha256 sha;
  std::vector<char> buffer(64 << 10);
  registry::Blob blob;
  while (true) {
    ASSIGN_OR_RETURN(const size_t size, read(absl::MakeSpan(buffer)));
    if (size == 0) break;
    sha.Update(absl::string_view(buffer.data(), size));
    blob.size += size;
  }
  blob.digest = absl::StrCat("sha256:", ToHex(sha.Finish()));
  return blob;
}

// The layers that a repository was given, by the keys of their parts.
class KnownLayers {
 public:
  KnownLayers(const std::string& path, const std::string& repository)
      : path_(absl::StrCat(path, ".layers")), repository_(repository) {
    const absl::StatusOr<std::string> text = ReadFile(path_);
    if (!text.ok()) return;
    const absl::StatusOr<json::Value> from = json::Parse(*text);
    if (!from.ok() || (*from)["repository"].string_or() != repository) return;
    for (const json::Value& item : (*from)["layers"].items()) {
      ContextLayer layer;
      layer.blob.digest = std::string(item["digest"].string_or());
      layer.blob.size = item["size"].int_or();
      layer.diff_id = std::string(item["diffId"].string_or());
      layers_[std::string(item["key"].string_or())] = std::move(layer);
    }
  }

  // Returns null if the repository does not have it.
  const ContextLayer* Find(const std::string& key) const {
    const auto found = layers_.find(key);
    return found == layers_.end() ? nullptr : &found->second;
  }

  // Without what is saved the next push sends it again: not worth a failure.
  void Add(const std::string& key, const ContextLayer& layer) {
    layers_[key] = layer;
    Save();
  }

  // Forgets all but the layers of these keys.
  void Keep(const std::vector<std::string>& keys) {
    std::map<std::string, ContextLayer> kept;
    for (const std::string& key : keys) kept[key] = layers_[key];
    layers_ = std::move(kept);
    Save();
  }

 private:
  void Save() const {
    json::Array layers;
    for (const auto& [key, layer] : layers_) {
      json::Value item;
      item.Set("key", key);
      item.Set("digest", layer.blob.digest);
      item.Set("size", static_cast<int64_t>(layer.blob.size));
      item.Set("diffId", layer.diff_id);
      layers.push_back(std::move(item));
    }
    json::Value to;
    to.Set("repository", repository_);
    to.Set("layers", std::move(layers));
    (void)ReplaceFile(path_, json::Write(to, /*pretty=*/false), 0600);
  }

  const std::string path_;
  const std::string repository_;
  std::map<std::string, ContextLayer> layers_;
};

std::vector<context::Part> PartsOf(const WholeContext& whole) {
  return context::CutIntoParts(
      whole.records, whole.files,
      context::PartSizeFor(context::ContentSize(whole.records),
                           whole.records.size(), whole.part_size));
}

// Adds the layer of a part to the known ones, if it has the digest that is
// claimed.
absl::Status CheckClaim(const WholeContext& context, const context::Part& part,
                        KnownLayers& known) {
  const auto claim = context.claimed.find(part.key);
  if (claim == context.claimed.end()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const context::Delta content,
                   context::LayerOf(context.listing, context.files, part));
  ASSIGN_OR_RETURN(const ContextLayer layer,
                   Pack(content.listing, content.files, Digest));
  if (layer.blob.digest == claim->second) known.Add(part.key, layer);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContextLayer> PushLayer(
    registry::Client& client, const std::string& path,
    const context::Listing& listing,
    const std::vector<context::MemoryFile>& files) {
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<ContextLayer> layer =
        Pack(listing, files, [&](const net::BodySource& read) {
          return client.UploadBlob(path, read);
        });
    const bool was_cut = absl::IsUnavailable(layer.status()) ||
                         absl::IsDeadlineExceeded(layer.status());
    if (!was_cut || attempt == kAttempts) return layer;
  }
}

uint64_t UnknownContent(const WholeContext& context) {
  const KnownLayers known(context.record_path, context.repository);
  uint64_t bytes = 0;
  for (const context::Part& part : PartsOf(context)) {
    if (known.Find(part.key) == nullptr &&
        !context.claimed.contains(part.key)) {
      bytes += context::ContentSize(part.records);
    }
  }
  return bytes;
}

absl::StatusOr<WholeContextLayers> PushWholeContext(
    const WholeContext& context, registry::Client& client,
    const std::string& path, const LayerProgress& progress) {
  KnownLayers known(context.record_path, context.repository);
  const std::vector<context::Part> parts = PartsOf(context);
  WholeContextLayers result;
  for (const context::Part& part : parts) {
    if (known.Find(part.key) == nullptr) {
      RETURN_IF_ERROR(CheckClaim(context, part, known));
    }
    bool is_there = false;
    const ContextLayer* layer = known.Find(part.key);
    if (layer != nullptr) {
      // Registries delete what no image needs.
      ASSIGN_OR_RETURN(is_there, client.HasBlob(path, layer->blob.digest));
    }
    if (!is_there) {
      ASSIGN_OR_RETURN(const context::Delta content,
                       context::LayerOf(context.listing, context.files, part));
      ASSIGN_OR_RETURN(const ContextLayer pushed,
                       PushLayer(client, path, content.listing, content.files));
      result.pushed += pushed.blob.size;
      known.Add(part.key, pushed);
      layer = known.Find(part.key);
    }
    result.keys.push_back(part.key);
    result.layers.push_back(*layer);
    if (progress) progress(result.keys.size(), parts.size(), !is_there);
  }
  known.Keep(result.keys);
  return result;
}

}  // namespace ovenbird::build
