// The instructions of a Dockerfile and their flags.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// The syntax of an instruction's text.
enum class Shape {
  kText,         // WORKDIR, USER ...
  kWords,        // FROM, EXPOSE
  kMaybeExec,    // RUN, CMD: a JSON list or plain text
  kWordsOrExec,  // COPY: a JSON list or words
  kPairs,        // ARG, ENV, LABEL
  kTrigger,      // ONBUILD
};

// The values of a flag, and how often it may occur.
enum class FlagKind {
  kBool,    // `--link`, `--link=false`
  kString,  // `--chown=app`, once
  kList,    // `--mount=...`, any number of times
};

// A flag that an instruction has.
struct FlagGrammar {
  absl::string_view name;
  FlagKind kind;
};

// The syntax of one instruction.
struct Grammar {
  absl::string_view keyword;
  Shape shape;
  // The fewest words or pairs (0: may be empty), and what they are.
  size_t least;
  absl::string_view needed;
  std::vector<FlagGrammar> flags;
};

// Returns all instructions, sorted by keyword.
const std::vector<Grammar>& Grammars();

// Returns the syntax of the instruction; null for an unknown keyword. Keywords
// are in capitals.
const Grammar* FindGrammar(absl::string_view keyword);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_
