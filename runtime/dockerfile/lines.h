// A Dockerfile's lines as BuildKit reads them: continued lines are joined,
// comments dropped, and each byte of the result can be traced to the file.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_LINES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_LINES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"

namespace ovenbird::dockerfile {

// The line of one instruction, possibly of several physical lines.
class LogicalLine {
 public:
  // Returns the text without white space at the start.
  const std::string& text() const { return text_; }
  // Returns the bytes of the file that bytes [begin, end) of the text were read
  // from.
  Span SpanOf(size_t begin, size_t end) const;
  // Returns the bytes from the first one to the end of the last physical line.
  Span span() const { return span_; }
  // Returns whether the file ended after a line with a continuation.
  bool open() const { return open_; }

 private:
  friend class LineReader;
  struct Piece {
    size_t text;      // offset in text_
    uint32_t source;  // offset in the file
  };
  uint32_t SourceOf(size_t offset) const;

  std::string text_;
  std::vector<Piece> pieces_;
  Span span_;
  bool open_ = false;
};

// A physical line: its bytes without line end, its offset and that of the next
// one.
struct PhysicalLine {
  absl::string_view text;
  uint32_t begin = 0;
  uint32_t next = 0;
};

// Reads the lines of a file in order.
class LineReader {
 public:
  // `file` must outlive the reader and the lines.
  explicit LineReader(const SourceFile* file) : file_(file) {}

  // Sets the character that continues a line: `\`, or a backtick.
  void set_escape(char escape) { escape_ = escape; }
  char escape() const { return escape_; }

  // Reads the next line that is neither empty nor a comment; nullopt at the
  // end.
  std::optional<LogicalLine> Next();
  // Reads the next line as it is in the file, for directives and
  // here-documents; nullopt at the end.
  std::optional<PhysicalLine> NextPhysical();
  // Makes `line` (the last that NextPhysical returned) the next one again.
  void Unread(const PhysicalLine& line) { position_ = line.begin; }

 private:
  // Removes the continuation at the end of the line; returns false without one.
  bool TakeContinuation(absl::string_view& text) const;

  const SourceFile* file_;
  uint32_t position_ = 0;
  char escape_ = '\\';
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_LINES_H_
