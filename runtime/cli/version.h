// The version of the program, and how it was built.
#ifndef OVENBIRD_RUNTIME_CLI_VERSION_H_
#define OVENBIRD_RUNTIME_CLI_VERSION_H_

#include <string>

namespace ovenbird::cli {

// version.bzl has their values.
extern const char* const kVersion;
extern const char* const kVersionDate;

// What only the release binary has: it is linked again for each commit.
struct Stamp {
  std::string commit;        // empty: the build is not stamped
  bool has_changes = false;  // the source differs from the commit
};

// Sets the stamp of this process; call it before the verb runs.
void SetStamp(Stamp stamp);
// Returns the stamp; an empty one if none was set.
const Stamp& GetStamp();

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERSION_H_
