#include "tools/conformance/case.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/file.h"

namespace ovenbird::conformance {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<json::Value> ReadJson(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<json::Value> value = json::Parse(*text);
  if (!value.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", value.status().message()));
  }
  return value;
}

// A text is a file's content, "->x" a symlink to x, a name with a slash at
// its end an empty folder.
absl::Status WriteEntry(const fs::path& path, absl::string_view text) {
  std::error_code error;
  if (path.filename().empty()) {
    fs::create_directories(path, error);
  } else {
    fs::create_directories(path.parent_path(), error);
    absl::string_view target = text;
    if (absl::ConsumePrefix(&target, "->")) {
      fs::create_symlink(std::string(target), path, error);
    } else {
      std::ofstream out(path, std::ios::binary);
      out << text;
      if (!out.flush()) return absl::InternalError(path.string());
    }
  }
  return error ? absl::InternalError(
                     absl::StrCat(path.string(), ": ", error.message()))
               : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Case>> ReadCases(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(entry.path().stem().string());
    }
  }
  if (error || names.empty()) {
    return absl::NotFoundError(absl::StrCat("no cases in ", folder));
  }
  std::sort(names.begin(), names.end());
  std::vector<Case> cases;
  for (const std::string& name : names) {
    std::string base = absl::StrCat(folder, "/", name);
    Case item;
    item.name = name;
    absl::StatusOr<std::string> config = ReadFile(base + ".yaml");
    if (!config.ok()) return config.status();
    item.config = *std::move(config);
    absl::StatusOr<json::Value> result = ReadJson(base + ".json");
    if (!result.ok()) return result.status();
    item.result = *std::move(result);
    if (fs::exists(base + ".case.json")) {
      absl::StatusOr<json::Value> surroundings = ReadJson(base + ".case.json");
      if (!surroundings.ok()) return surroundings.status();
      item.surroundings = *std::move(surroundings);
    }
    cases.push_back(std::move(item));
  }
  return cases;
}

std::map<std::string, Recorded> RecordedPods(const Case& item) {
  std::vector<json::Value> secrets;
  for (const json::Value& step : item.result["steps"].items()) {
    const json::Value& api = step["api"];
    if (api["resource"].string_or() == "secrets" && !api["object"].is_null()) {
      secrets.push_back(api["object"]);
    }
  }
  std::map<std::string, Recorded> pods;
  for (const json::Member& member : item.result["pods"].members()) {
    Recorded recorded;
    recorded.name_space = std::string(member.second["namespace"].string_or());
    recorded.pod = member.second["pod"];
    recorded.secrets = secrets;
    pods.emplace(member.first, std::move(recorded));
  }
  return pods;
}

std::string Refusal(const Case& item) {
  for (absl::string_view key : {"loadError", "panic"}) {
    if (absl::string_view text = item.result[key].string_or(); !text.empty()) {
      return std::string(text);
    }
  }
  // A build that failed after its pod was made was not refused.
  if (item.result["pods"].members().empty()) {
    return std::string(item.result["buildError"].string_or());
  }
  return "";
}

absl::Status WriteProject(const Case& item, const std::string& folder) {
  json::Value files = item.surroundings["files"];
  if (files.is_null()) {
    files.Set("Dockerfile", "FROM alpine:3.11\nCMD [\"sleep\",\"1\"]\n");
    files.Set("main.c", "int main(){}\n");
  }
  for (const json::Member& file : files.members()) {
    absl::Status status =
        WriteEntry(fs::path(folder) / file.first, file.second.string_or());
    if (!status.ok()) return status;
  }
  return WriteEntry(fs::path(folder) / "devspace.yaml", item.config);
}

}  // namespace ovenbird::conformance
