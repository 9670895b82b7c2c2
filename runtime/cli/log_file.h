// The log file of one image's build.
#ifndef OVENBIRD_RUNTIME_CLI_LOG_FILE_H_
#define OVENBIRD_RUNTIME_CLI_LOG_FILE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::cli {

// A file that nobody else writes as long as this lives: neither another build
// of this process nor one of another process.
class LogFile {
 public:
  // At `path` ("logs/app.log"), with the folders above it; while another build
  // writes there at "logs/app-2.log", and so on. What an earlier build wrote
  // stays until the first `Write`.
  static absl::StatusOr<LogFile> Create(const std::string& path);
  LogFile(LogFile&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        written_(other.written_) {}
  LogFile& operator=(LogFile&&) = delete;
  ~LogFile();

  // A full disk does not end the build.
  void Write(absl::string_view text);
  const std::string& path() const { return path_; }
  bool written() const { return written_; }

 private:
  LogFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
  bool written_ = false;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_LOG_FILE_H_
