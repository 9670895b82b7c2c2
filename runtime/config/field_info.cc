#include "runtime/config/field_info.h"

namespace ovenbird::config {

const FieldInfo* MessageInfo::Find(absl::string_view field) const {
  for (const FieldInfo& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

const EnumValueInfo* EnumInfo::FindText(absl::string_view text) const {
  for (const EnumValueInfo& value : values) {
    if (value.text == text) return &value;
  }
  return nullptr;
}

const EnumValueInfo* EnumInfo::FindNumber(int number) const {
  for (const EnumValueInfo& value : values) {
    if (value.number == number) return &value;
  }
  return nullptr;
}

}  // namespace ovenbird::config
