#include "runtime/rewrite/base_triggers.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {
namespace {

TEST(BaseTriggersTest, OldExecutorsDoNotFindStagesByName) {
  struct Case {
    const char* version;
    const char* trigger;
    size_t reports;
  };
  for (const Case& c : {
           Case{"v0.19.0", "COPY --from=tools /a /a", 1},
           Case{"v0.19.0", "copy --chown=1 --from=Tools /a /a", 1},
           Case{"v0.19.0", "COPY --from=0 /a /a", 0},
           Case{"v0.19.0", "COPY --from=busybox /a /a", 0},
           Case{"v0.19.0", "COPY a /a", 0},
           Case{"v0.19.0", "RUN --from=tools", 0},
           Case{"v1.24.0", "COPY --from=tools /a /a", 0},
       }) {
    const SourceFile file("Dockerfile",
                          "FROM a AS tools\nRUN x\nFROM base\nRUN x\n");
    diag::Collector problems;
    const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
    const dockerfile::Executor executor(
        absl::StrCat("gcr.io/kaniko-project/executor:", c.version));
    Request request;
    request.dockerfile = &parsed;
    request.target = 1;
    request.stages = {0, 1};
    request.executor = &executor;
    request.base_image = [&](absl::string_view image,
                             bool) -> std::shared_ptr<const BaseImage> {
      if (image != "base") return nullptr;
      auto base = std::make_shared<BaseImage>();
      base->onbuild = {"RUN x", c.trigger};
      return base;
    };
    Rewrite(request, problems);
    EXPECT_EQ(problems.diagnostics().size(), c.reports)
        << c.version << ": " << c.trigger;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
