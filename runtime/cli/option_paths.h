// All options of the config by their paths, and the search in them.
#ifndef OVENBIRD_RUNTIME_CLI_OPTION_PATHS_H_
#define OVENBIRD_RUNTIME_CLI_OPTION_PATHS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/config/field_info.h"

namespace ovenbird::cli {

// An option and where it is: "images.*.build.kaniko.cache".
struct OptionPath {
  std::string path;
  const config::FieldInfo* field = nullptr;
};

// Returns all options, in the order of the schema. What a profile replaces is
// listed without its fields, since these are the options of the top level.
const std::vector<OptionPath>& OptionPaths();

// Returns the options whose path ends with `end`, part by part; case does not
// matter.
std::vector<OptionPath> OptionsThatEndWith(absl::string_view end);

// Returns the options with `word` in their name or their documentation; those
// with it in their name come first. Case does not matter.
std::vector<OptionPath> OptionsAbout(absl::string_view word);

// Returns the first sentence of an option's documentation, on one line.
std::string FirstSentence(absl::string_view docs);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_OPTION_PATHS_H_
