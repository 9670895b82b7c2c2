#include "runtime/build/docker/docker_phases.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;

class PhaseObserver : public Observer {
 public:
  void Step(absl::string_view) override {}
  void Log(absl::string_view) override {}
  void Warn(absl::string_view) override {}
  void Enter(const Phase& phase) override { labels.push_back(Label(phase)); }
  void Mark(absl::string_view, PhaseMark mark) override {
    if (mark == PhaseMark::kCached) labels.push_back("cached");
  }

  std::vector<std::string> labels;
};

std::vector<std::string> PhasesOf(const std::vector<std::string>& log) {
  PhaseObserver observer;
  DockerPhases phases(observer);
  for (const std::string& line : log) phases.Add(line);
  return observer.labels;
}

TEST(DockerPhasesTest, StepsOfTheClassicBuilder) {
  EXPECT_THAT(PhasesOf({"Sending build context to Docker daemon  2.048kB",
                        "Step 1/3 : FROM debian:12", " ---> 0123456789ab",
                        "Step 2/3 : RUN make", " ---> Using cache",
                        " ---> 1123456789ab", "Step 3/3 : CMD [\"x\"]",
                        "Successfully built 1123456789ab", "Step 4 : no"}),
              ElementsAre("[1/3] FROM debian:12", "[2/3] RUN make", "cached",
                          "[3/3] CMD [\"x\"]"));
}

TEST(DockerPhasesTest, StepsOfBuildKit) {
  EXPECT_THAT(
      PhasesOf({"#1 [internal] load build definition from Dockerfile",
                "#1 DONE 0.0s", "#5 [build 1/3] FROM docker.io/debian:12",
                "#5 CACHED", "#6 [build 2/3] RUN make", "#6 0.212 cc -c a.c",
                "#7 [stage-1 1/2] COPY --from=build /a /",
                "#6 [build 2/3] RUN make", "#6 DONE 1.5s", "#6 CACHED",
                "#8 [2/2] RUN [1/2]", "#8 CACHED", "#9 exporting to image"}),
      ElementsAre("[1/3] FROM docker.io/debian:12", "cached", "[2/3] RUN make",
                  "[1/2] COPY --from=build /a /", "[2/2] RUN [1/2]", "cached"));
}

TEST(DockerPhasesTest, ScriptsAreCut) {
  EXPECT_LT(
      PhasesOf({absl::StrCat("Step 1/1 : ", std::string(9999, 'x'))})[0].size(),
      1100u);
}

}  // namespace
}  // namespace ovenbird::build
