// Variables with modifiers that old executors do not know: `${a#p}`, `${a-b}`,
// `${a/p/r}`, `${a:?m}`.
#ifndef OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_
#define OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_

#include "absl/strings/string_view.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Whether the text has a modifier other than `:-` and `:+`, outside of single
// quotes.
bool HasNewModifier(absl::string_view text, char escape);

// Instructions that expand variables: writes the values out, or reports that
// they are not known.
void WriteOutModifiers(const Site& site, Draft& draft);

// RUN, whose text old executors expand for their cache: hides it from them, for
// it is the shell that expands it.
void HideModifiers(const Site& site, Draft& draft);

// RUN in exec form: writes the dollar sign of such variables as a number, which
// only a reader of JSON knows. The last rule of a RUN.
void HideInList(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MODIFIERS_H_
