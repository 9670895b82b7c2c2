// Variables with modifiers that old executors do not know: `${a#p}`, `${a-b}`,
// `${a/p/r}`, `${a:?m}`.
#ifndef OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_
#define OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_

#include "absl/strings/string_view.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the string has a variable with a modifier other than `:-` and
// `:+`, outside of single quotes.
bool HasNewModifier(absl::string_view text, char escape);

// Replaces parts with such modifiers by their values in instructions that
// expand variables; reports parts whose value is unknown.
void WriteOutModifiers(const Site& site, Draft& draft);

// Hides such modifiers of a RUN in an `eval`: old executors expand the command
// for their cache key, although only the shell must. Reports a RUN whose shell
// is not POSIX.
void HideModifiers(const Site& site, Draft& draft);

// Writes the dollar signs of such variables in the exec form of a RUN as
// numbers, which only a reader of JSON knows. Must be the last rule of a RUN.
void HideInList(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_
