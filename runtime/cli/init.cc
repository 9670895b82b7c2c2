#include "runtime/init/init.h"

#include <iostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/regular_file.h"
#include "runtime/cli/new_config.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

// The files of other tools that `migrate` converts.
constexpr const char* kOtherTools[] = {
    "skaffold.yaml",      "compose.yaml",        "compose.yml",
    "docker-compose.yml", "docker-compose.yaml", "docker-bake.json"};

bool IsLaterDevSpace(const std::string& text) {
  return RE2::PartialMatch(text, R"((?m)^version:\s*["']?(v1beta1[01]|v2))");
}

// Whether the existing config is one of DevSpace 5 or 6.
std::string AdviceFor(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadRegularFile(path);
  if (!text.ok() || !IsLaterDevSpace(*text)) return "";
  return "; it is a file of a later DevSpace: `ovenbird migrate devspace.yaml "
         "--output FILE` converts it";
}

void ShowOtherTools() {
  for (const char* name : kOtherTools) {
    if (!ReadRegularFile(name).ok()) continue;
    std::cerr << "note: `ovenbird migrate " << name << "` converts " << name
              << ", with its names and build arguments\n";
  }
}

void ShowNames(const init::Initialized& made) {
  if (made.names == init::NameSource::kFlag) return;
  const std::string registry = report::Visible(made.registry);
  if (made.names == init::NameSource::kRemote) {
    std::cerr << "note: the names of the images start with `" << registry
              << "`, as the git remote says; `--registry NAME` sets another "
                 "start\n";
  } else {
    std::cerr << "note: `registry.example.com` is a placeholder: write your "
                 "registry, or set it with `--registry NAME --force`\n";
  }
}

}  // namespace

int Init(const Options& options) {
  const std::string path =
      options.output_file.empty() || options.output_file == "-"
          ? "devspace.yaml"
          : options.output_file;
  if (!IsInFolder(path, ".")) {
    ShowError(absl::StrCat("`--output ", path,
                           "` is in another folder: the paths in it are "
                           "relative to its folder; run `init` there"));
    return kExitUsage;
  }
  if (!MayWrite(options, path, AdviceFor(path))) return kExitUsage;
  const absl::StatusOr<init::Initialized> made =
      init::MakeConfig(".", options.registry);
  if (!made.ok()) {
    ShowError(made.status().message());
    ShowOtherTools();
    return absl::IsNotFound(made.status()) ? kExitUsage : kExitEnvironment;
  }
  for (const std::string& one : made->left_out) {
    std::cerr << "warning: left out: " << report::Visible(one) << "\n";
  }
  ShowOtherTools();
  ShowNames(*made);
  return WriteNewConfig(options, path, made->yaml);
}

}  // namespace ovenbird::cli
