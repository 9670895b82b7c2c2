#include "runtime/problems/baseline.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::problems {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;

}  // namespace

Baseline::Baseline(const std::string& path)
    : folder_(fs::absolute(path).lexically_normal().parent_path().string()) {}

absl::StatusOr<Baseline> Baseline::Read(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<json::Value> file = json::Parse(text);
  if (!file.ok() || (*file)["version"].int_or() != kVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` is not a baseline of this version",
                     file.ok() ? "" : ": ", file.status().message()));
  }
  Baseline baseline(path);
  for (const json::Value& problem : (*file)["problems"].items()) {
    const int64_t count = problem["count"].int_or(1);
    if (count < 1 || count > std::numeric_limits<int>::max()) continue;
    baseline.counts_[{std::string(problem["file"].string_or()),
                      std::string(problem["id"].string_or()),
                      std::string(problem["path"].string_or()),
                      std::string(problem["line"].string_or())}] =
        static_cast<int>(count);
  }
  return baseline;
}

Baseline Baseline::Of(absl::Span<const diag::Diagnostic> problems,
                      const std::string& path) {
  Baseline baseline(path);
  for (const diag::Diagnostic& problem : problems) {
    if (problem.severity == diag::Severity::kError) continue;
    ++baseline.counts_[baseline.KeyOf(problem)];
  }
  return baseline;
}

bool Baseline::Take(const diag::Diagnostic& problem) {
  if (problem.severity == diag::Severity::kError || counts_.empty()) {
    return false;
  }
  const auto known = counts_.find(KeyOf(problem));
  if (known == counts_.end() || known->second == 0) return false;
  --known->second;
  return true;
}

int Baseline::size() const {
  int size = 0;
  for (const auto& [key, count] : counts_) size += count;
  return size;
}

std::string Baseline::Write() const {
  json::Array problems;
  for (const auto& [key, count] : counts_) {
    const auto& [file, id, path, line] = key;
    problems.push_back(json::Object{{"file", file},
                                    {"id", id},
                                    {"path", path},
                                    {"line", line},
                                    {"count", count}});
  }
  const json::Value file =
      json::Object{{"version", kVersion}, {"problems", std::move(problems)}};
  return json::Write(file, /*pretty=*/true) + "\n";
}

Baseline::Key Baseline::KeyOf(const diag::Diagnostic& problem) const {
  Key key;
  auto& [file, id, path, line] = key;
  id = problem.rule == nullptr ? "" : problem.rule->id;
  path = problem.config_path;
  if (problem.span) {
    const SourceFile& source = *problem.span.file;
    file = fs::absolute(source.name())
               .lexically_normal()
               .lexically_proximate(folder_)
               .string();
    line = std::string(absl::StripAsciiWhitespace(
        source.Line(source.PositionAt(problem.span.begin).line)));
  }
  return key;
}

}  // namespace ovenbird::problems
