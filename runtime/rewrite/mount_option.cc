#include "runtime/rewrite/mount_option.h"

#include <cmath>
#include <cstdlib>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::MountOption;

bool IsTrue(absl::string_view text) {
  return text == "1" || text == "t" || text == "T" || text == "true" ||
         text == "TRUE" || text == "True";
}

std::optional<uint32_t> Number(const std::string& text, int base) {
  char* end = nullptr;
  const unsigned long long number = strtoull(text.c_str(), &end, base);
  if (text.empty() || *end != '\0' || number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(number);
}

// "64m", "1.5 GiB": the units are powers of 1024.
int64_t Bytes(const std::string& text) {
  char* unit = nullptr;
  const double number = strtod(text.c_str(), &unit);
  while (*unit == ' ') ++unit;
  const absl::string_view kUnits = "bkmgtp";
  const size_t power = kUnits.find(absl::ascii_tolower(*unit));
  if (*unit == '\0' || power == kUnits.npos) return std::llround(number);
  return static_cast<int64_t>(std::ldexp(number, static_cast<int>(10 * power)));
}

bool IsOneOf(absl::string_view key,
             std::initializer_list<absl::string_view> names) {
  for (const absl::string_view name : names) {
    if (key == name) return true;
  }
  return false;
}

// The part of a flag that says whether the mount is read-only.
std::optional<bool> ReadOnlyBy(const MountOption& option,
                               const std::string& value) {
  if (IsOneOf(option.key, {"ro", "readonly"})) {
    return !option.value || IsTrue(value);
  }
  if (IsOneOf(option.key, {"rw", "readwrite"})) {
    return option.value && !IsTrue(value);
  }
  return std::nullopt;
}

void Take(const std::string& key, std::string value, MountFlag& flag) {
  if (key == "type") {
    flag.type = absl::AsciiStrToLower(value);
  } else if (key == "from") {
    flag.from = std::move(value);
  } else if (IsOneOf(key, {"source", "src"})) {
    flag.source = std::move(value);
  } else if (IsOneOf(key, {"target", "dst", "destination"})) {
    flag.target = std::move(value);
  } else if (key == "id") {
    flag.id = std::move(value);
  } else if (key == "size") {
    flag.size = Bytes(value);
  } else if (key == "mode") {
    flag.mode = Number(value, 8);
  } else if (key == "uid") {
    flag.user = Number(value, 10);
  } else if (key == "gid") {
    flag.group = Number(value, 10);
  } else if (key == "env") {
    flag.env = std::move(value);
  }
}

}  // namespace

std::optional<MountFlag> ReadMountFlag(
    absl::string_view value,
    const std::function<std::optional<std::string>(absl::string_view)>&
        expand) {
  const absl::StatusOr<std::vector<MountOption>> options =
      dockerfile::SplitMount(value);
  if (!options.ok()) return std::nullopt;
  MountFlag flag;
  std::optional<bool> read_only;
  for (const MountOption& option : *options) {
    std::optional<std::string> expanded = expand(option.value.value_or(""));
    if (!expanded) return std::nullopt;
    if (const auto given = ReadOnlyBy(option, *expanded)) {
      read_only = given;
    } else if (option.key == "required") {
      flag.required = !option.value || IsTrue(*expanded);
    } else {
      Take(option.key, *std::move(expanded), flag);
    }
  }
  flag.read_only =
      read_only.value_or(flag.type != "cache" && flag.type != "tmpfs");
  return flag;
}

}  // namespace ovenbird::rewrite
