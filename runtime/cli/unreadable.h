// A config that cannot be read.
#ifndef OVENBIRD_RUNTIME_CLI_UNREADABLE_H_
#define OVENBIRD_RUNTIME_CLI_UNREADABLE_H_

#include "absl/status/status.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::cli {

// Returns the problem that the config cannot be read, with what to do. `file`
// is its name, and must outlive the result.
diag::Diagnostic DescribeUnreadable(const SourceFile& file,
                                    const absl::Status& status);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_UNREADABLE_H_
