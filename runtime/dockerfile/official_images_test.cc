#include "runtime/dockerfile/official_images.h"

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

// From the start, the middle and the end of the list: it is sorted.
TEST(OfficialImagesTest, Names) {
  for (const char* name :
       {"adminer", "alpine", "buildpack-deps", "golang", "httpd", "mongo",
        "mongo-express", "node", "php-zendserver", "r-base", "rust", "ubuntu",
        "zookeeper"}) {
    EXPECT_TRUE(IsOfficialImage(name)) << name;
  }
  for (const char* name : {"", "biuld", "Golang", "nodes", "zz"}) {
    EXPECT_FALSE(IsOfficialImage(name)) << name;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
