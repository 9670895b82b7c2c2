#include "runtime/base/platform.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ovenbird {
namespace {

// Other names of an architecture, with the variant that the name implies.
struct OtherName {
  absl::string_view name;
  absl::string_view architecture;
  absl::string_view variant;
};
constexpr OtherName kOtherNames[] = {
    {"x86_64", "amd64", ""},  {"x86-64", "amd64", ""}, {"i386", "386", ""},
    {"aarch64", "arm64", ""}, {"armhf", "arm", "v7"},  {"armel", "arm", "v6"}};

// An architecture of Linux, and the variants that it has.
struct Architecture {
  absl::string_view name;
  std::vector<absl::string_view> variants;
};

const std::vector<Architecture>& Architectures() {
  static const auto& all = *new std::vector<Architecture>{
      {"386", {}},
      {"amd64", {"v1", "v2", "v3", "v4"}},
      {"arm", {"v5", "v6", "v7", "v8"}},
      {"arm64",
       {"v8", "v9", "v9.0", "v9.1", "v9.2", "v9.3", "v9.4", "v9.5", "v9.6",
        "v9.7", "v9.8", "v9.9"}},
      {"loong64", {}},
      {"mips", {}},
      {"mips64", {}},
      {"mips64le", {}},
      {"mipsle", {}},
      {"ppc64", {}},
      {"ppc64le", {}},
      {"riscv64", {}},
      {"s390x", {}}};
  return all;
}

const Architecture* Find(absl::string_view name) {
  for (const Architecture& one : Architectures()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

bool Has(const Architecture& architecture, absl::string_view variant) {
  return std::find(architecture.variants.begin(), architecture.variants.end(),
                   variant) != architecture.variants.end();
}

// Replaces another name of the architecture.
void UseGoName(Platform& platform) {
  for (const OtherName& other : kOtherNames) {
    if (platform.architecture != other.name) continue;
    platform.architecture = std::string(other.architecture);
    platform.variant = std::string(other.variant);
    return;
  }
}

// The base line has no variant, except for arm, which always has one.
void NormalizeVariant(Platform& platform) {
  if (platform.architecture == "arm" && platform.variant.empty()) {
    platform.variant = "v7";
  }
  if ((platform.architecture == "arm64" && platform.variant == "v8") ||
      (platform.architecture == "amd64" && platform.variant == "v1")) {
    platform.variant.clear();
  }
}

absl::Status Problem(absl::string_view text) {
  return absl::InvalidArgumentError(text);
}

}  // namespace

std::string Platform::ToString() const {
  return absl::StrCat(os, "/", architecture, variant.empty() ? "" : "/",
                      variant);
}

absl::StatusOr<Platform> ParsePlatform(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts[0] != "linux") {
    return Problem(parts.size() == 1 ? "has no `linux/`"
                                     : absl::StrCat("system `", parts[0], "`"));
  }
  if (parts.size() == 1 || parts[1].empty()) {
    return Problem("architecture is missing");
  }
  if (parts.size() > 3) return Problem("more than three parts");
  Platform platform{"linux", parts[1], ""};
  UseGoName(platform);
  const Architecture* known = Find(platform.architecture);
  if (known == nullptr) {
    return Problem(absl::StrCat("architecture `", parts[1], "`"));
  }
  if (parts.size() == 3) {
    const bool is_implied = !platform.variant.empty();
    platform.variant = parts[2];
    // As in `arm/7`.
    if (platform.architecture == "arm" && parts[2].size() == 1) {
      platform.variant.insert(0, "v");
    }
    if (is_implied || !Has(*known, platform.variant)) {
      return Problem(absl::StrCat("variant `", parts[2], "`"));
    }
  }
  NormalizeVariant(platform);
  return platform;
}

}  // namespace ovenbird
