#include "codegen/gen_common.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codegen/names.h"

namespace ovenbird::codegen {

void EmitBanner(const Schema& schema, Emitter* out) {
  out->Emit(
      {{"text", CppComment(absl::StrCat("Generated from ", schema.file,
                                        " by its schema_library rule. Do not "
                                        "edit: change the schema."),
                           0)}},
      "$text$");
}

std::string TypeRef(const std::string& name, const std::string& cpp_namespace,
                    const Schema& schema) {
  if (cpp_namespace == schema.cpp_namespace) return name;
  return absl::StrCat("::", cpp_namespace, "::", name);
}

std::string ValueType(const Field& field, const Schema& schema) {
  switch (field.kind) {
    case Kind::kBool:
      return "bool";
    case Kind::kInt32:
      return "int32_t";
    case Kind::kInt64:
      return "int64_t";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "std::string";
    case Kind::kEnum:
      return TypeRef(field.enumeration->name, field.enumeration->cpp_namespace,
                     schema);
    case Kind::kMessage:
      return TypeRef(field.message->name, field.message->cpp_namespace, schema);
    case Kind::kAny:
      return schema.kind == schema::CONFIG ? "const ::ovenbird::yaml::Node*"
                                           : "::ovenbird::json::Value";
  }
  return "";
}

std::string MemberType(const Field& field, const Schema& schema) {
  std::string value = ValueType(field, schema);
  if (field.shape == Shape::kOne) {
    if (field.plain || field.kind == Kind::kAny) return value;
    return absl::StrCat(field.kind == Kind::kMessage
                            ? "::ovenbird::config::Boxed<"
                            : "std::optional<",
                        value, ">");
  }
  if (field.rule.nullable_items()) {
    value = absl::StrCat("std::optional<", value, ">");
  }
  if (field.shape == Shape::kMap) {
    value = absl::StrCat("std::pair<std::string, ", value, ">");
  }
  return absl::StrCat("std::vector<", value, ">");
}

std::string TypeText(const Field& field) {
  std::string one;
  std::string many;
  switch (field.kind) {
    case Kind::kBool:
      one = "boolean";
      many = "booleans";
      break;
    case Kind::kInt32:
    case Kind::kInt64:
      one = "integer";
      many = "integers";
      break;
    case Kind::kDouble:
      one = "number";
      many = "numbers";
      break;
    case Kind::kString:
      one = "string";
      many = "strings";
      break;
    case Kind::kEnum:
      one = "enum";
      many = "enum values";
      break;
    case Kind::kMessage:
      one = "object";
      many = "objects";
      break;
    case Kind::kAny:
      one = "any YAML";
      many = "any YAML";
      break;
  }
  if (field.shape == Shape::kList) return absl::StrCat("list of ", many);
  if (field.shape == Shape::kMap) return absl::StrCat("map of string to ", one);
  return one;
}

}  // namespace ovenbird::codegen
