// A Dockerfile's lines as BuildKit reads them: continued lines are joined,
// comments dropped, and each byte of the result knows where it came from.
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

// One instruction's line.
class LogicalLine {
 public:
  // Without white space at the start.
  const std::string& text() const { return text_; }
  // Where the bytes [begin, end) of the text stand in the file.
  Span SpanOf(size_t begin, size_t end) const;
  // From the first byte to the end of the last physical line.
  Span span() const { return span_; }
  // The file ended behind a line that is to be continued.
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

// A physical line: its bytes without line end, and where the next one starts.
struct PhysicalLine {
  absl::string_view text;
  uint32_t begin = 0;
  uint32_t next = 0;
};

class LineReader {
 public:
  // `file` must outlive the reader and the lines.
  explicit LineReader(const SourceFile* file) : file_(file) {}

  // What continues a line: `\`, or a backtick.
  void set_escape(char escape) { escape_ = escape; }
  char escape() const { return escape_; }

  // The next line that is neither empty nor a comment; nullopt at the end.
  std::optional<LogicalLine> Next();
  // The next line as it stands there; for directives and here-documents.
  std::optional<PhysicalLine> NextPhysical();
  // Makes `line` (the last that NextPhysical gave) the next one again.
  void Unread(const PhysicalLine& line) { position_ = line.begin; }

 private:
  // Cuts the mark of continuation off; false when there is none.
  bool TakeContinuation(absl::string_view& text) const;

  const SourceFile* file_;
  uint32_t position_ = 0;
  char escape_ = '\\';
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_LINES_H_
