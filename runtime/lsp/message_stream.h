// The framing of the Language Server Protocol: JSON messages, each after a
// header with its length.
#ifndef OVENBIRD_RUNTIME_LSP_MESSAGE_STREAM_H_
#define OVENBIRD_RUNTIME_LSP_MESSAGE_STREAM_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::lsp {

// The longest message that is read, in bytes; no editor sends a longer one.
inline constexpr size_t kMaxMessage = size_t{64} << 20;

// What a read has brought.
struct Received {
  // The kinds of results.
  enum Kind {
    kMessage,  // `text` is the message
    kTooLong,  // it was skipped
    kBroken,   // the stream cannot be read on: `text` says why
    kEnd,      // the stream has ended
  };
  Kind kind = kEnd;
  std::string text;
};

// Reads messages from a file descriptor, which it does not close.
class MessageReader {
 public:
  explicit MessageReader(int fd) : fd_(fd) {}

  // Waits for the next message.
  Received Read();
  // Returns whether more input is there, or comes within `wait`: a whole
  // message, or bytes that can be read without waiting.
  bool HasInput(absl::Duration wait = absl::ZeroDuration()) const;

 private:
  // Reads more into `buffer_`; false at the end or on failure.
  bool Fill();
  bool ReadHeader(Received& result, size_t& length);
  bool Skip(size_t length);

  int fd_;
  std::string buffer_;
};

// Writes one message with its header; a FileError if that fails.
absl::Status WriteMessage(int fd, absl::string_view text);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_MESSAGE_STREAM_H_
