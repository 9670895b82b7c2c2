#include "runtime/plan/image_registries.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"
#include "runtime/plan/image_plan.h"
#include "runtime/plan/section.h"

namespace ovenbird::plan {
namespace {

// "PUSH PUSH | PULL PULL" of an image at own.io.
std::string Registries(const config::Kaniko& kaniko,
                       const std::vector<std::string>& bases) {
  ImagePlan plan;
  plan.kaniko = Section<config::Kaniko>(&kaniko);
  SetRegistries("own.io", bases, plan);
  return absl::StrCat(absl::StrJoin(plan.push_registries, " "), " | ",
                      absl::StrJoin(plan.pull_registries, " "));
}

TEST(ImageRegistriesTest, EachOnceAndPullsOnlyWherePushesAreNot) {
  struct Case {
    std::vector<std::string> args;
    std::vector<std::string> mirrors;
    std::vector<std::string> bases;
    const char* want;
  };
  for (const Case& c : std::vector<Case>{
           {{}, {}, {}, "own.io | "},
           {{}, {}, {"own.io"}, "own.io | "},
           {{},
            {},
            {"docker.io", "a.io", "docker.io"},
            "own.io | docker.io a.io"},
           {{"--cache-repo=cache.io/team/cache"},
            {},
            {"cache.io"},
            "own.io cache.io | "},
           // A further destination, with a port; one of Docker Hub; the same.
           {{"--destination=d.io:5000/app:v1", "--destination=john/app",
             "--destination=own.io/other"},
            {},
            {"docker.io"},
            "own.io d.io:5000 docker.io | "},
           {{"--cache-repo=Not A Name", "--cache-repo"}, {}, {}, "own.io | "},
           // Mirrors are asked in addition.
           {{"--registry-mirror=n.io"},
            {"m.io:5000/hub", "own.io/hub"},
            {"docker.io"},
            "own.io | docker.io m.io:5000 n.io"},
       }) {
    config::Kaniko kaniko;
    kaniko.args = c.args;
    kaniko.registry_mirrors = c.mirrors;
    EXPECT_EQ(Registries(kaniko, c.bases), c.want)
        << absl::StrJoin(c.args, " ") << absl::StrJoin(c.bases, " ");
  }
}

}  // namespace
}  // namespace ovenbird::plan
