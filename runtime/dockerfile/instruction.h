// One line of a Dockerfile as an instruction.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/lines.h"

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

struct Grammar {
  absl::string_view keyword;
  Shape shape;
  // Fewest words or pairs (0: may be empty), and what they are.
  size_t least;
  absl::string_view needed;
  // Names of its flags.
  std::vector<absl::string_view> flags;
};

// Null for an unknown keyword (in capitals).
const Grammar* FindGrammar(absl::string_view keyword);

// Everything but the here-documents. nullopt when the keyword is unknown.
std::optional<Instruction> ParseInstruction(
    std::shared_ptr<const LogicalLine> line, char escape, diag::Sink& sink);

// A here-document that an instruction asks for.
struct HeredocStart {
  std::string name;
  bool strip_tabs = false;
  bool expand = true;
};
// `<<EOF`, `3<<-"EOF"`; nullopt for other words.
std::optional<HeredocStart> ParseHeredocStart(absl::string_view word);
// Those that follow the instruction's line.
std::vector<HeredocStart> FindHeredocs(const Instruction& instruction,
                                       absl::string_view line);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_H_
