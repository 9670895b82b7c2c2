#include "runtime/context/stream.h"

#include "absl/strings/string_view.h"

namespace ovenbird::context {

absl::StatusOr<size_t> CheckedStream::Read(char* buffer, size_t size) {
  absl::StatusOr<size_t> n = from_->Read(buffer, size);
  if (n.ok()) {
    sha_.Update(absl::string_view(buffer, *n));
    size_ += *n;
  }
  return n;
}

absl::StatusOr<std::string> ReadAll(Stream& stream) {
  constexpr size_t kStep = 1 << 16;
  std::string all;
  for (size_t size = 0;;) {
    all.resize(size + kStep);
    absl::StatusOr<size_t> n = stream.Read(&all[size], kStep);
    if (!n.ok()) return n.status();
    size += *n;
    all.resize(size);
    if (*n == 0) return all;
  }
}

}  // namespace ovenbird::context
