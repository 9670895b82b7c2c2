// Splits a shell's text into words and operators.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_LEXER_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_LEXER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// A word or an operator.
struct ShellToken {
  // The role of the token.
  enum Kind {
    kWord,
    kOutput,     // a file that `>` or `>>` writes
    kSeparator,  // one of ; & | ( ) and the end of a line
  };
  Kind kind = kWord;
  std::string text;  // quotes are resolved, variables are not
  size_t begin = 0;  // in the shell's text
  size_t end = 0;
};

// Returns the tokens in order; accepts every text. Comments, input redirections
// and the content of here-documents are skipped; `$(...)` is part of its word.
std::vector<ShellToken> LexShell(absl::string_view text);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_LEXER_H_
