#include "runtime/config/from_json.h"

#include <cstring>
#include <string>

namespace ovenbird::config {
namespace {

bool HasType(const MemberOps& ops, const json::Value& json) {
  switch (ops.kind) {
    case Kind::kBool:
      return json.as_bool() != nullptr;
    case Kind::kInt32:
      return json.as_int() != nullptr && *json.as_int() >= INT32_MIN &&
             *json.as_int() <= INT32_MAX;
    case Kind::kInt64:
      return json.as_int() != nullptr;
    case Kind::kDouble:
      return json.as_int() != nullptr || json.as_double() != nullptr;
    case Kind::kString:
      return json.as_string() != nullptr;
    case Kind::kEnum:
      return json.as_string() != nullptr &&
             ops.enumeration().FindText(*json.as_string()) != nullptr;
    case Kind::kMessage:
      return json.as_object() != nullptr;
    case Kind::kJson:
      return true;
    case Kind::kNode:
      return false;
  }
  return false;
}

// `json` has the type.
void ReadValue(const MemberOps& ops, const json::Value& json, void* out) {
  switch (ops.kind) {
    case Kind::kBool:
      *static_cast<bool*>(out) = *json.as_bool();
      return;
    case Kind::kInt32:
      *static_cast<int32_t*>(out) = static_cast<int32_t>(*json.as_int());
      return;
    case Kind::kInt64:
      *static_cast<int64_t*>(out) = *json.as_int();
      return;
    case Kind::kDouble:
      *static_cast<double*>(out) = json.as_double() != nullptr
                                       ? *json.as_double()
                                       : static_cast<double>(*json.as_int());
      return;
    case Kind::kString:
      *static_cast<std::string*>(out) = *json.as_string();
      return;
    case Kind::kEnum: {
      const int number = ops.enumeration().FindText(*json.as_string())->number;
      std::memcpy(out, &number, sizeof(number));
      return;
    }
    case Kind::kMessage:
      return ReadJson(ops.message(), json, out);
    case Kind::kJson:
      *static_cast<json::Value*>(out) = json;
      return;
    case Kind::kNode:
      return;
  }
}

void AppendItem(const MemberOps& ops, absl::string_view key,
                const json::Value& json, void* member) {
  if (ops.nullable && json.is_null()) {
    ops.append(member, key, true);
  } else if (HasType(ops, json)) {
    ReadValue(ops, json, ops.append(member, key, false));
  }
}

}  // namespace

void ReadJson(const MessageInfo& info, const json::Value& json, void* out) {
  for (const json::Member& entry : json.members()) {
    const FieldInfo* field = info.Find(entry.first);
    if (field == nullptr) continue;
    const MemberOps& ops = *field->member.ops;
    void* member = field->member.of(out);
    switch (ops.shape) {
      case Shape::kOne:
        if (HasType(ops, entry.second)) {
          ReadValue(ops, entry.second, ops.emplace(member));
        }
        break;
      case Shape::kList:
        for (const json::Value& item : entry.second.items()) {
          AppendItem(ops, {}, item, member);
        }
        break;
      case Shape::kMap:
        for (const json::Member& item : entry.second.members()) {
          AppendItem(ops, item.first, item.second, member);
        }
        break;
    }
  }
}

}  // namespace ovenbird::config
