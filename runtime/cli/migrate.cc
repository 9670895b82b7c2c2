#include "runtime/migrate/migrate.h"

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/source_file.h"
#include "runtime/cli/new_config.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

fs::path FolderOf(const std::string& path) {
  std::error_code error;
  return fs::weakly_canonical(fs::absolute(path, error).parent_path(), error);
}

// Next to the file, because paths in it are relative to its folder.
std::string TargetOf(const Options& options) {
  if (!options.output_file.empty() && options.output_file != "-") {
    return options.output_file;
  }
  return (fs::path(options.from_file).parent_path() / "devspace.yaml").string();
}

}  // namespace

int Migrate(const Options& options) {
  const std::string path = TargetOf(options);
  const std::string folder = FolderOf(options.from_file).string();
  if (!IsInFolder(path, folder)) {
    ShowError(absl::StrCat("`--output ", path, "` is in another folder than `",
                           options.from_file,
                           "`: the paths in it are relative to its folder"));
    return kExitUsage;
  }
  std::error_code error;
  if (!IsPrinted(options) && fs::equivalent(path, options.from_file, error)) {
    ShowError(absl::StrCat("`", path,
                           "` is the file that is converted: write the new "
                           "config with `--output FILE`"));
    return kExitUsage;
  }
  const absl::StatusOr<std::string> text = ReadRegularFile(options.from_file);
  if (!text.ok()) {
    ShowError(text.status().message());
    return kExitUsage;
  }
  if (!MayWrite(options, path)) return kExitUsage;
  const SourceFile file(options.from_file, *text);
  diag::Collector problems;
  const std::optional<migrate::Migrated> migrated =
      migrate::Migrate(file, fs::path(folder).filename().string(), problems);
  PrintProblems(SelectProblems(problems, {}, options), {file.name()}, options);
  if (!migrated || problems.has_errors()) return kExitUsage;
  return WriteNewConfig(options, path, migrated->yaml);
}

}  // namespace ovenbird::cli
