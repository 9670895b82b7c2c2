#include "runtime/build/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/writer.h"
#include "runtime/config/field_info.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::build {
namespace {

output::FailureKind RecordOf(FailureKind kind) {
  switch (kind) {
    case FailureKind::kBuild:
      return output::FailureKind::kBuild;
    case FailureKind::kConfig:
      return output::FailureKind::kConfig;
    case FailureKind::kEnvironment:
      return output::FailureKind::kEnvironment;
    case FailureKind::kInterrupted:
      return output::FailureKind::kInterrupted;
  }
  return output::FailureKind::kEnvironment;
}

// The value of an enum by its text; its first value for an unknown one.
template <typename Enum>
Enum ValueOf(absl::string_view text) {
  const config::EnumValueInfo* const value =
      InfoOf(static_cast<const Enum*>(nullptr)).FindText(text);
  return value == nullptr ? Enum{1} : static_cast<Enum>(value->number);
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

// Nothing for an empty string.
std::optional<std::string> Given(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<bool> IfTrue(bool value) {
  if (!value) return std::nullopt;
  return true;
}

std::optional<int32_t> IfAbove(int value, int lowest) {
  if (value < lowest) return std::nullopt;
  return value;
}

std::optional<std::string> TimeIfSet(absl::Time time) {
  if (time == absl::InfinitePast()) return std::nullopt;
  return ToText(time);
}

double Seconds(absl::Duration duration) {
  return absl::ToDoubleSeconds(absl::Trunc(duration, absl::Milliseconds(1)));
}

std::string AbsolutePath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  return error ? path : whole.lexically_normal().string();
}

std::vector<output::Step> StepsOf(const Timeline& timeline) {
  std::vector<output::Step> steps;
  for (const Phase& phase : timeline.phases) steps.push_back(ToRecord(phase));
  return steps;
}

output::Executor ExecutorOf(const std::string& image) {
  output::Executor executor;
  executor.image = image;
  const std::optional<kube::KanikoVersion> version =
      kube::KanikoVersionOf(image);
  if (version) executor.version = version->ToString();
  return executor;
}

}  // namespace

std::optional<std::string> RefOf(const ImageResult& result) {
  if (result.digest.empty() || !result.pushed || result.failure) {
    return std::nullopt;
  }
  return absl::StrCat(result.image, "@", result.digest);
}

std::string ToText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

output::Failure ToRecord(const Failure& failure) {
  output::Failure record;
  record.kind = RecordOf(failure.kind);
  record.what = failure.what;
  record.details = failure.details;
  record.hint = Given(failure.hint);
  return record;
}

output::Step ToRecord(const Phase& phase) {
  output::Step record;
  record.kind = ValueOf<output::StepKind>(Name(phase.kind));
  record.text = Given(phase.text);
  record.number = IfAbove(phase.number, 1);
  if (record.number) record.count = IfAbove(phase.count, 1);
  record.stage = IfAbove(phase.stage, 0);
  record.cached = IfTrue(phase.cached);
  record.failed = IfTrue(phase.failed);
  record.platform = Given(phase.platform);
  record.start = ToText(phase.start);
  record.end = TimeIfSet(phase.end);
  return record;
}

output::Image ToRecord(const ImageResult& result) {
  output::Image record;
  record.key = result.key;
  record.image = result.image;
  record.tags = result.tags;
  record.ok = !result.failure.has_value();
  record.digest = Given(result.digest);
  record.ref = RefOf(result);
  for (const PlatformResult& platform : result.platforms) {
    record.platforms.push_back({platform.platform, Given(platform.digest)});
  }
  record.skipped = IfTrue(result.skipped);
  if (!result.pushed) record.pushed = false;
  record.engine = ValueOf<output::Engine>(result.engine);
  if (!result.executor.empty()) record.executor = ExecutorOf(result.executor);
  record.start = TimeIfSet(result.start);
  record.end = TimeIfSet(result.end);
  record.seconds = Seconds(result.duration);
  record.steps = StepsOf(result.timeline);
  record.context_bytes = result.context_bytes;
  record.image_bytes = result.image_bytes;
  if (!result.log_file.empty()) record.log_file = AbsolutePath(result.log_file);
  record.output = Given(result.output_tar);
  record.warnings = result.warnings;
  if (result.failure) record.failure = ToRecord(*result.failure);
  return record;
}

output::Result ToRecord(const RunResult& result) {
  output::Result record;
  record.schema_version = kSchemaVersion;
  record.version = result.version;
  record.start = ToText(result.start);
  record.end = ToText(result.end);
  for (const ImageResult& image : result.images) {
    record.images.push_back(ToRecord(image));
  }
  record.steps = StepsOf(result.timeline);
  if (result.failure) record.failure = ToRecord(*result.failure);
  return record;
}

std::string ToJson(const RunResult& result, bool pretty) {
  std::string text;
  JsonWriter writer(&text, pretty);
  output::Write(ToRecord(result), writer);
  return text;
}

int ExitCode(const RunResult& result) {
  std::set<FailureKind> kinds;
  if (result.failure) kinds.insert(result.failure->kind);
  for (const ImageResult& image : result.images) {
    if (image.failure) kinds.insert(image.failure->kind);
  }
  // The environment last: whoever runs the build again after its exit code can
  // be sure that no image failed for a reason that will fail again.
  for (const FailureKind kind :
       {FailureKind::kInterrupted, FailureKind::kConfig, FailureKind::kBuild,
        FailureKind::kEnvironment}) {
    if (kinds.count(kind) > 0) return ExitCode(kind);
  }
  return kExitGood;
}

}  // namespace ovenbird::build
