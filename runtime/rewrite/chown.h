// COPY --chown and ADD --chown.
#ifndef OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
#define OVENBIRD_RUNTIME_REWRITE_CHOWN_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "runtime/context/owner.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the owner of `3` or `3:4`; nullopt: it has names. As in kaniko and
// BuildKit, the group of a number alone is the same number.
std::optional<context::Owner> NumericOwner(absl::string_view text);

// Executors without --chown: writes names as numbers, with which the files can
// be sent.
void WriteOutOwner(const Site& site, Draft& draft);
// Executors without --chown: reports the flags that are left.
void ReportIgnoredChown(const Site& site, Draft& draft);

// Writes out the owner or the group that is left out: root for `:group`, and
// the user's primary group where a RUN of the stage tells which one that is.
void RewriteChown(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CHOWN_H_
