// Reads and writes whole files.
#ifndef OVENBIRD_RUNTIME_BASE_FILE_H_
#define OVENBIRD_RUNTIME_BASE_FILE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird {

// Returns "cannot WHAT `PATH`: No such file or directory", with the status code
// that fits `error_number` (kNotFound, kPermissionDenied, ...).
absl::Status FileError(int error_number, absl::string_view what,
                       absl::string_view path);

// Returns the content, also of files without a size (FIFOs, /proc); a FileError
// if it cannot be opened or read, kOutOfRange if it has more than `most` bytes.
absl::StatusOr<std::string> ReadFile(
    const std::string& path, size_t most = std::numeric_limits<size_t>::max());

// Returns the first line of a file; empty if it cannot be read.
std::string FirstLineOf(const std::string& path);

// Writes a file that the user names. A regular file is replaced as a whole: a
// reader sees the old or the new content. Anything else is written to as it is:
// a device, a FIFO, a stream of this process (/dev/stdout). Symbolic links are
// followed and stay. An existing file keeps its mode, a new one has what the
// umask leaves.
absl::Status WriteFile(const std::string& path, absl::string_view content);

// Writes a file of Ovenbird in a folder with untrusted content (a cloned
// repository). Replaces the file as a whole; replaces a symbolic link, too, and
// never follows it. Sets the mode to `mode`; without one the rules of
// WriteFile apply.
absl::Status ReplaceFile(const std::string& path, absl::string_view content,
                         std::optional<mode_t> mode = std::nullopt);

// Writes a file piece by piece, by the rules of WriteFile.
class FileWriter {
 public:
  // Opens `path` for writing; a FileError if that fails.
  static absl::StatusOr<FileWriter> Open(const std::string& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  // Without a `Commit` before, leaves a regular file as it was.
  ~FileWriter();

  // Appends `piece`; a FileError if that fails.
  absl::Status Write(absl::string_view piece);
  // Puts a regular file in place of the old one. Call it once, after the last
  // piece; a FileError if that fails.
  absl::Status Commit();

 private:
  friend absl::Status ReplaceFile(const std::string&, absl::string_view,
                                  std::optional<mode_t>);

  FileWriter(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  static absl::StatusOr<FileWriter> OpenInPlace(const std::string& path);
  // Opens a temporary file next to `path`. `old` is the file that is replaced,
  // or null. Without a `mode` the file gets that of `old`, else the umask
  // decides.
  static absl::StatusOr<FileWriter> OpenBeside(const std::string& path,
                                               const struct stat* old,
                                               std::optional<mode_t> mode);

  std::string path_;
  int fd_;
  std::string temporary_;  // becomes `path_`; empty: it is written in place
};

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_FILE_H_
