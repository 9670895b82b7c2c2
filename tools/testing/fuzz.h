// What fuzz targets share: a check that ends the process, which a fuzzer
// reports as a finding.
#ifndef OVENBIRD_TOOLS_TESTING_FUZZ_H_
#define OVENBIRD_TOOLS_TESTING_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "absl/strings/string_view.h"

namespace ovenbird::fuzz {

// Aborts with `what` unless `holds`.
inline void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

// Returns the fuzzer's bytes as a string.
inline absl::string_view Text(const uint8_t* data, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

// The fuzzer's bytes as choices.
class Choices {
 public:
  // `bytes` must outlive this.
  explicit Choices(absl::string_view bytes) : bytes_(bytes) {}
  // Returns whether all bytes have been used.
  bool empty() const { return bytes_.empty(); }
  // Returns the next byte; 0 after the end.
  uint8_t Next() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return byte;
  }

 private:
  absl::string_view bytes_;
};

}  // namespace ovenbird::fuzz

#endif  // OVENBIRD_TOOLS_TESTING_FUZZ_H_
