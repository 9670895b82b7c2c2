// Text that is written first and read once, later: what is large is kept in a
// file instead of memory.
#ifndef OVENBIRD_RUNTIME_BASE_SPOOL_H_
#define OVENBIRD_RUNTIME_BASE_SPOOL_H_

#include <cstddef>
#include <cstdio>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// A text that grows at its end. Not thread-safe.
class Spool {
 public:
  // Keeps `in_memory` bytes in memory, and what is before them in a temporary
  // file without a name, which only this process can read. Without room for
  // the file, everything stays in memory.
  explicit Spool(size_t in_memory) : in_memory_(in_memory) {}

  // Adds `text` at the end.
  void Append(absl::string_view text);

  // Writes the whole text to `out`, whose state tells of errors; returns false
  // if the file cannot be read.
  bool CopyTo(std::ostream& out);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void MoveToFile();

  const size_t in_memory_;
  std::unique_ptr<std::FILE, Close> file_;
  size_t in_file_ = 0;
  bool has_no_room_ = false;
  std::string text_;  // after the file's
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_SPOOL_H_
