// devspace.yaml -> Config: file, profiles, variables, decoder, defaults,
// checks.
#ifndef OVENBIRD_RUNTIME_CONFIG_LOAD_H_
#define OVENBIRD_RUNTIME_CONFIG_LOAD_H_

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// Which file to load, and the flags that change its meaning.
struct LoadOptions {
  std::string path;  // also the name in messages
  // Instead of the file's content: from standard input, or after fixes.
  std::optional<std::string> text;
  std::vector<std::string> vars;  // NAME=VALUE
  std::string profile;            // empty: none
  // Source of variables in addition to `vars`; null: this process and machine.
  // Must outlive the call.
  Surroundings* surroundings = nullptr;
};

// A config and everything that it points into. Neither copied nor moved.
struct Loaded {
  explicit Loaded(std::string name, std::string text)
      : file(std::move(name), std::move(text)) {}

  SourceFile file;
  yaml::Arena arena;
  // Other sources that diagnostics may point into: --var, --profile, ignore
  // files.
  std::vector<std::shared_ptr<const SourceFile>> extra_sources;
  // Dockerfiles by their paths, because images may share one.
  std::unordered_map<std::string, SourceFile> dockerfiles;
  // The tree after profiles and variables; null if the file is not valid YAML,
  // is empty, or has the layout of a later DevSpace.
  const yaml::Node* root = nullptr;
  Config config;
  // The values of variables with `password: true`: not to be shown.
  std::vector<std::string> passwords;

  // Returns the folder of the file, which its relative paths start at; "." for
  // a bare name.
  std::string folder() const;
};

// Reads the file, applies profile and variables, decodes and checks it. All
// problems of its content go to `sink` (they point into the result, which is
// never null); what could be read is in the result. Errors: kNotFound and
// others if the file cannot be read.
absl::StatusOr<std::unique_ptr<Loaded>> Load(const LoadOptions& options,
                                             diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_LOAD_H_
