#include "runtime/dockerfile/devices.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

TEST(DevicesTest, FindsMknod) {
  struct Case {
    const char* lines;
    bool found;
  };
  for (const Case& c : {
           Case{"RUN mknod /null c 1 3\n", true},
           Case{"RUN a && mknod -m 600 /dev/x b 7 0 || true\n", true},
           Case{"RUN [\"mknod\", \"/null\", \"c\", \"1\", \"3\"]\n", true},
           Case{"RUN <<EOF\nmknod /null c 1 3\nEOF\n", true},
           Case{"RUN mknod /pipe p\n", false},
           Case{"RUN apk add mknod c\n", false},
           Case{"RUN echo 'mknod a c 1 3'\n", false},
           Case{"COPY mknod c /x/\n", false},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", c.lines));
    diag::Collector problems;
    const Dockerfile parsed = Parse(file, problems);
    EXPECT_EQ(FindMknod(parsed, {0}) != nullptr, c.found) << c.lines;
    EXPECT_EQ(FindMknod(parsed, {}), nullptr);
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
