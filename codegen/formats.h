// The formats of options.proto as regular expressions, for the JSON Schema and
// the documentation. runtime/config/format.h checks the same by hand and says
// what is wrong; a test there holds the two together.
#ifndef OVENBIRD_CODEGEN_FORMATS_H_
#define OVENBIRD_CODEGEN_FORMATS_H_

#include <string>

namespace ovenbird::codegen {

struct FormatPattern {
  const char* name;     // of the enum value: "DNS_LABEL"
  const char* words;    // "DNS label"
  std::string pattern;  // for the whole value; RE2 and ECMAScript understand it
  int max_length;       // 0: none
};

// `number`: of the enum value.
const FormatPattern& PatternOf(int number);
inline constexpr int kFormatCount = 15;

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_FORMATS_H_
