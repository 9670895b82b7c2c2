#include "runtime/base/death_signal.h"

#include "runtime/base/subprocess.h"

namespace ovenbird {

std::vector<std::string> WithDeathSignal(std::vector<std::string> argv) {
  if (!FindProgram("setpriv").ok()) return argv;
  argv.insert(argv.begin(), {"setpriv", "--pdeathsig", "TERM"});
  return argv;
}

}  // namespace ovenbird
