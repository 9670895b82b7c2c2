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

}  // namespace ovenbird::fuzz

#endif  // OVENBIRD_TOOLS_TESTING_FUZZ_H_
