// The options of one `--mount` of RUN.
#ifndef OVENBIRD_RUNTIME_REWRITE_MOUNT_OPTION_H_
#define OVENBIRD_RUNTIME_REWRITE_MOUNT_OPTION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::rewrite {

// A `--mount` as BuildKit reads it; strings are empty where it has no such
// option.
struct MountFlag {
  std::string type = "bind";
  std::string from;
  std::string source;
  std::string target;
  std::string id;
  // Of type=tmpfs: in bytes; 0: no limit.
  int64_t size = 0;
  bool read_only = true;
  std::optional<uint32_t> mode{};
  std::optional<uint32_t> user{};
  std::optional<uint32_t> group{};
  // Of type=secret: it must be given.
  bool required = false;
  // Of type=secret: the environment variable that gets the value.
  std::optional<std::string> env{};
};

// Returns what the value of a flag means. `expand` returns the value of an
// option with its variables expanded, nullopt if one of them is unknown; the
// result is nullopt then, and if the flag is wrong.
std::optional<MountFlag> ReadMountFlag(
    absl::string_view value,
    const std::function<std::optional<std::string>(absl::string_view)>& expand);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_MOUNT_OPTION_H_
