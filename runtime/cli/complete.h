// What a shell offers when the user presses Tab.
#ifndef OVENBIRD_RUNTIME_CLI_COMPLETE_H_
#define OVENBIRD_RUNTIME_CLI_COMPLETE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "runtime/cli/command_line.h"

namespace ovenbird::cli {

// One word that may take the place of the begun one.
struct Candidate {
  std::string word;
  std::string help;
};

// What may take the place of the last word.
struct Completion {
  std::vector<Candidate> candidates;
  bool files = false;     // paths, too
  bool no_space = false;  // the word goes on: ID=
};

// What the user's files have; each is called only if it is needed.
struct CompletionSources {
  using Names = std::function<std::vector<std::string>()>;
  Names images;
  Names profiles;
  Names variables;
  Names messages;  // ids
  Names options;   // what `explain` explains
};

// Returns the completion of the last of `words`, which may be empty; the first
// one is the verb. An unknown verb has none.
Completion Complete(const CommandLine& all, absl::Span<const std::string> words,
                    const CompletionSources& sources);

// Returns the value of --config in `words`, without the last one; empty: none.
std::string ConfigOf(absl::Span<const std::string> words);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_COMPLETE_H_
