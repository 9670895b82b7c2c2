#include "runtime/rewrite/from.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* run;
  const char* copy;
  const char* reported;
};

TEST(FromTest, Reports) {
  constexpr char kBits[] =
      "kaniko v1.24.0 loses setuid and setgid bits below `/out`";
  constexpr char kFolder[] =
      "kaniko v1.24.0 gives the target the owner and mode of `/out`";
  for (const Case& item : std::vector<Case>{
           {"mkdir /out", "/out /x", ""},
           {"chmod 4711 /out/f", "/out /x", kBits},
           {"chmod u+s /out/f", "/out/ /x", kBits},
           {"chmod +x /out/f && chmod 755 /out/g", "/out /x", ""},
           {"chmod 4711 /out/f", "/other /x", ""},
           {"chmod 4711 /out/f", "--chmod=755 /out /x", ""},
           {"mkdir /out && chown -R app /out", "/out /x", kFolder},
           {"mkdir -m 700 /out", "/out /x", kFolder},
           {"mkdir -p /out && chmod 700 /out", "/out /x", kFolder},
           {"mkdir -p /out && chmod 755 /out", "/out /x", ""},
           {"mkdir -p /out && chown root:root /out", "/out /x", ""},
           {"mkdir -p /out && chown app /out/f", "/out /x", ""},
           // It may be a file, which keeps its owner.
           {"chown app /out", "/out /x", ""},
           {"mkdir /out && chown app /out", "--chown=1:1 /out /x", ""},
       }) {
    const SourceFile file("Dockerfile",
                          absl::StrCat("FROM a AS s\nRUN ", item.run,
                                       "\nFROM b\nCOPY --from=s ", item.copy));
    diag::Collector problems;
    const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
    const dockerfile::Executor executor(
        "gcr.io/kaniko-project/executor:v1.24.0");
    Request request;
    request.dockerfile = &dockerfile;
    request.stages = {0, 1};
    request.target = 1;
    request.executor = &executor;
    request.snapshot_mode = "full";
    Rewrite(request, problems);
    std::vector<std::string> texts;
    for (const diag::Diagnostic& one : problems.diagnostics()) {
      texts.push_back(one.message);
    }
    EXPECT_EQ(absl::StrJoin(texts, "; "), item.reported)
        << item.run << " " << item.copy;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
