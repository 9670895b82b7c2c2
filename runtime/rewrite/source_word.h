// Words of the instructions that are sent in place of COPY and ADD.
#ifndef OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_
#define OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::rewrite {

// Returns a path in the context as a word of COPY, escaped.
dockerfile::Word SourceWord(absl::string_view path);

// Returns a source that leads through a door (see runtime/context/door.h), to
// which the ignore file's rules for `path` do not apply. `path` is a folder of
// the context ("" for its top), or a path in a folder of our own. `end` is "/"
// to copy only the content of a folder.
dockerfile::Word DoorWord(absl::string_view path, absl::string_view end);

// Returns whether the target is written as a folder: it ends with a slash, also
// before a closing quote, or is or ends with the path part `.`.
bool HasSlash(absl::string_view target);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_
