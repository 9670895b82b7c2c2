// Build secrets as environment variables of one RUN.
#ifndef OVENBIRD_RUNTIME_REWRITE_SECRET_ENV_H_
#define OVENBIRD_RUNTIME_REWRITE_SECRET_ENV_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the file that holds a secret for RUN lines that only want it as a
// variable: in a folder of kaniko's own, which is in no image.
std::string SecretFile(absl::string_view id);

// Sets the variable `name` to the content of `file` in the RUN of the draft;
// without a file, to the empty string. Returns why this is impossible; "": it
// is done.
std::string SetFromFile(const Site& site, absl::string_view name,
                        absl::string_view file, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SECRET_ENV_H_
