#include "runtime/config/load.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/check.h"
#include "runtime/config/decode.h"
#include "runtime/config/old_layout.h"
#include "runtime/config/profiles.h"
#include "runtime/config/variables.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {

std::string Loaded::folder() const {
  std::string folder =
      std::filesystem::path(file.name()).parent_path().string();
  return folder.empty() ? "." : folder;
}

namespace {

// Keeps the text of a flag, so that messages can show it.
const SourceFile& KeepFlag(const char* name, const std::string& text,
                           Loaded* loaded) {
  loaded->texts.push_back(std::make_unique<SourceFile>(name, text));
  return *loaded->texts.back();
}

const yaml::Node* WithProfile(const yaml::Node& root,
                              const LoadOptions& options, Loaded* loaded,
                              diag::Sink& sink) {
  const SourceFile& flag = KeepFlag("--profile", options.profile, loaded);
  const auto size = static_cast<uint32_t>(flag.text().size());
  return ApplyProfile(root, flag.text(), {&flag, 0, size}, loaded->arena, sink);
}

const yaml::Node* WithVariables(const yaml::Node& root,
                                const LoadOptions& options, Loaded* loaded,
                                diag::Sink& sink) {
  std::vector<VariableFlag> flags;
  for (const std::string& text : options.vars) {
    ParseVariableFlag(KeepFlag("--var", text, loaded), &flags, sink);
  }
  SystemSurroundings here(loaded->folder());
  Surroundings* surroundings =
      options.surroundings ? options.surroundings : &here;
  return FillVariables(root, {flags, surroundings}, loaded->arena, sink);
}

// What is there in its place, for who has nearly the right name.
std::string NearConfig(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder / "devspace.yml", error)) {
    return " (`devspace.yml` is there)";
  }
  const auto kind =
      std::filesystem::symlink_status(folder / "devspace.yaml", error).type();
  if (kind == std::filesystem::file_type::not_found) return "";
  return kind == std::filesystem::file_type::directory
             ? " (it is a folder there)"
             : " (what is there is no file, or a link to none)";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Loaded>> Load(const LoadOptions& options,
                                             diag::Sink& sink) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(options.path));
  auto loaded = std::make_unique<Loaded>(options.path, std::move(text));
  const yaml::Node* root = yaml::Parse(loaded->file, loaded->arena, sink);
  if (root == nullptr) return loaded;
  if (root->is_null()) {
    sink.Handle(diag::EmptyConfig({&loaded->file, 0, 0}));
    return loaded;
  }
  root = WithProfile(*root, options, loaded.get(), sink);
  root = WithVariables(*root, options, loaded.get(), sink);
  root = ToPresentLayout(root, loaded->arena, sink);
  if (root == nullptr) return loaded;
  loaded->root = root;
  decode::Context context(&sink);
  Decode(*root, context, &loaded->config);
  Check(loaded->config, sink);
  return loaded;
}

absl::StatusOr<std::string> FindConfig(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path start = CleanPath(fs::absolute(folder, error).string());
  for (fs::path at = start;; at = at.parent_path()) {
    if (fs::is_regular_file(at / "devspace.yaml", error)) {
      // As short as the user would write it.
      return (at / "devspace.yaml").lexically_relative(start).string();
    }
    if (at == at.parent_path()) break;
  }
  return absl::NotFoundError(
      absl::StrCat("no devspace.yaml in ", start.string(), NearConfig(start),
                   " or a folder above; name one with --config FILE"));
}

}  // namespace ovenbird::config
