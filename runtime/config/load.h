// devspace.yaml -> Config: file, profiles, variables, decoder, defaults,
// checks.
#ifndef OVENBIRD_RUNTIME_CONFIG_LOAD_H_
#define OVENBIRD_RUNTIME_CONFIG_LOAD_H_

#include <memory>
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

struct LoadOptions {
  std::string path;               // also the name in messages
  std::vector<std::string> vars;  // NAME=VALUE
  std::string profile;            // empty: none
  // Where variables come from besides; null: this process and machine.
  Surroundings* surroundings = nullptr;
};

// A config and all that it points into.
struct Loaded {
  explicit Loaded(std::string name, std::string text)
      : file(std::move(name), std::move(text)) {}

  SourceFile file;
  yaml::Arena arena;
  // Of --var and --profile, ignore files: what diagnostics may point into.
  std::vector<std::shared_ptr<const SourceFile>> texts;
  // By their paths: images may share one.
  std::unordered_map<std::string, SourceFile> dockerfiles;
  // After profiles and variables; null when the text could not be read at all.
  const yaml::Node* root = nullptr;
  Config config;

  // The folder of the file: relative paths in it start there. "." at least.
  std::string folder() const;
};

// Reports all problems to `sink` (they point into the result, which is never
// null); what could be read is in the result. Errors: kNotFound and others for
// a file that can't be read.
absl::StatusOr<std::unique_ptr<Loaded>> Load(const LoadOptions& options,
                                             diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_LOAD_H_
