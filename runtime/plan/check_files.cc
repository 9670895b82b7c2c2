#include "runtime/plan/check_files.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/environment.h"
#include "runtime/config/config.h"
#include "runtime/plan/plan.h"
#include "runtime/yaml/node.h"

namespace ovenbird::plan {
namespace {

// What a hook may still put right, as it runs before the files are looked at.
bool MayBeMadeByHook(const diag::Diagnostic& problem) {
  static constexpr absl::string_view kIds[] = {
      "copy-source-missing", "missing-context", "missing-dockerfile"};
  return std::find(std::begin(kIds), std::end(kIds), problem.rule->id) !=
         std::end(kIds);
}

// Returns whether `problem` is that a field of the section at `path` is
// misspelt, or that its value is wrong.
bool IsAboutField(const diag::Diagnostic& problem, const std::string& path,
                  absl::string_view field) {
  if (problem.severity != diag::Severity::kError) return false;
  if (problem.config_path == absl::StrCat(path, ".", field)) return true;
  if (problem.config_path != path) return false;
  for (const diag::Fix& fix : problem.fixes) {
    for (const diag::Edit& edit : fix.edits) {
      if (edit.text == field) return true;
    }
  }
  return false;
}

// Returns whether the value that the user means is known.
bool IsKnown(const std::string& key, const config::Image& image,
             absl::string_view field,
             const std::vector<diag::Diagnostic>& of_config) {
  const yaml::Node* value =
      image.source == nullptr ? nullptr : image.source->Find(field);
  if (value != nullptr && value->is_unknown()) return false;
  const std::string path = absl::StrCat("images.", key);
  return std::none_of(of_config.begin(), of_config.end(),
                      [&](const diag::Diagnostic& problem) {
                        return IsAboutField(problem, path, field);
                      });
}

// Returns the images of `check` whose files are known.
std::vector<std::string> ImagesToCheck(
    const config::Config& config, const FileCheck& check,
    const std::vector<diag::Diagnostic>& of_config) {
  std::vector<std::string> keys;
  for (const auto& [key, image] : config.images) {
    const bool is_asked_for =
        check.images.empty() ||
        std::find(check.images.begin(), check.images.end(), key) !=
            check.images.end();
    if (is_asked_for && IsKnown(key, image, "dockerfile", of_config) &&
        IsKnown(key, image, "context", of_config)) {
      keys.push_back(key);
    }
  }
  return keys;
}

}  // namespace

absl::StatusOr<bool> CheckFiles(config::Loaded& project, const FileCheck& check,
                                diag::Collector& problems) {
  PlanOptions options;
  options.only_check = true;
  options.keep_files = false;
  options.environment = EnvironmentVariable;
  if (problems.has_errors()) {
    options.images =
        ImagesToCheck(project.config, check, problems.diagnostics());
    if (options.images.empty()) return false;
  } else {
    options.images = check.images;
  }
  options.builders = &check.builders;
  options.folders = check.folders;
  options.secrets = check.secrets;
  options.check_secrets = true;
  options.secret_values = SecretValues::kLookFor;
  options.home = EnvironmentOrEmpty("HOME");
  options.take = [](ImagePlan&) {};  // Nobody builds them.
  diag::Collector of_files;
  const absl::Status planned = MakePlan(project, options, of_files).status();
  bool left_to_hooks = false;
  for (const diag::Diagnostic& problem : of_files.diagnostics()) {
    if (!project.config.hooks.empty() && MayBeMadeByHook(problem)) {
      left_to_hooks = true;
    } else {
      problems.Handle(problem);
    }
  }
  if (!planned.ok()) return planned;
  return left_to_hooks;
}

}  // namespace ovenbird::plan
