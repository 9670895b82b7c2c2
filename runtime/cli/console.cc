#include "runtime/cli/console.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::cli {

void Console::Line(absl::string_view prefix, absl::string_view text) {
  std::string line = prefix.empty() ? std::string(text)
                                    : absl::StrCat("[", prefix, "] ", text);
  line += '\n';
  MutexLock lock(&mutex_);
  *out_ << line << std::flush;
}

absl::StatusOr<std::unique_ptr<ImageConsole>> ImageConsole::Create(
    Console* console, std::string prefix, std::string log_path) {
  std::error_code error;
  std::filesystem::create_directories(
      std::filesystem::path(log_path).parent_path(), error);
  auto image = absl::WrapUnique(
      new ImageConsole(console, std::move(prefix), std::move(log_path)));
  if (error || !image->log_) {
    return absl::PermissionDeniedError(
        absl::StrCat("can't write the log file ", image->log_path_,
                     error ? absl::StrCat(": ", error.message()) : ""));
  }
  return image;
}

ImageConsole::ImageConsole(Console* console, std::string prefix,
                           std::string log_path)
    : console_(console),
      prefix_(std::move(prefix)),
      log_path_(std::move(log_path)),
      log_(log_path_, std::ios::binary | std::ios::trunc) {}

void ImageConsole::Step(absl::string_view text) {
  console_->Line(prefix_, text);
}

void ImageConsole::Log(absl::string_view line) {
  has_log_ = true;
  log_ << line << '\n' << std::flush;
  console_->Line(prefix_, absl::StrCat("  ", line));
}

void ImageConsole::Warn(absl::string_view text) {
  console_->Line(prefix_, absl::StrCat("warning: ", text));
}

}  // namespace ovenbird::cli
