// ARG before the first FROM: executors do not read its quotes and escapes as
// BuildKit does.
#ifndef OVENBIRD_RUNTIME_REWRITE_GLOBAL_ARG_H_
#define OVENBIRD_RUNTIME_REWRITE_GLOBAL_ARG_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_words.h"

namespace ovenbird::rewrite {

// How an executor reads the value of such an ARG: first it takes the quotes
// around the whole value off.
struct GlobalArgReader {
  // The character of `# escape=`, by which lines are split into words.
  char escape = '\\';
  // It then expands variables, and reads quotes again, with `\` as the escape.
  bool expands = true;
  // The variables that it expands.
  dockerfile::Lookup lookup;

  // Returns the value that the executor has for `written`; nullopt: it fails.
  std::optional<std::string> Read(const std::string& written) const;
  // Returns a way to write `value` that the executor reads as exactly that;
  // nullopt: none is known, e.g. for a value with a line end.
  std::optional<std::string> Write(absl::string_view value) const;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_GLOBAL_ARG_H_
