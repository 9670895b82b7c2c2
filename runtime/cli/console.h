// What a build shows: lines on standard error, each with its image's key when
// several are built, and kaniko's whole output in a file per image. Standard
// output is for results alone.
#ifndef OVENBIRD_RUNTIME_CLI_CONSOLE_H_
#define OVENBIRD_RUNTIME_CLI_CONSOLE_H_

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/mutex.h"
#include "runtime/build/observer.h"

namespace ovenbird::cli {

// Thread-safe: each call writes whole lines.
class Console {
 public:
  // `out` must outlive the console.
  explicit Console(std::ostream* out) : out_(out) {}
  void Line(absl::string_view prefix, absl::string_view text);

 private:
  Mutex mutex_;
  std::ostream* const out_ ABSL_PT_GUARDED_BY(mutex_);
};

// One image's view of the console, with its log file.
class ImageConsole : public build::Observer {
 public:
  // `log_path` is made anew, with the folders above it. `prefix` may be empty.
  static absl::StatusOr<std::unique_ptr<ImageConsole>> Create(
      Console* console, std::string prefix, std::string log_path);

  void Step(absl::string_view text) override;
  void Log(absl::string_view line) override;
  void Warn(absl::string_view text) override;

  // Empty while nothing was logged.
  std::string log_file() const { return has_log_ ? log_path_ : ""; }

 private:
  ImageConsole(Console* console, std::string prefix, std::string log_path);

  Console* const console_;
  const std::string prefix_;
  const std::string log_path_;
  std::ofstream log_;
  bool has_log_ = false;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CONSOLE_H_
