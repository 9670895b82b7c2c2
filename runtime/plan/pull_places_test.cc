#include "runtime/plan/pull_places.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/config/config.h"

namespace ovenbird::plan {
namespace {

config::Kaniko WithArgs(std::vector<std::string> args, bool insecure = false) {
  config::Kaniko kaniko;
  kaniko.args = std::move(args);
  kaniko.insecure = insecure;
  return kaniko;
}

TEST(PullPlacesTest, WhatIsInsecure) {
  struct Case {
    config::Kaniko kaniko;
    const char* domain;
    bool insecure;
  };
  for (const Case& c : std::vector<Case>{
           {WithArgs({}), "r.io", false},
           {WithArgs({"--insecure-pull"}), "r.io", true},
           {WithArgs({"--insecure-pull=true"}), "docker.io", true},
           {WithArgs({"--insecure-pull=false"}), "r.io", false},
           {WithArgs({"--insecure-pull", "--insecure-pull=0"}), "r.io", false},
           {WithArgs({"--skip-tls-verify-pull"}), "r.io", true},
           // Of pushes alone.
           {WithArgs({"--insecure", "--skip-tls-verify"}), "r.io", false},
           {WithArgs({"--insecure-registry=r.io"}), "r.io", true},
           {WithArgs({"--insecure-registry=r.io"}), "r.io:5000", false},
           {WithArgs({"--insecure-registry=a", "--insecure-registry=r.io"}),
            "r.io", true},
           {WithArgs({"--skip-tls-verify-registry=r.io"}), "r.io", true},
           {WithArgs({"--insecure-registry"}), "r.io", false},
           // `insecure: true` is for the registry of the image.
           {WithArgs({}, true), "own.io:5000", true},
           {WithArgs({}, true), "own.io", false},
           {WithArgs({}, true), "r.io", false},
       }) {
    EXPECT_EQ(IsInsecurePull(c.kaniko, "own.io:5000/app", c.domain), c.insecure)
        << absl::StrJoin(c.kaniko.args, " ") << " " << c.domain;
  }
  EXPECT_TRUE(IsInsecurePull(WithArgs({}, true), "john/app", "docker.io"));
  // A name that is not one has no registry.
  EXPECT_FALSE(IsInsecurePull(WithArgs({}, true), "Not A Name", "docker.io"));
}

// Of each place its name, and a `!` if it is insecure.
std::string Places(const config::Kaniko& kaniko, const std::string& image) {
  std::vector<std::string> shown;
  for (const PullPlace& place : PullPlaces(kaniko, "own.io/app", image)) {
    shown.push_back(
        absl::StrCat(place.name.ToString(), place.insecure ? "!" : ""));
  }
  return absl::StrJoin(shown, " ");
}

TEST(PullPlacesTest, EachMirrorByItself) {
  const config::Kaniko kaniko =
      WithArgs({"--registry-mirror=m.io:5000/hub", "--registry-mirror=n.io",
                "--insecure-registry=m.io:5000"});
  EXPECT_EQ(Places(kaniko, "alpine:3"),
            "m.io:5000/hub/library/alpine:3! n.io/library/alpine:3 "
            "docker.io/library/alpine:3");
  // Mirrors are for Docker Hub.
  EXPECT_EQ(Places(kaniko, "m.io:5000/a"), "m.io:5000/a!");
  EXPECT_EQ(Places(kaniko, "own.io/base:1"), "own.io/base:1");
  EXPECT_EQ(Places(WithArgs({}, true), "own.io/base:1"), "own.io/base:1!");
  for (const char* image : {"", "A", "a:b:c", "$BASE"}) {
    EXPECT_EQ(Places(kaniko, image), "") << image;
  }
}

}  // namespace
}  // namespace ovenbird::plan
