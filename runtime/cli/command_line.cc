#include "runtime/cli/command_line.h"

#include <algorithm>

namespace ovenbird::cli {

const VerbInfo* CommandLine::Find(absl::string_view name) const {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(),
                   [&](const VerbInfo& verb) { return verb.name == name; });
  return found == verbs.end() ? nullptr : &*found;
}

}  // namespace ovenbird::cli
