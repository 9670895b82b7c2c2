#include "runtime/dockerfile/dockerfile.h"

#include "absl/strings/str_cat.h"

namespace ovenbird::dockerfile {

const Flag* Instruction::FindFlag(absl::string_view name) const {
  const Flag* found = nullptr;
  for (const Flag& flag : flags) {
    if (flag.name == name) found = &flag;
  }
  return found;
}

std::string Stage::Shown() const {
  return name.empty() ? absl::StrCat("stage ", index)
                      : absl::StrCat("stage `", name, "`");
}

}  // namespace ovenbird::dockerfile
