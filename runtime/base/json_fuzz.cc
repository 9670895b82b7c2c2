// Whatever the bytes are: a value that is read can be written, compact and
// indented, and what was written once stays the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::json {
namespace {

using fuzz::Require;

std::string Rewritten(absl::string_view text, bool pretty) {
  const absl::StatusOr<Value> value = Parse(text);
  Require(value.ok(), "what is written can be read");
  return Write(*value, pretty);
}

void Check(absl::string_view text) {
  const absl::StatusOr<Value> value = Parse(text);
  if (!value.ok()) {
    Require(!value.status().message().empty(), "an error says what is wrong");
  } else {
    // The first round makes valid UTF-8 of all strings, integers of numbers
    // like 1.0, and null of numbers beyond doubles.
    const std::string second = Rewritten(Write(*value), false);
    Require(Rewritten(second, false) == second, "a value stays the same");
    Require(Rewritten(Rewritten(second, true), false) == second,
            "indentation changes nothing");
  }
  const absl::StatusOr<Value> quoted = Parse(Quote(text));
  Require(quoted.ok() && quoted->as_string() != nullptr,
          "a quoted string is a string");
}

}  // namespace
}  // namespace ovenbird::json

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::json::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
