#include "runtime/plan/read_dockerfile.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/suggest.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string DockerfilePath(const std::string& folder,
                           const config::Image& image) {
  return (fs::path(folder) / image.dockerfile).lexically_normal().string();
}

absl::StatusOr<const SourceFile*> ReadDockerfile(config::Loaded& config,
                                                 const std::string& key,
                                                 const config::Image& image,
                                                 diag::Sink& sink) {
  const fs::path path(DockerfilePath(config.folder(), image));
  // One file, one place: what is wrong with it is told once.
  if (const auto known = config.dockerfiles.find(path.string());
      known != config.dockerfiles.end()) {
    return &known->second;
  }
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    fs::path folder = path.parent_path();
    std::vector<std::string> names;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(folder.empty() ? "." : folder, error)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    diag::Diagnostic missing = diag::MissingDockerfile(
        config::decode::SpanOf(image.source, "dockerfile"), image.dockerfile,
        key,
        fs::is_directory(path, error)
            ? "this is a folder"
            : DidYouMean(path.filename().string(), names));
    missing.config_path = absl::StrCat("images.", key);
    sink.Handle(std::move(missing));
    return nullptr;
  }
  ASSIGN_OR_RETURN(std::string text, ReadRegularFile(path.string()));
  return &config.dockerfiles
              .try_emplace(path.string(), path.string(), std::move(text))
              .first->second;
}

std::vector<std::string> TriggersOf(const SourceFile& file,
                                    absl::string_view target) {
  diag::Collector ignored;  // It is reported where the image itself is built.
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, ignored);
  const std::optional<int> stage =
      dockerfile::FindTarget(dockerfile, target, {}, ignored);
  std::vector<std::string> triggers;
  if (!stage) return triggers;
  for (const dockerfile::Instruction& instruction :
       dockerfile.stages[static_cast<size_t>(*stage)].instructions) {
    if (instruction.keyword == "ONBUILD") triggers.push_back(instruction.text);
  }
  return triggers;
}

}  // namespace ovenbird::plan
