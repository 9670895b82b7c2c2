// Reads the log files of builds, also while a build writes them.
#ifndef OVENBIRD_RUNTIME_CLI_LOG_READER_H_
#define OVENBIRD_RUNTIME_CLI_LOG_READER_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::cli {

// Returns the path of the log file of an image, relative to the folder of the
// config: ".ovenbird/logs/app.log". A second build at the same time writes
// "app-2.log".
std::string LogPath(absl::string_view key);

// An open log file.
class LogReader {
 public:
  // Opens the newest log file of the image `key` in the project's folder
  // `root`. `keys` are those of all images: the file "app-2.log" is not one of
  // `app` if there is an image `app-2`. kNotFound: the image has none;
  // kFailedPrecondition: a symlink in `.ovenbird` would have to be followed, or
  // the file is not a regular one; a FileError if it cannot be read.
  static absl::StatusOr<LogReader> OpenLast(
      const std::string& root, absl::string_view key,
      const std::vector<std::string>& keys);
  LogReader(LogReader&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        offset_(other.offset_),
        modified_(other.modified_) {}
  LogReader& operator=(LogReader&& other) noexcept;
  ~LogReader();

  // Returns the bytes after those that were returned before, from the start
  // after a build has emptied the file; none if there are no more for now.
  absl::StatusOr<std::string> Read();
  // Returns whether a build writes the file.
  bool IsWritten() const;
  const std::string& path() const { return path_; }

 private:
  LogReader(std::string path, int fd, absl::Time modified)
      : path_(std::move(path)), fd_(fd), modified_(modified) {}
  static absl::StatusOr<LogReader> Open(const std::string& root,
                                        const std::string& path);

  std::string path_;
  int fd_;
  off_t offset_ = 0;
  absl::Time modified_;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_LOG_READER_H_
