// COPY --chown and ADD --chown.
#ifndef OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
#define OVENBIRD_RUNTIME_REWRITE_CHOWN_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/context/owner.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the owner for `3` or `3:4`; nullopt if a part is not a number. As in
// kaniko and BuildKit, a user number alone is the group's number, too.
std::optional<context::Owner> NumericOwner(absl::string_view text);

// Replaces names by numbers for executors without --chown: files can be sent
// with numbers only.
void WriteOutOwner(const Site& site, Draft& draft);
// Reports the --chown flags that are left for executors without --chown.
void ReportIgnoredChown(const Site& site, Draft& draft);

// Completes a --chown that lacks the user or the group: root for `:group`, and
// the user's primary group where the base image or a RUN of the stage shows it.
void RewriteChown(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
