#include "runtime/build/cluster/context_image_record.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::build {
namespace {

constexpr int kVersion = 2;

std::string FilesPath(const std::string& path) {
  return absl::StrCat(path, ".files");
}

// The two files are written one after the other, and a build may be killed
// between them: the first names the second by its digest.
std::string DigestOfFile(const std::string& path) {
  const absl::StatusOr<std::string> content = ReadFile(path);
  return content.ok() ? ToHex(Sha256Of(*content)) : "";
}

}  // namespace

std::optional<ContextImageRecord> LoadContextImageRecord(
    const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return std::nullopt;
  const absl::StatusOr<json::Value> parsed = json::Parse(*text);
  if (!parsed.ok()) return std::nullopt;
  const json::Value& from = *parsed;
  if (from["version"].int_or() != kVersion ||
      from["files"].string_or() != DigestOfFile(FilesPath(path))) {
    return std::nullopt;
  }
  ContextImageRecord record;
  record.repository = std::string(from["repository"].string_or());
  record.executor = std::string(from["executor"].string_or());
  record.platforms = std::string(from["platforms"].string_or());
  for (const json::Value& image : from["images"].items()) {
    record.images.push_back({std::string(image["platform"].string_or()),
                             image["manifest"], image["config"]});
  }
  record.deltas = static_cast<int>(from["deltas"].int_or());
  record.base_bytes = from["baseBytes"].int_or();
  record.hidden_bytes = from["hiddenBytes"].int_or();
  record.files = context::FileRecords::Load(FilesPath(path));
  return record;
}

absl::Status SaveContextImageRecord(const ContextImageRecord& record,
                                    const std::string& path) {
  RETURN_IF_ERROR(record.files.Save(FilesPath(path)));
  json::Array images;
  for (const PlatformRecord& image : record.images) {
    json::Value item;
    item.Set("platform", image.platform);
    item.Set("manifest", image.manifest);
    item.Set("config", image.config);
    images.push_back(std::move(item));
  }
  json::Value to;
  to.Set("version", kVersion);
  to.Set("repository", record.repository);
  to.Set("executor", record.executor);
  to.Set("platforms", record.platforms);
  to.Set("images", std::move(images));
  to.Set("deltas", record.deltas);
  to.Set("baseBytes", static_cast<int64_t>(record.base_bytes));
  to.Set("hiddenBytes", static_cast<int64_t>(record.hidden_bytes));
  to.Set("files", DigestOfFile(FilesPath(path)));
  return ReplaceFile(path, json::Write(to, /*pretty=*/false), 0600);
}

}  // namespace ovenbird::build
