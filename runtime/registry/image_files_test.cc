#include "runtime/registry/image_files.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace ovenbird::registry {
namespace {

ImageFile Link(const std::string& target) {
  ImageFile file;
  file.type = ImageFile::kSymlink;
  file.link = target;
  return file;
}

ImageFile Folder() {
  ImageFile file;
  file.type = ImageFile::kFolder;
  return file;
}

TEST(ImageFilesTest, FollowsLinksInsideTheImage) {
  ImageFiles files;
  files.entries = {
      {"/bin", Link("usr/bin")},  {"/usr", Folder()},
      {"/usr/bin", Folder()},     {"/usr/bin/sh", Link("busybox")},
      {"/up", Link("../../usr")}, {"/absolute", Link("/usr/bin")},
      {"/loop", Link("loop")},    {"/nowhere", Link("/missing/deep")}};
  const struct {
    const char* path;
    bool follow_last;
    std::optional<std::string> want;
  } cases[] = {
      {"/", true, "/"},
      {"/usr/bin", true, "/usr/bin"},
      {"/bin", false, "/bin"},
      {"/bin", true, "/usr/bin"},
      {"/bin/sh", false, "/usr/bin/sh"},
      {"/bin/sh", true, "/usr/bin/busybox"},
      {"/up/bin", true, "/usr/bin"},
      {"/absolute/new/x", true, "/usr/bin/new/x"},
      {"/nowhere/x", true, "/missing/deep/x"},
      {"/loop", true, std::nullopt},
      {"/loop", false, "/loop"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(files.Resolve(c.path, c.follow_last), c.want) << c.path;
  }
}

}  // namespace
}  // namespace ovenbird::registry
