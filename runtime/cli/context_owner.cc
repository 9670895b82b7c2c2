#include "runtime/cli/context_owner.h"

#include <string>

#include "runtime/base/environment.h"

namespace ovenbird::cli {
namespace {

// The machines of CI jobs have other names each time.
std::string FindKey() {
  std::string key = EnvironmentOrEmpty("OVENBIRD_CONTEXT_KEY");
  if (key.empty() && !EnvironmentOrEmpty("GITLAB_CI").empty()) {
    key = EnvironmentOrEmpty("CI_PROJECT_PATH");
  }
  if (key.empty() && !EnvironmentOrEmpty("GITHUB_ACTIONS").empty()) {
    key = EnvironmentOrEmpty("GITHUB_REPOSITORY");
  }
  return key;
}

}  // namespace

build::ContextOwner FindContextOwner(const build::Owner& process) {
  return {.user = process.user, .host = process.host, .key = FindKey()};
}

}  // namespace ovenbird::cli
