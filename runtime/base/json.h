// JSON values. The only door to jsoncpp. Object keys keep their order of
// insertion, so that what is written is what was meant.
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

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const int64_t* as_int() const { return std::get_if<int64_t>(&data_); }
  const double* as_double() const { return std::get_if<double>(&data_); }
  const std::string* as_string() const {
    return std::get_if<std::string>(&data_);
  }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  const Object* as_object() const { return std::get_if<Object>(&data_); }
  Array* as_array() { return std::get_if<Array>(&data_); }
  Object* as_object() { return std::get_if<Object>(&data_); }

  // Reading that never fails: a shared null for what is not there or has
  // another type.
  const Value& operator[](absl::string_view key) const;
  const Value& operator[](size_t index) const;
  // Follows keys: Get({"metadata", "name"}).
  const Value& Get(std::initializer_list<absl::string_view> keys) const;
  absl::string_view string_or(absl::string_view otherwise = "") const;
  int64_t int_or(int64_t otherwise = 0) const;
  bool bool_or(bool otherwise = false) const;
  // Items of an array, members of an object; empty for others.
  const Array& items() const;
  const Object& members() const;

  // Sets a member (making this an object if it is null).
  Value& Set(absl::string_view key, Value value);

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array,
               Object>
      data_;
};

// kInvalidArgument with line and column for text that is not JSON. Duplicate
// keys: the last one wins.
absl::StatusOr<Value> Parse(absl::string_view text);
// Compact, or with two blanks of indentation.
std::string Write(const Value& value, bool pretty = false);
// `text` as a JSON string with its quotes.
std::string Quote(absl::string_view text);

}  // namespace ovenbird::json

#endif  // OVENBIRD_RUNTIME_BASE_JSON_H_
