// The version of the program.
#ifndef OVENBIRD_RUNTIME_CLI_VERSION_H_
#define OVENBIRD_RUNTIME_CLI_VERSION_H_

namespace ovenbird::cli {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERSION_H_
