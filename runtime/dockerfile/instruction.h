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

// Parses everything but the here-documents; nullopt if the keyword is unknown.
// Problems go to `sink`. In the trigger of ONBUILD a problem that can be stored
// in an image is a warning, and an unknown instruction is a note.
std::optional<Instruction> ParseInstruction(
    std::shared_ptr<const LogicalLine> line, char escape, diag::Sink& sink);

// The start of a here-document: `<<EOF`.
struct HeredocStart {
  std::string name;
  bool strip_tabs = false;
  bool expand = true;
};
// Returns the here-document that a word starts: `<<EOF`, `3<<-"EOF"`; nullopt
// for other words.
std::optional<HeredocStart> ParseHeredocStart(absl::string_view word);
// Returns the here-documents whose content follows the instruction's line, in
// order.
std::vector<HeredocStart> FindHeredocs(const Instruction& instruction,
                                       absl::string_view line);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_INSTRUCTION_H_
