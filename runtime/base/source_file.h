// A text that the user wrote (devspace.yaml, Dockerfile, a flag's value) and
// ranges in it. Inside the program a position is a byte offset; lines and
// columns exist only where a position is shown.
#ifndef OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_
#define OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird {

// A position for display. Line and column count from 1; the column counts
// Unicode code points, as editors do.
struct Position {
  int line = 1;
  int column = 1;
};

// A file's name and text, which stay unchanged. Thread-safe.
class SourceFile {
 public:
  // `name` is shown to the user as it is. A byte order mark is dropped from
  // `text`.
  SourceFile(std::string name, std::string text);
  // A file that cannot be read: it has no lines that could be shown.
  explicit SourceFile(std::string name);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  // Returns false for a file that cannot be read; its text() is empty.
  bool is_readable() const { return is_readable_; }
  // Returns whether a byte order mark was dropped: offsets are those of text(),
  // the file's own are 3 higher.
  bool had_byte_order_mark() const { return had_byte_order_mark_; }

  // Returns the line and column of a byte offset. An offset after the end
  // counts as the end, an offset inside a character as its start.
  Position PositionAt(size_t offset) const;
  // Returns the line (from 1) without its line end; empty if the file has no
  // such line.
  absl::string_view Line(int line) const;
  // Returns the offset of the line's first byte (lines count from 1); the size
  // of the text for a line after the last.
  size_t LineStart(int line) const;
  // Returns the number of lines, at least 1. A line end at the end of the text
  // begins one more, empty line.
  int line_count() const;

 private:
  // Built at the first use: most files are never shown. Thread-safe.
  const std::vector<uint32_t>& LineStarts() const;

  std::string name_;
  std::string text_;
  bool is_readable_ = true;
  bool had_byte_order_mark_ = false;
  mutable std::once_flag line_starts_built_;
  mutable std::vector<uint32_t> line_starts_;
};

// A byte range [begin, end) of `file`, which must outlive it. Without a file:
// no position is known.
struct Span {
  const SourceFile* file = nullptr;
  uint32_t begin = 0;
  uint32_t end = 0;

  explicit operator bool() const { return file != nullptr; }
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_
