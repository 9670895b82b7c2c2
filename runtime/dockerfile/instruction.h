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

// Everything but the here-documents. nullopt when the keyword is unknown. What
// is wrong with the trigger of ONBUILD but can be stored in an image is a
// warning, and an unknown instruction there is a note.
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
