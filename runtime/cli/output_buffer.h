// Output that ends waiting for its reader: a pager, a terminal that is stopped
// (Ctrl-S) or a lost connection may read nothing for as long as they like, but
// after a Ctrl-C the program must go on, to delete what it created.
#ifndef OVENBIRD_RUNTIME_CLI_OUTPUT_BUFFER_H_
#define OVENBIRD_RUNTIME_CLI_OUTPUT_BUFFER_H_

#include <sys/types.h>

#include <cstddef>
#include <streambuf>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"

namespace ovenbird::cli {

// Writes to a descriptor, and waits for its reader as write(2) does; but once
// it is hurried it drops what is not read within a second, without an error,
// and waits no more until something is read again. Thread-safe.
class OutputBuffer : public std::streambuf {
 public:
  // `fd` and `hurry` must outlive the buffer. Keeps up to `size` bytes until
  // they are flushed.
  OutputBuffer(int fd, size_t size, const Cancellation* hurry);
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;
  ~OutputBuffer() override;

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override;
  int_type overflow(int_type byte) override;
  int sync() override;

 private:
  bool Flush() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Write(absl::string_view bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool WriteOrDrop(absl::string_view bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  ssize_t WriteSome(absl::string_view bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int own_;  // the descriptor, opened again without blocking; or -1
  const int fd_;
  const bool is_socket_;
  const size_t size_;
  const Cancellation* const hurry_;
  Mutex mutex_;
  std::string kept_ ABSL_GUARDED_BY(mutex_);
  // The last bytes were read, not dropped.
  bool is_read_ ABSL_GUARDED_BY(mutex_) = true;
  char last_byte_ ABSL_GUARDED_BY(mutex_) = '\n';  // that was written
};

// Makes std::cout and std::cerr write through OutputBuffers until the program's
// end. Call it before threads are started.
void InstallOutputBuffers();
// Hurries these buffers: no more output waits for its reader. Call it when the
// program is interrupted.
void HurryOutput();

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_OUTPUT_BUFFER_H_
