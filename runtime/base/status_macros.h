// Hands a failed absl::Status to the caller. Include from .cc files only.
#ifndef OVENBIRD_RUNTIME_BASE_STATUS_MACROS_H_
#define OVENBIRD_RUNTIME_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the calling function with the status of `expression` if it is
// not OK.
#define RETURN_IF_ERROR(expression)                    \
  do {                                                 \
    absl::Status ovenbird_status = (expression);       \
    if (!ovenbird_status.ok()) return ovenbird_status; \
  } while (false)

// Assigns the value of `expression` to `target`, or returns from the calling
// function with its status: ASSIGN_OR_RETURN(auto value, MakeValue());
#define ASSIGN_OR_RETURN(target, expression)                        \
  OVENBIRD_ASSIGN_OR_RETURN_(                                       \
      OVENBIRD_STATUS_NAME_(ovenbird_status_or_, __LINE__), target, \
      expression)

#define OVENBIRD_ASSIGN_OR_RETURN_(result, target, expression) \
  auto result = (expression);                                  \
  if (!result.ok()) return std::move(result).status();         \
  target = *std::move(result)

#define OVENBIRD_STATUS_NAME_(prefix, line) \
  OVENBIRD_STATUS_NAME_INNER_(prefix, line)
#define OVENBIRD_STATUS_NAME_INNER_(prefix, line) prefix##line

#endif  // OVENBIRD_RUNTIME_BASE_STATUS_MACROS_H_
