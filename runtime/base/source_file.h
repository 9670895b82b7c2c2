// A text that the user wrote (devspace.yaml, Dockerfile, a flag's value) and
// places in it. Inside the program a place is a byte range; lines and columns
// exist only where a place is shown.
#ifndef OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_
#define OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird {

// 1-based; the column counts Unicode code points, as editors do.
struct Position {
  int line = 1;
  int column = 1;
};

class SourceFile {
 public:
  // `name` is shown to the user as it is. A byte order mark is dropped from
  // `text`.
  SourceFile(std::string name, std::string text);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  // Offsets are those of text(); the file's own are 3 higher.
  bool had_byte_order_mark() const { return had_byte_order_mark_; }

  // Offsets behind the end count as the end.
  Position PositionAt(size_t offset) const;
  // The line (1-based) without its line end; empty when there is no such line.
  absl::string_view Line(int line) const;
  // Offset of the first byte of the line (1-based).
  size_t LineStart(int line) const;
  int line_count() const;

 private:
  // Built at the first use: most files are never shown. Thread-safe.
  const std::vector<uint32_t>& LineStarts() const;

  std::string name_;
  std::string text_;
  bool had_byte_order_mark_ = false;
  mutable std::once_flag line_starts_built_;
  mutable std::vector<uint32_t> line_starts_;
};

// A byte range [begin, end) of `file`; `file` must outlive it. Without a file:
// no place.
struct Span {
  const SourceFile* file = nullptr;
  uint32_t begin = 0;
  uint32_t end = 0;

  explicit operator bool() const { return file != nullptr; }
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SOURCE_FILE_H_
