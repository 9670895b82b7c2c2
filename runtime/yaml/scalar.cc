#include "runtime/yaml/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace ovenbird::yaml {
namespace {

bool IsOneOf(absl::string_view text,
             std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// No other mixture of cases counts: `yEs` is a text.
std::optional<bool> BooleanWord(absl::string_view text) {
  if (IsOneOf(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE",
                     "on", "On", "ON"})) {
    return true;
  }
  if (IsOneOf(text, {"n", "N", "no", "No", "NO", "false", "False", "FALSE",
                     "off", "Off", "OFF"})) {
    return false;
  }
  return std::nullopt;
}

std::optional<double> SpecialFloat(absl::string_view text) {
  if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  if (!IsOneOf(text, {".inf", ".Inf", ".INF"})) return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

// What stands before the digits says the base: 0x, 0o, 0b, 0.
int TakeBase(absl::string_view* digits) {
  if (digits->size() < 2 || (*digits)[0] != '0') return 10;
  const char letter = absl::ascii_tolower((*digits)[1]);
  const int base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
  const bool has_letter = letter == 'x' || letter == 'b' || letter == 'o';
  digits->remove_prefix(has_letter ? 2 : 1);
  return base;
}

std::optional<uint64_t> ParseMagnitude(absl::string_view digits) {
  const int base = TakeBase(&digits);
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || result.ec != std::errc() || result.ptr != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<ScalarValue> ParseInteger(absl::string_view text) {
  ScalarValue value;
  value.type = ScalarType::kInt;
  value.negative = absl::ConsumePrefix(&text, "-");
  if (!value.negative) absl::ConsumePrefix(&text, "+");
  if (text.empty() || !absl::ascii_isdigit(text[0])) return std::nullopt;
  const std::optional<uint64_t> magnitude = ParseMagnitude(text);
  if (!magnitude) return std::nullopt;
  constexpr uint64_t kMost = uint64_t{1} << 63;
  if (value.negative && *magnitude > kMost) return std::nullopt;
  value.magnitude = *magnitude;
  value.real = static_cast<double>(*magnitude);
  if (value.negative) value.real = -value.real;
  return value;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool HasFloatForm(absl::string_view text) {
  const auto take_digits = [&text] {
    size_t count = 0;
    while (count < text.size() && absl::ascii_isdigit(text[count])) ++count;
    text.remove_prefix(count);
    return count;
  };
  if (!absl::ConsumePrefix(&text, "-")) absl::ConsumePrefix(&text, "+");
  const size_t whole = take_digits();
  size_t fraction = 0;
  if (absl::ConsumePrefix(&text, ".")) fraction = take_digits();
  if (whole + fraction == 0) return false;
  if (absl::ConsumePrefix(&text, "e") || absl::ConsumePrefix(&text, "E")) {
    if (!absl::ConsumePrefix(&text, "-")) absl::ConsumePrefix(&text, "+");
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

std::optional<ScalarValue> ParseFloat(absl::string_view text) {
  if (!HasFloatForm(text)) return std::nullopt;
  absl::ConsumePrefix(&text, "+");
  ScalarValue value;
  value.type = ScalarType::kFloat;
  const auto result = std::from_chars(text.data(), text.data() + text.size(),
                                      value.real, std::chars_format::general);
  if (result.ec != std::errc()) {
    // Too large for a number: a text; too small: 0; as in Go.
    if (!absl::StrContains(text, "e-") && !absl::StrContains(text, "E-")) {
      return std::nullopt;
    }
    value.real = 0;
  }
  return value;
}

ScalarValue ResolveNumber(absl::string_view text) {
  std::string without_underscores;
  if (absl::StrContains(text, '_')) {
    // Not behind a leading point: `._5` is a text.
    if (text[0] == '.') return {};
    without_underscores = absl::StrReplaceAll(text, {{"_", ""}});
    text = without_underscores;
  }
  if (std::optional<ScalarValue> value = ParseInteger(text)) return *value;
  if (std::optional<ScalarValue> value = ParseFloat(text)) return *value;
  return {};
}

// Go's strconv.FormatFloat(value, 'g', -1, 64).
std::string GoFloat(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  char buffer[64];
  // The shortest digits with their exponent: d.ddde+XX.
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                           std::chars_format::scientific)
                 .ptr;
  const absl::string_view scientific(buffer, end - buffer);
  const size_t e = scientific.find('e');
  int exponent = 0;
  std::from_chars(buffer + e + (buffer[e + 1] == '+' ? 2 : 1), end, exponent);
  if (value != 0 && (exponent < -4 || exponent >= 6)) {
    return std::string(scientific);
  }
  end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                      std::chars_format::fixed)
            .ptr;
  return std::string(buffer, end);
}

}  // namespace

std::optional<int64_t> ScalarValue::integer() const {
  constexpr uint64_t kMost = uint64_t{1} << 63;
  if (type != ScalarType::kInt) return std::nullopt;
  if (!negative) {
    if (magnitude >= kMost) return std::nullopt;
    return static_cast<int64_t>(magnitude);
  }
  return static_cast<int64_t>(~magnitude + 1);
}

ScalarValue ResolveScalar(absl::string_view text, Style style) {
  if (style != Style::kPlain) return {};
  ScalarValue value;
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) {
    value.type = ScalarType::kNull;
    return value;
  }
  const char first = text[0];
  if (absl::ascii_isdigit(first) || absl::StrContains("+-.", first)) {
    if (const std::optional<double> special = SpecialFloat(text)) {
      value.type = ScalarType::kFloat;
      value.real = *special;
      return value;
    }
    return ResolveNumber(text);
  }
  if (text.size() <= 5) {
    if (const std::optional<bool> word = BooleanWord(text)) {
      value.type = ScalarType::kBool;
      value.boolean = *word;
    }
  }
  return value;
}

ScalarValue ResolveScalar(const Node& node) {
  if (!node.is_null()) return ResolveScalar(node.scalar(), node.style());
  ScalarValue value;
  value.type = ScalarType::kNull;
  return value;
}

std::string ScalarText(absl::string_view text, Style style) {
  const ScalarValue value = ResolveScalar(text, style);
  switch (value.type) {
    case ScalarType::kNull:
      return "";
    case ScalarType::kBool:
      return value.boolean ? "true" : "false";
    case ScalarType::kInt:
      return absl::StrCat(value.negative && value.magnitude > 0 ? "-" : "",
                          value.magnitude);
    case ScalarType::kFloat:
      return GoFloat(value.real);
    case ScalarType::kString:
      break;
  }
  return std::string(text);
}

std::string ScalarText(const Node& node) {
  return node.is_null() ? "" : ScalarText(node.scalar(), node.style());
}

}  // namespace ovenbird::yaml
