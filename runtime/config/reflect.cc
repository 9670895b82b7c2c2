#include "runtime/config/reflect.h"

#include <cstring>

#include "absl/algorithm/container.h"
#include "runtime/base/json.h"
#include "runtime/config/scalar_values.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {
void WriteNode(const yaml::Node* node, Writer& writer) {
  if (node == nullptr || node->is_null()) return writer.Null();
  if (node->is_sequence()) {
    writer.BeginArray();
    for (const yaml::Node* item : node->items()) WriteNode(item, writer);
    return writer.EndArray();
  }
  if (node->is_mapping()) {
    writer.BeginObject();
    for (const yaml::Entry& entry : node->entries()) {
      writer.Key(entry.key());
      WriteNode(entry.value(), writer);
    }
    return writer.EndObject();
  }
  bool truth = false;
  int64_t whole = 0;
  double number = 0;
  if (ReadBool(*node, &truth)) return writer.Bool(truth);
  if (ReadInt(*node, &whole)) return writer.Int(whole);
  if (ReadDouble(*node, &number)) return writer.Double(number);
  writer.String(node->scalar());
}

namespace {

template <typename T>
const T& As(const void* value) {
  return *static_cast<const T*>(value);
}

int EnumNumber(const void* value) {
  int number = 0;
  std::memcpy(&number, value, sizeof(number));
  return number;
}

void WriteJson(const json::Value& value, Writer& writer) {
  if (value.is_null()) return writer.Null();
  if (const bool* truth = value.as_bool()) return writer.Bool(*truth);
  if (const int64_t* whole = value.as_int()) return writer.Int(*whole);
  if (const double* number = value.as_double()) return writer.Double(*number);
  if (const std::string* text = value.as_string()) return writer.String(*text);
  if (value.as_array() != nullptr) {
    writer.BeginArray();
    for (const json::Value& item : value.items()) WriteJson(item, writer);
    return writer.EndArray();
  }
  writer.BeginObject();
  for (const json::Member& member : value.members()) {
    writer.Key(member.first);
    WriteJson(member.second, writer);
  }
  writer.EndObject();
}

enum class What { kSet, kChanged };

class MessageWriter {
 public:
  MessageWriter(What what, Writer& writer) : what_(what), writer_(writer) {}

  // `without`: names of fields to leave out.
  void Message(const MessageInfo& info, const void* message,
               absl::Span<const absl::string_view> without = {}) {
    writer_.BeginObject();
    for (const FieldInfo& field : info.fields) {
      if (what_ == What::kChanged && !field.has(kRequired) &&
          EqualField(field, message, info.defaults())) {
        continue;
      }
      if (absl::c_linear_search(without, field.name)) continue;
      Member(field, ConstMember(field, message));
    }
    writer_.EndObject();
  }

 private:
  void Member(const FieldInfo& field, const void* member) {
    const MemberOps& ops = *field.member.ops;
    if (ops.shape == Shape::kOne) {
      const void* value = ops.value(member);
      if (value == nullptr || IsAbsent(ops.kind, value)) return;
      writer_.Key(field.name);
      Value(ops, value);
      return;
    }
    const size_t size = ops.size(member);
    if (size == 0 && !field.has(kKeepEmpty)) return;
    writer_.Key(field.name);
    ops.shape == Shape::kList ? writer_.BeginArray() : writer_.BeginObject();
    for (size_t i = 0; i < size; ++i) {
      const Item item = ops.item(member, i);
      if (ops.shape == Shape::kMap) writer_.Key(item.key);
      item.value == nullptr ? writer_.Null() : Value(ops, item.value);
    }
    ops.shape == Shape::kList ? writer_.EndArray() : writer_.EndObject();
  }

  // Members of any value are absent when they are null.
  static bool IsAbsent(Kind kind, const void* value) {
    if (kind == Kind::kNode) return As<const yaml::Node*>(value) == nullptr;
    return kind == Kind::kJson && As<json::Value>(value).is_null();
  }

  void Value(const MemberOps& ops, const void* value) {
    switch (ops.kind) {
      case Kind::kBool:
        return writer_.Bool(As<bool>(value));
      case Kind::kInt32:
        return writer_.Int(As<int32_t>(value));
      case Kind::kInt64:
        return writer_.Int(As<int64_t>(value));
      case Kind::kDouble:
        return writer_.Double(As<double>(value));
      case Kind::kString:
        return writer_.String(As<std::string>(value));
      case Kind::kEnum:
        return writer_.String(EnumText(ops.enumeration(), EnumNumber(value)));
      case Kind::kMessage:
        return Message(ops.message(), value);
      case Kind::kNode:
        return WriteNode(As<const yaml::Node*>(value), writer_);
      case Kind::kJson:
        return WriteJson(As<json::Value>(value), writer_);
    }
  }

  What what_;
  Writer& writer_;
};

bool EqualNode(const yaml::Node* a, const yaml::Node* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  return ToJson([&](Writer& writer) { WriteNode(a, writer); }) ==
         ToJson([&](Writer& writer) { WriteNode(b, writer); });
}

bool EqualValue(const MemberOps& ops, const void* a, const void* b) {
  if (a == nullptr || b == nullptr) return a == b;
  switch (ops.kind) {
    case Kind::kBool:
      return As<bool>(a) == As<bool>(b);
    case Kind::kInt32:
      return As<int32_t>(a) == As<int32_t>(b);
    case Kind::kInt64:
      return As<int64_t>(a) == As<int64_t>(b);
    case Kind::kDouble:
      return As<double>(a) == As<double>(b);
    case Kind::kString:
      return As<std::string>(a) == As<std::string>(b);
    case Kind::kEnum:
      return EnumNumber(a) == EnumNumber(b);
    case Kind::kMessage:
      return Equal(ops.message(), a, b);
    case Kind::kNode:
      return EqualNode(As<const yaml::Node*>(a), As<const yaml::Node*>(b));
    case Kind::kJson:
      return As<json::Value>(a) == As<json::Value>(b);
  }
  return false;
}

}  // namespace

void WriteSet(const MessageInfo& info, const void* message, Writer& writer) {
  MessageWriter(What::kSet, writer).Message(info, message);
}

void WriteChanged(const MessageInfo& info, const void* message,
                  Writer& writer) {
  MessageWriter(What::kChanged, writer).Message(info, message);
}

void WriteChangedWithout(const MessageInfo& info, const void* message,
                         absl::Span<const absl::string_view> names,
                         Writer& writer) {
  MessageWriter(What::kChanged, writer).Message(info, message, names);
}

std::string ToYaml(absl::FunctionRef<void(Writer&)> write) {
  std::string text;
  YamlWriter writer(&text);
  write(writer);
  return text;
}

std::string ToJson(absl::FunctionRef<void(Writer&)> write) {
  std::string text;
  JsonWriter writer(&text);
  write(writer);
  return text;
}

bool EqualField(const FieldInfo& field, const void* a, const void* b) {
  const MemberOps& ops = *field.member.ops;
  const void* left = ConstMember(field, a);
  const void* right = ConstMember(field, b);
  if (ops.shape == Shape::kOne) {
    return EqualValue(ops, ops.value(left), ops.value(right));
  }
  if (ops.size(left) != ops.size(right)) return false;
  for (size_t i = 0; i < ops.size(left); ++i) {
    const Item x = ops.item(left, i);
    const Item y = ops.item(right, i);
    if (x.key != y.key || !EqualValue(ops, x.value, y.value)) return false;
  }
  return true;
}

bool Equal(const MessageInfo& info, const void* a, const void* b) {
  for (const FieldInfo& field : info.fields) {
    if (!EqualField(field, a, b)) return false;
  }
  return true;
}

absl::string_view EnumText(const EnumInfo& info, int number) {
  const EnumValueInfo* value = info.FindNumber(number);
  return value == nullptr ? absl::string_view() : value->text;
}

void CopyScalar(Kind kind, const void* from, void* to) {
  size_t size = 0;
  switch (kind) {
    case Kind::kBool:
      size = sizeof(bool);
      break;
    case Kind::kInt32:
    case Kind::kEnum:
      size = sizeof(int32_t);
      break;
    case Kind::kInt64:
    case Kind::kDouble:
      size = sizeof(int64_t);
      break;
    default:
      break;
  }
  std::memcpy(to, from, size);
}

}  // namespace ovenbird::config
