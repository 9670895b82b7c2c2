#include "runtime/base/platform.h"

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

// The normal forms are those that `docker buildx build --platform` gives to
// TARGETPLATFORM.
TEST(PlatformTest, HasOneNormalForm) {
  const struct {
    const char* text;
    const char* normal;
  } kCases[] = {
      {"linux/amd64", "linux/amd64"},
      {"linux/x86_64", "linux/amd64"},
      {"linux/x86-64", "linux/amd64"},
      {"linux/amd64/v1", "linux/amd64"},
      {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/arm64", "linux/arm64"},
      {"linux/aarch64", "linux/arm64"},
      {"linux/arm64/v8", "linux/arm64"},
      {"linux/aarch64/v8", "linux/arm64"},
      {"linux/arm64/v9", "linux/arm64/v9"},
      {"linux/arm", "linux/arm/v7"},
      {"linux/arm/v7", "linux/arm/v7"},
      {"linux/arm/7", "linux/arm/v7"},
      {"linux/arm/v6", "linux/arm/v6"},
      {"linux/arm/v8", "linux/arm/v8"},
      {"linux/armhf", "linux/arm/v7"},
      {"linux/armel", "linux/arm/v6"},
      {"linux/i386", "linux/386"},
      {"linux/386", "linux/386"},
      {"linux/s390x", "linux/s390x"},
      {"linux/ppc64le", "linux/ppc64le"},
      {"linux/riscv64", "linux/riscv64"},
  };
  for (const auto& [text, normal] : kCases) {
    const absl::StatusOr<Platform> platform = ParsePlatform(text);
    ASSERT_TRUE(platform.ok()) << text << ": " << platform.status();
    EXPECT_EQ(platform->ToString(), normal) << text;
    EXPECT_EQ(*ParsePlatform(normal), *platform);
  }
}

TEST(PlatformTest, SaysWhatIsNoPlatform) {
  const struct {
    const char* text;
    const char* reason;
  } kCases[] = {
      {"", "has no `linux/`"},
      {"amd64", "has no `linux/`"},
      {"linux", "architecture is missing"},
      {"linux/", "architecture is missing"},
      {"windows/amd64", "system `windows`"},
      {"Linux/amd64", "system `Linux`"},
      {"linux/amd65", "architecture `amd65`"},
      {"linux/ARM64", "architecture `ARM64`"},
      {"linux/amd64/v5", "variant `v5`"},
      {"linux/amd64/", "variant ``"},
      {"linux/s390x/v1", "variant `v1`"},
      {"linux/armhf/v7", "variant `v7`"},
      {"linux/arm/9", "variant `9`"},
      {"linux/arm/v7/x", "more than three parts"},
      {"linux/amd64 ", "architecture `amd64 `"},
  };
  for (const auto& [text, reason] : kCases) {
    EXPECT_EQ(ParsePlatform(text).status().message(), reason) << text;
  }
}

}  // namespace
}  // namespace ovenbird
