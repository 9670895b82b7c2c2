#include "runtime/init/dockerfiles.h"

#include "gtest/gtest.h"

namespace ovenbird::init {
namespace {

TEST(Dockerfiles, Names) {
  for (const char* name :
       {"Dockerfile", "dockerfile", "Dockerfile.dev", "Dockerfile-dev",
        "Dockerfile_dev", "web.dockerfile", "Web.Dockerfile", "Containerfile",
        "Containerfile.arm64", "web.containerfile"}) {
    EXPECT_TRUE(IsDockerfileName(name)) << name;
  }
  for (const char* name :
       {"Dockerfiles", "Dockerfile.", "Dockerfile.dockerignore",
        "web.dockerfile.dockerignore", "Dockerfile.j2", "Dockerfile.tmpl",
        "Dockerfile~", "Dockerfile.bak", "dockerfile.go", "dockerfile-lint.md",
        ".dockerfile", "xdockerfile", "Makefile", ""}) {
    EXPECT_FALSE(IsDockerfileName(name)) << name;
  }
}

TEST(Dockerfiles, FoldersOfOthers) {
  for (const char* path : {"node_modules/a/Dockerfile", "a/vendor/b/Dockerfile",
                           ".devcontainer/Dockerfile", "a/.cache/Dockerfile"}) {
    EXPECT_TRUE(IsForeign(path)) << path;
  }
  for (const char* path : {"Dockerfile", "./Dockerfile", "a/Dockerfile",
                           ".docker/Dockerfile", "vendor"}) {
    EXPECT_FALSE(IsForeign(path)) << path;
  }
}

}  // namespace
}  // namespace ovenbird::init
