// Checks of this machine: room for caches, a runtime for containers, executors.
#ifndef OVENBIRD_RUNTIME_DOCTOR_MACHINE_H_
#define OVENBIRD_RUNTIME_DOCTOR_MACHINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/doctor/finding.h"

namespace ovenbird::doctor {

// Returns the number of bytes that the user can still write to the file system
// of `folder`; the error of statvfs.
absl::StatusOr<uint64_t> FreeBytes(const std::string& folder);

// Returns one finding about the cache folder; `folder` is an error if there is
// none. Images are unpacked there if `is_local`.
Finding CheckCache(const absl::StatusOr<std::string>& folder,
                   const absl::StatusOr<uint64_t>& free_bytes, bool is_local);

// Returns one finding about the runtime of engine `local`: its name, or why
// there is none.
Finding CheckRuntime(const absl::StatusOr<std::string>& runtime);

// Returns one finding about the executor of these images.
Finding CheckExecutor(const std::string& executor,
                      const std::vector<std::string>& keys);

// Returns the findings of planning: what the executor does differently, what is
// wrong with options.
Findings FromProblems(const std::vector<diag::Diagnostic>& problems);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_MACHINE_H_
