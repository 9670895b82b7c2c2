#include "runtime/init/init.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/writer.h"
#include "runtime/init/dockerfiles.h"
#include "runtime/init/names.h"
#include "runtime/init/remote.h"
#include "runtime/kube/check.h"

namespace ovenbird::init {
namespace {

namespace fs = std::filesystem;

constexpr char kPlaceholder[] = "registry.example.com";

// The name of the folder itself: "." has none.
std::string ProjectOf(const std::string& folder) {
  std::error_code error;
  const fs::path path =
      fs::weakly_canonical(fs::absolute(folder, error), error);
  return PlainName(path.filename().string());
}

// A string as YAML; `${NAME}` in it is literal.
std::string Scalar(const std::string& text) {
  const std::string escaped = absl::StrReplaceAll(text, {{"${", "$${"}});
  return IsPlainYamlString(escaped) ? escaped : json::Quote(escaped);
}

// What the names of all images start with.
struct Base {
  std::string repository;
  NameSource source = NameSource::kPlaceholder;
  // It is the name of a single image, and not only its start.
  bool is_whole = false;
};

Base BaseOf(const std::string& folder, const std::string& registry,
            const std::string& project) {
  if (!registry.empty()) {
    std::string repository = registry;
    while (absl::EndsWith(repository, "/")) repository.pop_back();
    return {std::move(repository), NameSource::kFlag, false};
  }
  std::string remote = RegistryOf(RemoteOf(folder));
  if (!remote.empty()) return {std::move(remote), NameSource::kRemote, true};
  return {absl::StrCat(kPlaceholder, "/", project), NameSource::kPlaceholder,
          true};
}

std::string Header(NameSource names) {
  std::string text =
      "# What `ovenbird build` builds and pushes. `ovenbird explain images` "
      "lists all\n# options, `ovenbird explain kaniko.cache` explains one.\n";
  if (names == NameSource::kPlaceholder) {
    absl::StrAppend(&text, "#\n# Replace ", kPlaceholder,
                    " with the registry that you push to.\n");
  }
  return text;
}

std::string ImageText(const std::string& key, const std::string& name,
                      const FoundDockerfile& file, bool is_first) {
  std::string text =
      absl::StrCat("  ", Scalar(key), ":\n    image: ", Scalar(name), "\n");
  if (is_first) {
    absl::StrAppend(&text,
                    "    # tags: [latest]   # the default is computed from the "
                    "content\n");
  }
  if (file.context != ".") {
    absl::StrAppend(&text, "    context: ", Scalar(file.context), "\n");
  }
  if (file.path != "Dockerfile") {
    absl::StrAppend(&text, "    dockerfile: ", Scalar(file.path), "\n");
  }
  absl::StrAppend(&text, "    build:\n      kaniko:\n        image: ",
                  kube::kMaintainedExecutor, "\n");
  if (!file.stages.empty()) {
    absl::StrAppend(
        &text, "        # options:\n        #   target: ", file.stages.back(),
        "   # the default is the last stage; with names: ",
        absl::StrJoin(file.stages, ", "), "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<Initialized> MakeConfig(const std::string& folder,
                                       const std::string& registry) {
  ASSIGN_OR_RETURN(FoundDockerfiles found, FindDockerfiles(folder));
  if (found.files.empty()) {
    std::string left_out;
    for (const std::string& one : found.left_out) {
      absl::StrAppend(&left_out, "\n  left out: ", one);
    }
    return absl::NotFoundError(absl::StrCat(
        "no Dockerfile in `", folder,
        "` or below (files that git ignores, `vendor` and `node_modules` do "
        "not count); write one, then run `ovenbird init` again",
        left_out));
  }
  const std::string project = ProjectOf(folder);
  std::vector<std::string> paths;
  for (const FoundDockerfile& file : found.files) paths.push_back(file.path);
  const std::vector<std::string> keys = KeysOf(paths, project);
  const Base base = BaseOf(folder, registry, project);
  Initialized result;
  result.images = found.files.size();
  result.names = base.source;
  result.registry = base.repository;
  result.left_out = std::move(found.left_out);
  result.yaml = absl::StrCat(Header(base.source), "images:\n");
  for (size_t i = 0; i < found.files.size(); ++i) {
    const bool is_whole = base.is_whole && found.files.size() == 1;
    const std::string name = is_whole
                                 ? base.repository
                                 : absl::StrCat(base.repository, "/", keys[i]);
    result.yaml += ImageText(keys[i], name, found.files[i], i == 0);
  }
  return result;
}

}  // namespace ovenbird::init
