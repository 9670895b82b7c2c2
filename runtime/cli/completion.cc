#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/cli/complete.h"
#include "runtime/cli/completion_scripts.h"
#include "runtime/cli/option_paths.h"
#include "runtime/cli/verbs.h"
#include "runtime/config/search.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::cli {
namespace {

// The config as YAML only: its commands must not run because of a Tab.
class Names {
 public:
  explicit Names(const std::string& config) {
    absl::StatusOr<std::string> path = config;
    if (config.empty()) path = config::FindConfig(".");
    if (!path.ok()) return;
    const absl::StatusOr<std::string> text = ReadFile(*path);
    if (!text.ok()) return;
    file_.emplace(*path, *text);
    diag::Collector ignored;
    root_ = yaml::Parse(*file_, arena_, ignored);
  }

  // The keys of `field`.
  std::vector<std::string> Keys(const char* field) const {
    std::vector<std::string> names;
    if (const yaml::Node* node = Find(field)) {
      for (const yaml::Entry& entry : node->entries()) {
        names.emplace_back(entry.key());
      }
    }
    return names;
  }

  // The `name` of each item of `field`.
  std::vector<std::string> Items(const char* field) const {
    std::vector<std::string> names;
    if (const yaml::Node* node = Find(field)) {
      for (const yaml::Node* item : node->items()) {
        const yaml::Node* name = item->Find("name");
        if (name != nullptr && name->is_scalar()) {
          names.emplace_back(name->scalar());
        }
      }
    }
    return names;
  }

 private:
  const yaml::Node* Find(const char* field) const {
    return root_ == nullptr ? nullptr : root_->Find(field);
  }

  std::optional<SourceFile> file_;
  yaml::Arena arena_;
  const yaml::Node* root_ = nullptr;
};

}  // namespace

int PrintCompletion(const Options& options) {
  std::cout << CompletionScript(options.shell);
  return kExitGood;
}

int CompleteWords(const Options& options) {
  CompletionSources sources;
  const std::string config = ConfigOf(options.words);
  sources.images = [&] { return Names(config).Keys("images"); };
  sources.profiles = [&] { return Names(config).Items("profiles"); };
  sources.variables = [&] { return Names(config).Items("vars"); };
  sources.options = [] {
    std::vector<std::string> paths;
    for (const OptionPath& option : OptionPaths()) paths.push_back(option.path);
    return paths;
  };
  sources.messages = [] {
    std::vector<std::string> ids;
    for (const diag::Rule& rule : diag::Rules()) ids.push_back(rule.id);
    return ids;
  };
  const Completion completion =
      Complete(DescribeCommandLine(), options.words, sources);
  for (const Candidate& candidate : completion.candidates) {
    std::cout << candidate.word << "\t" << candidate.help << "\n";
  }
  if (completion.files) std::cout << ":files\n";
  if (completion.no_space) std::cout << ":nospace\n";
  return kExitGood;
}

}  // namespace ovenbird::cli
