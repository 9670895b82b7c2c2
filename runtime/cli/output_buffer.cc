#include "runtime/cli/output_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/steady_time.h"

namespace ovenbird::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);  // when hurried
constexpr int kBetweenLooks = 50;                       // ms

mode_t TypeOf(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

// Others use the same open file: it must stay one that blocks. Returns -1 for
// files that are always ready, and if the file cannot be opened again.
int OpenWithoutBlocking(int fd) {
  const mode_t type = TypeOf(fd);
  if (type != S_IFIFO && !(type == S_IFCHR && isatty(fd) != 0)) return -1;
  return open(absl::StrCat("/proc/self/fd/", fd).c_str(),
              O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

Cancellation& Hurry() {
  static auto* const hurry = new Cancellation;
  return *hurry;
}

// As stdio: what a person looks at is not kept.
OutputBuffer* NewBuffer(int fd) {
  constexpr size_t kKept = 1 << 16;
  const bool is_shown = fd == STDERR_FILENO || isatty(fd) != 0;
  return new OutputBuffer(fd, is_shown ? 0 : kKept, &Hurry());
}

}  // namespace

OutputBuffer::OutputBuffer(int fd, size_t size, const Cancellation* hurry)
    : own_(OpenWithoutBlocking(fd)),
      fd_(own_ >= 0 ? own_ : fd),
      is_socket_(TypeOf(fd) == S_IFSOCK),
      size_(size),
      hurry_(hurry) {}

OutputBuffer::~OutputBuffer() {
  if (own_ >= 0) close(own_);
}

std::streamsize OutputBuffer::xsputn(const char* bytes, std::streamsize size) {
  const absl::string_view text(bytes, static_cast<size_t>(size));
  MutexLock lock(&mutex_);
  if (kept_.size() + text.size() <= size_) {
    kept_.append(text.data(), text.size());
    return size;
  }
  return Flush() && Write(text) ? size : 0;
}

OutputBuffer::int_type OutputBuffer::overflow(int_type byte) {
  if (traits_type::eq_int_type(byte, traits_type::eof())) {
    return traits_type::not_eof(byte);
  }
  const char one = traits_type::to_char_type(byte);
  return xsputn(&one, 1) == 1 ? byte : traits_type::eof();
}

int OutputBuffer::sync() {
  MutexLock lock(&mutex_);
  return Flush() ? 0 : -1;
}

bool OutputBuffer::Flush() {
  const std::string bytes = std::move(kept_);
  kept_.clear();
  return Write(bytes);
}

// What was dropped takes no later line with it.
bool OutputBuffer::Write(absl::string_view bytes) {
  if (!bytes.empty() && !is_read_ && last_byte_ != '\n') {
    if (!WriteOrDrop("\n")) return false;
    if (!is_read_) return true;
  }
  return WriteOrDrop(bytes);
}

bool OutputBuffer::WriteOrDrop(absl::string_view bytes) {
  absl::Time last = SteadyNow();  // something was read
  while (!bytes.empty()) {
    const ssize_t written = WriteSome(bytes);
    if (written > 0) {
      last_byte_ = bytes[static_cast<size_t>(written) - 1];
      bytes.remove_prefix(static_cast<size_t>(written));
      last = SteadyNow();
      is_read_ = true;
      continue;
    }
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (!hurry_->cancelled()) continue;
    if (is_read_ && SteadyNow() - last < kPatience) continue;
    is_read_ = false;
    return true;
  }
  return true;
}

// Fails with EAGAIN if nothing was read for a moment, or is being read now.
ssize_t OutputBuffer::WriteSome(absl::string_view bytes) const {
  const int wait = is_read_ || !hurry_->cancelled() ? kBetweenLooks : 0;
  pollfd out = {fd_, POLLOUT, 0};
  if (poll(&out, 1, wait) == 0) {
    errno = EAGAIN;
    return -1;
  }
  if (is_socket_) {
    return send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  // A pipe that is ready takes that much without blocking.
  const size_t size =
      own_ >= 0 ? bytes.size() : std::min<size_t>(bytes.size(), PIPE_BUF);
  const ssize_t written = write(fd_, bytes.data(), size);
  // A ready terminal may have no room for the two bytes that end a line.
  if (written < 0 && errno == EAGAIN) {
    poll(nullptr, 0, wait);
    errno = EAGAIN;
  }
  return written;
}

void InstallOutputBuffers() {
  // They are used until the very end of the program.
  static OutputBuffer* const out = NewBuffer(STDOUT_FILENO);
  static OutputBuffer* const err = NewBuffer(STDERR_FILENO);
  std::cout.rdbuf(out);
  std::cerr.rdbuf(err);
}

void HurryOutput() { Hurry().Cancel(); }

}  // namespace ovenbird::cli
