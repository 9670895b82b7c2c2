// --baseline FILE: problems that were there when the file was written, and are
// not to be reported again.
#ifndef OVENBIRD_RUNTIME_PROBLEMS_BASELINE_H_
#define OVENBIRD_RUNTIME_PROBLEMS_BASELINE_H_

#include <map>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::problems {

// The known problems. A problem is recognized by its file, message, place in
// the config and the text of its line, so it is found again when lines before
// it change. Errors are never known: they stop every build.
class Baseline {
 public:
  Baseline() = default;

  // Reads what Write() has written. `path` is also where the names of files
  // start from. A FileError if it cannot be read, kInvalidArgument if it is no
  // baseline.
  static absl::StatusOr<Baseline> Read(const std::string& path);
  // Returns a baseline with the warnings and notes of `problems`, to be written
  // to `path`.
  static Baseline Of(absl::Span<const diag::Diagnostic> problems,
                     const std::string& path);

  // Returns whether the problem is known, and counts it: as many are known as
  // there were.
  bool Take(const diag::Diagnostic& problem);

  // Returns the number of problems that have not been taken.
  int size() const;
  // Returns the file's content: JSON, sorted.
  std::string Write() const;

 private:
  explicit Baseline(const std::string& path);

  // File, id of the message, path in the config, the line's text.
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  Key KeyOf(const diag::Diagnostic& problem) const;

  std::string folder_;  // absolute
  std::map<Key, int> counts_;
};

}  // namespace ovenbird::problems

#endif  // OVENBIRD_RUNTIME_PROBLEMS_BASELINE_H_
