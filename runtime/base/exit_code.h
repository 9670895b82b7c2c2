// Exit codes of the programs.
#ifndef OVENBIRD_RUNTIME_BASE_EXIT_CODE_H_
#define OVENBIRD_RUNTIME_BASE_EXIT_CODE_H_

namespace ovenbird {

inline constexpr int kExitGood = 0;
inline constexpr int kExitBuildFailed = 1;
// Wrong config or command line.
inline constexpr int kExitUsage = 2;
// The cluster, a registry, a container runtime, a file.
inline constexpr int kExitEnvironment = 3;
// As shells have it for SIGINT.
inline constexpr int kExitInterrupted = 130;

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_EXIT_CODE_H_
