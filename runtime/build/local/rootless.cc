#include "runtime/build/local/rootless.h"

#include "runtime/base/subprocess.h"

namespace ovenbird::build {

std::vector<std::string> InNamespaces(bool rootless) {
  // Should this process be killed, everything in there goes with it.
  std::vector<std::string> argv = {
      "setpriv", "--pdeathsig",       "KILL",
      "unshare", "--mount",           "--pid",
      "--fork",  "--kill-child=KILL", "--mount-proc"};
  if (!rootless) return argv;
  argv.push_back("--user");
  argv.push_back("--map-root-user");
  // The user's other numbers (/etc/subuid), without which files of an image
  // that belong to others than root cannot be made.
  if (FindProgram("newuidmap").ok()) argv.push_back("--map-auto");
  return argv;
}

void RemoveRootless(const std::string& path) {
  Subprocess process;
  process.argv = InNamespaces(true);
  for (const char* word : {"rm", "-rf", "--"}) process.argv.push_back(word);
  process.argv.push_back(path);
  // What it cannot delete the caller tries.
  [[maybe_unused]] auto result = RunSubprocess(process);
}

}  // namespace ovenbird::build
