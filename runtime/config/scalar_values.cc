#include "runtime/config/scalar_values.h"

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::config {
namespace {

bool IsPlain(const yaml::Node& node) {
  return node.is_scalar() && node.style() == yaml::Style::kPlain;
}

}  // namespace

bool ReadBool(const yaml::Node& node, bool* out) {
  if (!IsPlain(node)) return false;
  for (const char* word : {"true", "yes", "on", "y"}) {
    if (absl::EqualsIgnoreCase(node.scalar(), word)) return *out = true;
  }
  for (const char* word : {"false", "no", "off", "n"}) {
    if (absl::EqualsIgnoreCase(node.scalar(), word)) {
      *out = false;
      return true;
    }
  }
  return false;
}

bool ReadInt(const yaml::Node& node, int64_t* out) {
  if (!IsPlain(node) || node.scalar().empty()) return false;
  const std::string text(node.scalar());
  char* end = nullptr;
  *out = std::strtoll(text.c_str(), &end, 0);
  return *end == '\0';
}

bool ReadDouble(const yaml::Node& node, double* out) {
  return IsPlain(node) && absl::SimpleAtod(node.scalar(), out);
}

std::string ReadString(const yaml::Node& node) {
  bool truth;
  int64_t number;
  double real;
  if (ReadBool(node, &truth)) return truth ? "true" : "false";
  if (ReadInt(node, &number)) return absl::StrCat(number);
  if (ReadDouble(node, &real)) return absl::StrCat(real);
  return std::string(node.scalar());
}

}  // namespace ovenbird::config
