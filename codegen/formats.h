// The formats of options.proto as regular expressions, for the JSON Schema and
// the documentation. runtime/config/format.h checks the same formats by hand,
// with an exact reason; a test there holds the two together.
#ifndef OVENBIRD_CODEGEN_FORMATS_H_
#define OVENBIRD_CODEGEN_FORMATS_H_

#include <string>

namespace ovenbird::codegen {

// A format as a regular expression.
struct FormatPattern {
  const char* name;     // of the enum value: "DNS_LABEL"
  const char* words;    // for readers: "DNS label"
  std::string pattern;  // of the whole value, for RE2 and ECMAScript alike
  int max_length;       // in bytes; 0: no limit
  // What to write, as runtime/config/format.h says it: "use at most 63 of ...".
  const char* advice;
  // Values that fit `pattern` and are wrong all the same; "": none.
  std::string excluded = "";
};

// Returns the pattern of the enum value `number`; throws std::out_of_range for
// any other number.
const FormatPattern& PatternOf(int number);
inline constexpr int kFormatCount = 16;

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_FORMATS_H_
