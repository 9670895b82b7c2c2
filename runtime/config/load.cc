#include "runtime/config/load.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/check.h"
#include "runtime/config/decode.h"
#include "runtime/config/old_layout.h"
#include "runtime/config/other_tools.h"
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
  loaded->extra_sources.push_back(std::make_unique<SourceFile>(name, text));
  return *loaded->extra_sources.back();
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
  return FillVariables(root, {flags, surroundings, &loaded->passwords},
                       loaded->arena, sink);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Loaded>> Load(const LoadOptions& options,
                                             diag::Sink& sink) {
  std::string text;
  if (options.text) {
    text = *options.text;
  } else {
    ASSIGN_OR_RETURN(text, ReadFile(options.path));
  }
  auto loaded = std::make_unique<Loaded>(options.path, std::move(text));
  const yaml::Node* root = yaml::Parse(loaded->file, loaded->arena, sink);
  if (root == nullptr) return loaded;
  if (root->is_null()) {
    sink.Handle(diag::EmptyConfig({&loaded->file, 0, 0}));
    return loaded;
  }
  if (IsOfOtherTool(*root, sink)) return loaded;
  if (HasNewerLayout(*root, sink)) return loaded;
  root = WithProfile(*root, options, loaded.get(), sink);
  root = WithVariables(*root, options, loaded.get(), sink);
  root = ToPresentLayout(root, loaded->arena);
  loaded->root = root;
  decode::Context context(&sink);
  Decode(*root, context, &loaded->config);
  Check(loaded->config, sink);
  return loaded;
}

}  // namespace ovenbird::config
