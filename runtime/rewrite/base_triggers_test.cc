#include "runtime/rewrite/base_triggers.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/rewrite/site.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

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

// What the rules would rewrite in the file itself cannot be rewritten in the
// base image.
TEST(BaseTriggersTest, GapsAreReported) {
  struct {
    std::vector<std::string> onbuild;
    const char* lines;
    std::vector<std::string> reports;
  } cases[] = {
      {{"COPY a /new/", "RUN x", "WORKDIR /"}, "COPY a /b/\n", {}},
      {{"WORKDIR /new"},
       "COPY a /b/\n",
       {"kaniko v1.24.0 runs ONBUILD `WORKDIR /new` of the base image "
        "differently: kaniko gives the folder a different group"}},
      {{"ENV A=1"}, "COPY a /b/\n", {}},
      {{"COPY <<EOF /x\ntext\nEOF"},
       "COPY a /b/\n",
       {"kaniko v1.24.0 runs ONBUILD `COPY <<EOF /x` of the base image "
        "differently: kaniko does not copy here-documents"}},
      {{"COPY a /opt/private/", "COPY a /opt/to-file"}, "ARG A\n", {}},
      {{"EXPOSE 80/SCTP"},
       "ARG A\n",
       {"kaniko v1.24.0 runs ONBUILD `EXPOSE 80/SCTP` of the base image "
        "differently: kaniko v1.24.0 rejects the protocol of `80/sctp`"}},
  };
  const context::Listing context = MakeListing({"a"});
  for (const auto& test : cases) {
    BaseImage base = testing::UsualBase();
    base.onbuild = test.onbuild;
    const auto outcome = testing::RewriteOver(
        {&base, &context}, absl::StrCat("FROM base\nUSER root\n", test.lines));
    EXPECT_EQ(outcome.reports, test.reports) << test.onbuild[0];
  }
}

// A stage may consist of ONBUILD alone, or have RUN only.
TEST(BaseTriggersTest, MountsAreReported) {
  BaseImage base = testing::UsualBase();
  const context::Listing context = MakeListing({"a"});
  for (const std::string trigger :
       {"RUN --mount=type=secret,id=s x", "RUN --mount=type=cache,target=/c x",
        "RUN --mount=type=bind,target=/b x"}) {
    base.onbuild = {trigger};
    for (const char* lines : {"", "RUN y\n", "ENV a=b\n"}) {
      testing::Over over;
      over.base = &base;
      over.listing = &context;
      over.secrets = {"s"};
      EXPECT_EQ(testing::RewriteOver(over, absl::StrCat("FROM base\n", lines))
                    .reports,
                std::vector<std::string>{absl::StrCat(
                    "kaniko v1.24.0 runs ONBUILD `", trigger,
                    "` of the base image differently: the executor does not "
                    "mount files for one RUN")})
          << lines;
    }
  }
}

// The instructions after FROM start where ONBUILD ends.
TEST(BaseTriggersTest, TheyComeFirst) {
  BaseImage base = testing::UsualBase();
  const context::Listing context = MakeListing({"a"});
  const char* kLines = "FROM base\nWORKDIR sub\nCOPY a b\nRUN x\n";
  EXPECT_EQ(testing::RewriteOver({&base, &context}, kLines).text,
            "FROM base\nUSER 1000:1001\nWORKDIR /srv/sub\nUSER app\n"
            "COPY a b\nRUN x\n");
  base.onbuild = {"USER root", "WORKDIR /app"};
  EXPECT_EQ(testing::RewriteOver({&base, &context}, kLines).text, kLines);
}

}  // namespace
}  // namespace ovenbird::rewrite
