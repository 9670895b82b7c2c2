// JSON values, the only use of jsoncpp. Object keys keep their order of
// insertion, so that the output is deterministic.
#ifndef OVENBIRD_RUNTIME_BASE_JSON_H_
#define OVENBIRD_RUNTIME_BASE_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;

// One JSON value, which owns what it contains. Reading never fails: a missing
// key or another type gives a null value or a default.
class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(int64_t{value}) {}
  Value(int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(absl::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}
  Value(Value&&) = default;
  Value& operator=(Value&&) = default;
  // Not the variant's own copies: those of libstdc++ 12 crash if they find no
  // memory.
  Value(const Value& other) { *this = other; }
  Value& operator=(const Value& other);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Returns the value if it has that type, else null.
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const int64_t* as_int() const { return std::get_if<int64_t>(&data_); }
  const double* as_double() const { return std::get_if<double>(&data_); }
  // Returns the same of a string.
  const std::string* as_string() const {
    return std::get_if<std::string>(&data_);
  }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  const Object* as_object() const { return std::get_if<Object>(&data_); }
  Array* as_array() { return std::get_if<Array>(&data_); }
  Object* as_object() { return std::get_if<Object>(&data_); }

  // Return a shared null value if the key or the item does not exist, or this
  // is not an object or an array.
  const Value& operator[](absl::string_view key) const;
  const Value& operator[](size_t index) const;
  // Follows keys: Get({"metadata", "name"}). Returns a shared null value if one
  // is missing.
  const Value& Get(std::initializer_list<absl::string_view> keys) const;
  // Returns the value if it has that type, else `otherwise`. Integers are not
  // converted from doubles or strings.
  absl::string_view string_or(absl::string_view otherwise = "") const;
  int64_t int_or(int64_t otherwise = 0) const;
  bool bool_or(bool otherwise = false) const;
  // Returns the items of an array; no items for any other value.
  const Array& items() const;
  // Returns the members of an object; no members for any other value.
  const Object& members() const;

  // Sets or replaces a member and returns this. A value that is not an object
  // is replaced with an empty object first.
  Value& Set(absl::string_view key, Value value);

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array,
               Object>
      data_;
};

// Returns the value; kInvalidArgument with line and column for a string that is
// not JSON, or that is nested too deeply. The last of duplicate keys wins; an
// integer beyond 64 bits becomes a double.
absl::StatusOr<Value> Parse(absl::string_view text);
// Returns `value` as JSON: compact, or with two spaces of indentation. No line
// end.
std::string Write(const Value& value, bool pretty = false);
// Returns `text` as a JSON string with its quotes.
std::string Quote(absl::string_view text);

}  // namespace ovenbird::json

#endif  // OVENBIRD_RUNTIME_BASE_JSON_H_
