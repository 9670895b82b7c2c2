// The log file of one image's build.
#ifndef OVENBIRD_RUNTIME_CLI_LOG_FILE_H_
#define OVENBIRD_RUNTIME_CLI_LOG_FILE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::cli {

// A log file that is locked, so that no other build of this or another process
// writes to it.
class LogFile {
 public:
  // Creates the file at `path` ("logs/app.log") below the folder `root`, and
  // the folders in between; while another build writes there, at
  // "logs/app-2.log", and so on. The content from an earlier build stays until
  // the first Write(). kResourceExhausted: 1000 builds write there.
  // kFailedPrecondition: a symlink below `root` would have to be followed, or
  // the file is a device or a FIFO.
  static absl::StatusOr<LogFile> Create(const std::string& root,
                                        const std::string& path);
  LogFile(LogFile&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        written_(other.written_),
        failed_(other.failed_) {}
  LogFile& operator=(LogFile&&) = delete;
  ~LogFile();

  // Appends `text`. Returns a FileError the first time that this fails, later
  // OK: one warning is enough, and a full disk does not end the build.
  absl::Status Write(absl::string_view text);
  const std::string& path() const { return path_; }
  bool written() const { return written_; }

 private:
  LogFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  absl::Status Append(absl::string_view text);

  std::string path_;
  int fd_;
  bool written_ = false;
  bool failed_ = false;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_LOG_FILE_H_
