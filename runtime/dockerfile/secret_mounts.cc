#include "runtime/dockerfile/secret_mounts.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

bool IsTrue(const std::optional<std::string>& value) {
  if (!value) return true;
  const std::string text = absl::AsciiStrToLower(*value);
  return text == "1" || text == "t" || text == "true";
}

// nullopt: another kind of mount.
std::optional<SecretMount> Read(const Flag& flag) {
  const absl::StatusOr<std::vector<MountOption>> options =
      SplitMount(flag.value.value_or(""));
  if (!options.ok()) return std::nullopt;
  SecretMount mount;
  mount.span = flag.span;
  std::string type;
  std::string id;
  std::string source;
  std::string target;
  for (const MountOption& option : *options) {
    const std::string value = option.value.value_or("");
    if (option.key == "type") {
      type = absl::AsciiStrToLower(value);
    } else if (option.key == "id") {
      id = value;
    } else if (option.key == "source" || option.key == "src") {
      source = value;
    } else if (option.key == "target" || option.key == "dst" ||
               option.key == "destination") {
      target = value;
    } else if (option.key == "required") {
      mount.required = IsTrue(option.value);
    }
  }
  if (type != "secret") return std::nullopt;
  mount.id = SecretId(id, source, target);
  if (mount.id.empty()) return std::nullopt;
  return mount;
}

}  // namespace

std::string SecretId(absl::string_view id, absl::string_view source,
                     absl::string_view target) {
  if (!source.empty()) return std::string(source);
  if (!id.empty()) return std::string(id);
  while (!target.empty() && target.back() == '/') target.remove_suffix(1);
  return std::string(target.substr(target.rfind('/') + 1));
}

std::vector<SecretMount> SecretMounts(const Dockerfile& dockerfile) {
  std::vector<SecretMount> mounts;
  for (const Stage& stage : dockerfile.stages) {
    for (const Instruction& instruction : stage.instructions) {
      const bool is_trigger = !instruction.trigger.empty();
      const Instruction& run =
          is_trigger ? instruction.trigger[0] : instruction;
      if (run.keyword != "RUN") continue;
      for (const Flag& flag : run.flags) {
        if (flag.name != "mount") continue;
        std::optional<SecretMount> mount = Read(flag);
        if (!mount) continue;
        mount->stage = stage.index;
        // It runs in another build.
        if (is_trigger) mount->required = false;
        mounts.push_back(*std::move(mount));
      }
    }
  }
  return mounts;
}

}  // namespace ovenbird::dockerfile
