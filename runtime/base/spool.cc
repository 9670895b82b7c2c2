#include "runtime/base/spool.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace ovenbird {

void Spool::Append(absl::string_view text) {
  text_.append(text.data(), text.size());
  if (text_.size() > in_memory_ && !has_no_room_) MoveToFile();
}

void Spool::MoveToFile() {
  if (file_ == nullptr) file_.reset(std::tmpfile());
  has_no_room_ = file_ == nullptr;
  size_t moved = 0;
  while (!has_no_room_ && moved < text_.size()) {
    const ssize_t written =
        write(fileno(file_.get()), text_.data() + moved, text_.size() - moved);
    has_no_room_ = written <= 0;
    if (!has_no_room_) moved += static_cast<size_t>(written);
  }
  in_file_ += moved;
  text_.erase(0, moved);
}

bool Spool::CopyTo(std::ostream& out) {
  std::array<char, 1 << 16> block;
  for (size_t done = 0; done < in_file_;) {
    const ssize_t got = pread(fileno(file_.get()), block.data(),
                              std::min(block.size(), in_file_ - done),
                              static_cast<off_t>(done));
    if (got <= 0) return false;
    out.write(block.data(), got);
    done += static_cast<size_t>(got);
  }
  out << text_;
  return true;
}

}  // namespace ovenbird
