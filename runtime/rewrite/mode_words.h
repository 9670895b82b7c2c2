// Modes of files as chmod accepts them: `0755`, `u=rwX,go=rX`.
#ifndef OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_
#define OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {

// The mode of new folders.
inline constexpr uint16_t kUsualMode = 0755;

// Returns the mode that octal digits such as `0755` mean; nullopt: another
// text.
std::optional<uint16_t> OctalMode(absl::string_view text);

// Returns the mode that `--chmod=WORDS` gives to a file or folder of this mode;
// nullopt if `words` is not a symbolic mode. Umask 0, as in BuildKit.
std::optional<uint16_t> ApplyModeWords(absl::string_view words, uint16_t mode,
                                       bool folder);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MODE_WORDS_H_
