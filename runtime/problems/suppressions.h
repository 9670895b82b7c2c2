// Comments of the user that ask to ignore a message:
//
//   image: john/app   # ovenbird: ignore[kaniko-archived] the mirror has no
//   other
//
// The comment applies to its own line; alone on a line it applies to the next
// line that is not a comment, in a Dockerfile to the whole next instruction.
// BuildKit's `# check=skip=NAME` applies to the whole Dockerfile. Errors are
// never ignored: they stop the build anyway.
#ifndef OVENBIRD_RUNTIME_PROBLEMS_SUPPRESSIONS_H_
#define OVENBIRD_RUNTIME_PROBLEMS_SUPPRESSIONS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::problems {

// What kind of file a comment is in.
enum class FileKind { kYaml, kDockerfile };

// The comments of one file.
class Suppressions {
 public:
  // Reads the comments of `file`, which must outlive this.
  Suppressions(const SourceFile& file, FileKind kind);

  // Returns whether a comment hides `problem`, which is in this file, and notes
  // that the comment is used.
  bool Hide(const diag::Diagnostic& problem);

  // Reports each id that hid nothing. Call it only after everything was
  // checked.
  void ReportUnused(diag::Sink& sink) const;

 private:
  // One id of a comment, and the lines that it applies to.
  struct Id {
    std::string rule;
    Span span;
    int first_line = 0;
    int last_line = 0;
    bool used = false;
    bool on_error = false;  // only errors were there
  };

  void ReadLine(int line, FileKind kind);
  void AddIds(absl::string_view list, uint32_t begin, int first_line,
              int last_line);
  // Returns the lines that a comment alone on `line` applies to.
  std::pair<int, int> LinesAfter(int line, FileKind kind) const;
  void ReadDirectives();
  void ReadInstructions();

  const SourceFile& file_;
  std::vector<Id> ids_;
  std::vector<std::string> skipped_checks_;  // of BuildKit, in lower case
  // Lines of the instructions of a Dockerfile.
  std::vector<std::pair<int, int>> instructions_;
};

}  // namespace ovenbird::problems

#endif  // OVENBIRD_RUNTIME_PROBLEMS_SUPPRESSIONS_H_
