#include "runtime/report/command_text.h"

#include <string>

#include "absl/strings/str_replace.h"

namespace ovenbird::report {

std::string CommandData(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}

std::string CommandProperty(absl::string_view text) {
  return absl::StrReplaceAll(CommandData(text), {{":", "%3A"}, {",", "%2C"}});
}

std::string JsonWithoutCommands(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"##[", "#\\u0023["}});
}

}  // namespace ovenbird::report
