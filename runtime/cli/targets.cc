#include "runtime/cli/targets.h"

#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/find_below.h"
#include "runtime/config/search.h"

namespace ovenbird::cli {
namespace {

std::string ReadStandardInput() {
  return {std::istreambuf_iterator<char>(std::cin),
          std::istreambuf_iterator<char>()};
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

Target OfStandardInput(const Options& options) {
  return {options.stdin_filename, ReadStandardInput(), absl::OkStatus()};
}

// The paths of one argument.
absl::StatusOr<std::vector<std::string>> PathsOf(const std::string& argument) {
  if (!IsFolder(argument)) return std::vector<std::string>{argument};
  ASSIGN_OR_RETURN(std::vector<std::string> paths,
                   config::FindConfigsBelow(argument));
  if (paths.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no devspace.yaml in `", argument, "` or below"));
  }
  return paths;
}

}  // namespace

std::string GivenConfig(const Options& options) {
  if (options.config.empty() || !IsFolder(options.config)) {
    return options.config;
  }
  return (std::filesystem::path(options.config) / "devspace.yaml").string();
}

absl::StatusOr<std::vector<Target>> FindTargets(const Options& options) {
  if (options.targets.empty()) {
    if (options.config == "-") {
      return std::vector<Target>{OfStandardInput(options)};
    }
    if (!options.config.empty()) {
      return std::vector<Target>{{GivenConfig(options), std::nullopt, {}}};
    }
    ASSIGN_OR_RETURN(std::string found, config::FindConfig("."));
    return std::vector<Target>{{std::move(found), std::nullopt, {}}};
  }
  std::vector<Target> targets;
  std::set<std::string> known;
  for (const std::string& argument : options.targets) {
    if (argument == "-") {
      if (known.insert(argument).second) {
        targets.push_back(OfStandardInput(options));
      }
      continue;
    }
    const absl::StatusOr<std::vector<std::string>> paths = PathsOf(argument);
    if (!paths.ok()) {
      targets.push_back({argument, std::nullopt, paths.status()});
      continue;
    }
    for (const std::string& path : *paths) {
      const std::string name =
          std::filesystem::path(path).lexically_normal().string();
      if (known.insert(name).second)
        targets.push_back({name, std::nullopt, {}});
    }
  }
  return targets;
}

}  // namespace ovenbird::cli
