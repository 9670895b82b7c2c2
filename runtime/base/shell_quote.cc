#include "runtime/base/shell_quote.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace ovenbird {

std::string ShellQuote(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

}  // namespace ovenbird
