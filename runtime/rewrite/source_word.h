// Words of the instructions that are sent in place of COPY and ADD.
#ifndef OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_
#define OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::rewrite {

// Returns a path in the context as a source.
dockerfile::Word SourceWord(absl::string_view path);

// Returns a folder of the context, "" for its top, or a file of a folder of
// ours, as a source that the executor's ignore file does not know. `end` is "/"
// for what is in a folder.
dockerfile::Word DoorWord(absl::string_view path, absl::string_view end);

// True if the target is written as a folder.
bool HasSlash(absl::string_view target);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SOURCE_WORD_H_
