// Modes in words, as chmod takes them: `u=rwX,go=rX`.
#ifndef OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_
#define OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {

// Returns the mode that `--chmod=WORDS` gives to a file or folder of this mode;
// nullopt when the words are not a mode. Umask 0, as in BuildKit.
std::optional<uint16_t> ApplyModeWords(absl::string_view words, uint16_t mode,
                                       bool folder);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_
