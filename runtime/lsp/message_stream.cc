#include "runtime/lsp/message_stream.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/file.h"

namespace ovenbird::lsp {
namespace {

constexpr char kHeaderEnd[] = "\r\n\r\n";
constexpr size_t kHeaderEndSize = sizeof(kHeaderEnd) - 1;
// Far more than two header lines.
constexpr size_t kMaxHeader = 8192;
constexpr size_t kPiece = 65536;

// The number of a header; nullopt if it has none that can be used.
std::optional<size_t> LengthOf(absl::string_view header) {
  std::optional<size_t> length;
  for (absl::string_view line : absl::StrSplit(header, "\r\n")) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first),
                                "content-length")) {
      continue;
    }
    uint64_t number = 0;
    if (!absl::SimpleAtoi(parts.second, &number)) return std::nullopt;
    length = number;
  }
  return length;
}

}  // namespace

bool MessageReader::Fill() {
  std::array<char, kPiece> piece;
  while (true) {
    const ssize_t size = read(fd_, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    buffer_.append(piece.data(), static_cast<size_t>(size));
    return true;
  }
}

bool MessageReader::ReadHeader(Received& result, size_t& length) {
  size_t end = buffer_.find(kHeaderEnd);
  while (end == std::string::npos) {
    if (buffer_.size() > kMaxHeader) {
      result = {Received::kBroken, "a message has no header"};
      return false;
    }
    if (!Fill()) {
      result = {Received::kEnd, ""};
      return false;
    }
    end = buffer_.find(kHeaderEnd);
  }
  const std::optional<size_t> found =
      LengthOf(absl::string_view(buffer_).substr(0, end));
  if (!found) {
    result = {Received::kBroken, "a header has no valid Content-Length"};
    return false;
  }
  buffer_.erase(0, end + kHeaderEndSize);
  length = *found;
  return true;
}

bool MessageReader::Skip(size_t length) {
  while (length > 0) {
    const size_t size = std::min(length, buffer_.size());
    buffer_.erase(0, size);
    length -= size;
    if (length > 0 && !Fill()) return false;
  }
  return true;
}

Received MessageReader::Read() {
  Received result;
  size_t length = 0;
  if (!ReadHeader(result, length)) return result;
  if (length > kMaxMessage) {
    if (!Skip(length)) return {Received::kEnd, ""};
    return {Received::kTooLong, ""};
  }
  while (buffer_.size() < length) {
    if (!Fill()) return {Received::kEnd, ""};
  }
  result = {Received::kMessage, buffer_.substr(0, length)};
  buffer_.erase(0, length);
  return result;
}

bool MessageReader::HasInput(absl::Duration wait) const {
  const size_t end = buffer_.find(kHeaderEnd);
  if (end != std::string::npos) {
    const std::optional<size_t> length =
        LengthOf(absl::string_view(buffer_).substr(0, end));
    const size_t after = buffer_.size() - end - kHeaderEndSize;
    if (!length || *length <= after) return true;
  }
  pollfd in = {fd_, POLLIN, 0};
  return poll(&in, 1, static_cast<int>(absl::ToInt64Milliseconds(wait))) == 1;
}

absl::Status WriteMessage(int fd, absl::string_view text) {
  const std::string all =
      absl::StrCat("Content-Length: ", text.size(), kHeaderEnd, text);
  absl::string_view rest = all;
  while (!rest.empty()) {
    const ssize_t size = write(fd, rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FileError(errno, "write to", "the editor");
    rest.remove_prefix(static_cast<size_t>(size));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::lsp
