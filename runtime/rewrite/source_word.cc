#include "runtime/rewrite/source_word.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/context/door.h"
#include "runtime/rewrite/draft.h"

namespace ovenbird::rewrite {

dockerfile::Word SourceWord(absl::string_view path) {
  return {EscapeWord(path, '\\'), {}};
}

dockerfile::Word DoorWord(absl::string_view path, absl::string_view end) {
  return SourceWord(absl::StrCat(context::ThroughDoorOf(path),
                                 path.empty() ? "" : "/", path, end));
}

bool HasSlash(absl::string_view target) {
  return absl::EndsWith(target, "/") || absl::EndsWith(target, "/\"") ||
         absl::EndsWith(target, "/'") || target == "." ||
         absl::EndsWith(target, "/.");
}

}  // namespace ovenbird::rewrite
