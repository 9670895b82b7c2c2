// Programs that end with us, also when we are killed.
#ifndef OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_
#define OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_

#include <string>
#include <vector>

namespace ovenbird {

// Returns the command so that it receives SIGTERM when the thread that has
// started it is gone: a docker command then cancels its request to the daemon.
// Returns `argv` itself if setpriv (util-linux) is missing.
std::vector<std::string> WithDeathSignal(std::vector<std::string> argv);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_
