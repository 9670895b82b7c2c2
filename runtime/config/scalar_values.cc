#include "runtime/config/scalar_values.h"

#include <optional>

#include "runtime/yaml/scalar.h"

namespace ovenbird::config {

using yaml::ScalarType;
using yaml::ScalarValue;

bool ReadBool(const yaml::Node& node, bool* out) {
  if (!node.is_scalar()) return false;
  const ScalarValue value = yaml::ResolveScalar(node);
  if (value.type != ScalarType::kBool) return false;
  *out = value.boolean;
  return true;
}

bool ReadInt(const yaml::Node& node, int64_t* out) {
  if (!node.is_scalar()) return false;
  const std::optional<int64_t> value = yaml::ResolveScalar(node).integer();
  if (value.has_value()) *out = *value;
  return value.has_value();
}

bool ReadDouble(const yaml::Node& node, double* out) {
  if (!node.is_scalar()) return false;
  const ScalarValue value = yaml::ResolveScalar(node);
  if (value.type != ScalarType::kFloat && value.type != ScalarType::kInt) {
    return false;
  }
  *out = value.real;
  return true;
}

std::string ReadString(const yaml::Node& node) { return ScalarText(node); }

}  // namespace ovenbird::config
