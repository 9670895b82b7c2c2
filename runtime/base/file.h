// Whole files.
#ifndef OVENBIRD_RUNTIME_BASE_FILE_H_
#define OVENBIRD_RUNTIME_BASE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird {

// "cannot WHAT `PATH`: No such file or directory", with the status code that
// fits `error_number` (kNotFound, kPermissionDenied, ...).
absl::Status FileError(int error_number, absl::string_view what,
                       absl::string_view path);

absl::StatusOr<std::string> ReadFile(const std::string& path);

// Replaces the file as a whole: a reader sees the old or the new content.
absl::Status WriteFile(const std::string& path, absl::string_view content);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FILE_H_
