// Cuts a stream of bytes into lines, however the pieces come.
#ifndef OVENBIRD_RUNTIME_BASE_LINES_H_
#define OVENBIRD_RUNTIME_BASE_LINES_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Collects bytes and calls back for each complete line.
class LineSplitter {
 public:
  // `on_line` gets each line without its end ("\n" or "\r\n"). A line longer
  // than 1 MiB may come in pieces.
  explicit LineSplitter(std::function<void(absl::string_view)> on_line)
      : on_line_(std::move(on_line)) {}

  // Appends `bytes` and passes on the lines that they complete.
  void Add(absl::string_view bytes);
  // Passes on the last line if it had no line end.
  void Finish();

 private:
  std::function<void(absl::string_view)> on_line_;
  std::string rest_;
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_LINES_H_
