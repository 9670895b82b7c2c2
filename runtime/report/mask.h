// Passwords in what is shown and kept.
#ifndef OVENBIRD_RUNTIME_REPORT_MASK_H_
#define OVENBIRD_RUNTIME_REPORT_MASK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::report {

// Replaces passwords by `***`.
class Mask {
 public:
  // Masks nothing.
  Mask() = default;
  // Masks these values, and each line of one with several; also as Visible()
  // shows them, and in the single quotes of a shell. Shorter ones than
  // four bytes are left: they would make any text unreadable, and are no
  // passwords.
  explicit Mask(const std::vector<std::string>& passwords);

  // Returns `text` with each password replaced; in a text that was cut and ends
  // with "...", also the beginning of one before that, from four bytes on.
  std::string Apply(absl::string_view text) const;

 private:
  void HideCutPassword(std::string& text) const;

  std::vector<std::string> passwords_;  // the longest first
};

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_MASK_H_
