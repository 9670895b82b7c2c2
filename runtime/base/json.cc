#include "runtime/base/json.h"

#include <json/reader.h>
#include <json/value.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "runtime/base/no_memory.h"
#include "runtime/base/writer.h"

namespace ovenbird::json {
namespace {

// Deeper than any object of Kubernetes or a registry; far from the stack's end.
constexpr int kDeepest = 500;

const Value& NullValue() {
  static const Value& null = *new Value();
  return null;
}

std::unique_ptr<Json::CharReader> NewReader() {
  Json::CharReaderBuilder builder;
  Json::CharReaderBuilder::strictMode(&builder.settings_);
  builder["strictRoot"] = false;     // a text or a number is JSON too
  builder["rejectDupKeys"] = false;  // the last one wins
  builder["stackLimit"] = kDeepest;
  return std::unique_ptr<Json::CharReader>(builder.newCharReader());
}

// "* Line 1, Column 2\n  Syntax error: ...\n" -> "line 1, column 2: syntax
// error ..." Only the first: the others follow from it.
std::string Readable(absl::string_view errors) {
  absl::ConsumePrefix(&errors, "* ");
  const size_t end = errors.find('\n');
  absl::string_view place = errors.substr(0, end);
  absl::string_view what =
      end == absl::string_view::npos ? "" : errors.substr(end + 1);
  what = what.substr(0, what.find('\n'));
  what = absl::StripSuffix(absl::StripLeadingAsciiWhitespace(what), ".");
  absl::ConsumePrefix(&what, "Syntax error: ");
  return absl::StrReplaceAll(absl::StrCat(place, ": ", what),
                             {{"Line ", "line "}, {", Column ", ", column "}});
}

// The reader throws for two things: this one, and a lack of memory.
bool SaysTooDeep(const Json::Exception& error) {
  return absl::StrContains(error.what(), "stackLimit");
}

Value Convert(const Json::Value& in);

// jsoncpp sorts the keys; the text's own order comes back by their places.
Value ConvertObject(const Json::Value& in) {
  std::vector<std::pair<ptrdiff_t, Json::Value::const_iterator>> places;
  places.reserve(in.size());
  for (auto it = in.begin(); it != in.end(); ++it) {
    places.emplace_back(it->getOffsetStart(), it);
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  Object out;
  out.reserve(places.size());
  for (const auto& [place, it] : places) {
    out.emplace_back(it.name(), Convert(*it));
  }
  return out;
}

Value Convert(const Json::Value& in) {
  switch (in.type()) {
    case Json::nullValue:
      return nullptr;
    case Json::intValue:
      return static_cast<int64_t>(in.asInt64());
    case Json::uintValue:
      if (in.isInt64()) return static_cast<int64_t>(in.asInt64());
      return in.asDouble();
    case Json::realValue:
      return in.asDouble();
    case Json::stringValue: {
      const char* begin = nullptr;
      const char* end = nullptr;
      in.getString(&begin, &end);  // a text may hold NUL
      return std::string(begin, end);
    }
    case Json::booleanValue:
      return in.asBool();
    case Json::arrayValue: {
      Array out;
      out.reserve(in.size());
      for (const Json::Value& item : in) out.push_back(Convert(item));
      return out;
    }
    case Json::objectValue:
      return ConvertObject(in);
  }
  return nullptr;
}

void WriteTo(const Value& value, Writer& out) {
  if (const bool* b = value.as_bool()) return out.Bool(*b);
  if (const int64_t* i = value.as_int()) return out.Int(*i);
  if (const double* d = value.as_double()) return out.Double(*d);
  if (const std::string* s = value.as_string()) return out.String(*s);
  if (const Array* items = value.as_array()) {
    out.BeginArray();
    for (const Value& item : *items) WriteTo(item, out);
    return out.EndArray();
  }
  if (const Object* members = value.as_object()) {
    out.BeginObject();
    for (const auto& [key, member] : *members) {
      out.Key(key);
      WriteTo(member, out);
    }
    return out.EndObject();
  }
  out.Null();
}

}  // namespace

Value& Value::operator=(const Value& other) {
  if (const std::string* s = other.as_string()) {
    data_ = std::string(*s);
  } else if (const Array* items = other.as_array()) {
    data_ = Array(*items);
  } else if (const Object* members = other.as_object()) {
    data_ = Object(*members);
  } else {
    data_ = other.data_;
  }
  return *this;
}

const Value& Value::operator[](absl::string_view key) const {
  for (const Member& member : members()) {
    if (member.first == key) return member.second;
  }
  return NullValue();
}

const Value& Value::operator[](size_t index) const {
  return index < items().size() ? items()[index] : NullValue();
}

const Value& Value::Get(std::initializer_list<absl::string_view> keys) const {
  const Value* at = this;
  for (absl::string_view key : keys) at = &(*at)[key];
  return *at;
}

absl::string_view Value::string_or(absl::string_view otherwise) const {
  const std::string* text = as_string();
  return text ? absl::string_view(*text) : otherwise;
}

int64_t Value::int_or(int64_t otherwise) const {
  const int64_t* number = as_int();
  return number ? *number : otherwise;
}

bool Value::bool_or(bool otherwise) const {
  const bool* flag = as_bool();
  return flag ? *flag : otherwise;
}

const Array& Value::items() const {
  static const Array& none = *new Array();
  const Array* array = as_array();
  return array ? *array : none;
}

const Object& Value::members() const {
  static const Object& none = *new Object();
  const Object* object = as_object();
  return object ? *object : none;
}

Value& Value::Set(absl::string_view key, Value value) {
  if (!as_object()) data_ = Object();
  for (Member& member : *as_object()) {
    if (member.first == key) {
      member.second = std::move(value);
      return *this;
    }
  }
  as_object()->emplace_back(std::string(key), std::move(value));
  return *this;
}

absl::StatusOr<Value> Parse(absl::string_view text) {
  while (true) {
    Json::Value root;
    std::string errors;
    try {
      if (!NewReader()->parse(text.data(), text.data() + text.size(), &root,
                              &errors)) {
        return absl::InvalidArgumentError(Readable(errors));
      }
      return Convert(root);
    } catch (const Json::Exception& error) {
      if (SaysTooDeep(error)) {
        return absl::InvalidArgumentError(
            absl::StrCat("nested deeper than ", kDeepest, " levels"));
      }
      // jsoncpp's strings are C's: without memory there is no std::bad_alloc.
      MakeRoomOrThrow();
    }
  }
}

std::string Write(const Value& value, bool pretty) {
  std::string out;
  JsonWriter writer(&out, pretty);
  WriteTo(value, writer);
  return out;
}

std::string Quote(absl::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

}  // namespace ovenbird::json
