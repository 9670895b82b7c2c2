// Programs that end with us, also when we are killed.
#ifndef OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_
#define OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_

#include <string>
#include <vector>

namespace ovenbird {

// The command, told with SIGTERM when the thread that has started it is gone:
// a docker command then cancels what the daemon does for it. Where there is no
// setpriv (util-linux), the command as it is.
std::vector<std::string> WithDeathSignal(std::vector<std::string> argv);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_DEATH_SIGNAL_H_
