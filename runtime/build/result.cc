#include "runtime/build/result.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

absl::string_view Name(FailureKind kind) {
  switch (kind) {
    case FailureKind::kBuild:
      return "build";
    case FailureKind::kConfig:
      return "config";
    case FailureKind::kEnvironment:
      return "environment";
    case FailureKind::kInterrupted:
      return "interrupted";
  }
  return "";
}

int ExitCode(FailureKind kind) {
  switch (kind) {
    case FailureKind::kBuild:
      return kExitBuildFailed;
    case FailureKind::kConfig:
      return kExitUsage;
    case FailureKind::kEnvironment:
      return kExitEnvironment;
    case FailureKind::kInterrupted:
      return kExitInterrupted;
  }
  return kExitEnvironment;
}

json::Value Strings(const std::vector<std::string>& strings) {
  json::Array array;
  for (const std::string& text : strings) array.emplace_back(text);
  return array;
}

json::Value ToJson(const Failure& failure) {
  json::Value value;
  value.Set("kind", Name(failure.kind));
  value.Set("what", failure.what);
  if (!failure.details.empty()) value.Set("details", Strings(failure.details));
  if (!failure.hint.empty()) value.Set("hint", failure.hint);
  return value;
}

json::Value ToJson(const std::vector<PlatformResult>& platforms) {
  json::Array array;
  for (const PlatformResult& platform : platforms) {
    json::Value value;
    value.Set("platform", platform.platform);
    if (!platform.digest.empty()) value.Set("digest", platform.digest);
    array.push_back(std::move(value));
  }
  return array;
}

json::Value ToJson(const ImageResult& result) {
  json::Value value;
  value.Set("key", result.key);
  value.Set("image", result.image);
  value.Set("tags", Strings(result.tags));
  value.Set("ok", !result.failure.has_value());
  if (!result.digest.empty()) value.Set("digest", result.digest);
  if (!result.platforms.empty()) {
    value.Set("platforms", ToJson(result.platforms));
  }
  if (result.skipped) value.Set("skipped", true);
  if (!result.pushed) value.Set("pushed", false);
  value.Set("engine", result.engine);
  value.Set("seconds", absl::ToDoubleSeconds(absl::Trunc(
                           result.duration, absl::Milliseconds(1))));
  if (!result.log_file.empty()) value.Set("logFile", result.log_file);
  if (!result.output_tar.empty()) value.Set("output", result.output_tar);
  if (!result.warnings.empty()) value.Set("warnings", Strings(result.warnings));
  if (result.failure) value.Set("failure", ToJson(*result.failure));
  return value;
}

}  // namespace

json::Value ToJson(const RunResult& result) {
  json::Array images;
  for (const ImageResult& image : result.images) {
    images.push_back(ToJson(image));
  }
  json::Value value;
  value.Set("images", std::move(images));
  if (result.failure) value.Set("failure", ToJson(*result.failure));
  return value;
}

int ExitCode(const RunResult& result) {
  int worst = result.failure ? ExitCode(result.failure->kind) : kExitGood;
  for (const ImageResult& image : result.images) {
    if (!image.failure) continue;
    worst = std::max(worst, ExitCode(image.failure->kind));
  }
  return worst;
}

}  // namespace ovenbird::build
