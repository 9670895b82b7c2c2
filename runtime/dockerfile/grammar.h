// The instructions of a Dockerfile and their flags.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// What an instruction's text is made of.
enum class Shape {
  kText,         // WORKDIR, USER ...
  kWords,        // FROM, EXPOSE
  kMaybeExec,    // RUN, CMD: a JSON list or a text
  kWordsOrExec,  // COPY: a JSON list or words
  kPairs,        // ARG, ENV, LABEL
  kTrigger,      // ONBUILD
};

enum class FlagKind {
  kBool,    // `--link`, `--link=false`
  kString,  // `--chown=app`, once
  kList,    // `--mount=...`, any number of times
};

struct FlagGrammar {
  absl::string_view name;
  FlagKind kind;
};

struct Grammar {
  absl::string_view keyword;
  Shape shape;
  // Fewest words or pairs (0: may be empty), and what they are.
  size_t least;
  absl::string_view needed;
  std::vector<FlagGrammar> flags;
};

// All instructions, sorted by keyword.
const std::vector<Grammar>& Grammars();

// Null for an unknown keyword (in capitals).
const Grammar* FindGrammar(absl::string_view keyword);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_GRAMMAR_H_
