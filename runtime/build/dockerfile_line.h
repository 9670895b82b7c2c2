// Where in the Dockerfile kaniko failed: it names a line, or the instruction
// that it ran last.
#ifndef OVENBIRD_RUNTIME_BUILD_DOCKERFILE_LINE_H_
#define OVENBIRD_RUNTIME_BUILD_DOCKERFILE_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::build {

// Returns what a readable line of kaniko's log (ReadableLine) says, without its
// level; "" if it is not one of kaniko's messages.
absl::string_view InfoOf(absl::string_view log_line);

// Returns the instruction ("RUN make") if a readable line of kaniko's log says
// that it is being run; else "".
absl::string_view InstructionOf(absl::string_view log_line);

// Returns `instruction` with one space between its words: kaniko joins
// continued lines.
std::string Words(absl::string_view instruction);

// An instruction of the Dockerfile that kaniko announces when it runs it.
struct AnnouncedStep {
  std::string words;  // as from Words()
  int stage = 0;      // from 0 on

  friend bool operator==(const AnnouncedStep&, const AnnouncedStep&) = default;
};

// Returns these instructions in their order. `rewritten`: what is sent in place
// of the file; null: the file itself.
std::vector<AnnouncedStep> AnnouncedSteps(const SourceFile& dockerfile,
                                          const rewrite::Rewritten* rewritten);

// Returns "app/Dockerfile:3: RUN make": for an error that names a line
// ("dockerfile parse error on line 3: ..."), else for the instruction, if it
// occurs in the file just once. Empty if the line is unknown. `rewritten`: what
// was sent in place of the file; null: the file itself.
std::string FailedLine(const SourceFile& dockerfile, absl::string_view error,
                       absl::string_view instruction,
                       const rewrite::Rewritten* rewritten = nullptr);

// Returns "app/Dockerfile:1: FROM debian:12" of the FROM that names `image`; if
// none does (it has variables, or the rewriting has named another), of the only
// FROM of an image. Empty if that is not clear. `rewritten` as above.
std::string FailedBase(const SourceFile& dockerfile, absl::string_view image,
                       const rewrite::Rewritten* rewritten = nullptr);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKERFILE_LINE_H_
