// JSON lists with text after them: BuildKit reads the whole as a command of
// the shell, or as words; old executors read the list and ignore the text.
#ifndef OVENBIRD_RUNTIME_REWRITE_LIST_AND_TEXT_H_
#define OVENBIRD_RUNTIME_REWRITE_LIST_AND_TEXT_H_

#include "absl/strings/string_view.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the text is a JSON list of strings with something after it.
bool IsListAndText(absl::string_view text);

// Writes such a command of RUN, CMD and ENTRYPOINT as a list of its own.
void WriteOutListAndText(const Site& site, Draft& draft);

// Reports such words of other instructions.
void ReportListAndText(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_LIST_AND_TEXT_H_
