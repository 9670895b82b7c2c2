// Builds of ten images on a machine that runs out of something, at many points:
// the program does not crash, its exit code says whose fault it is, and no
// object is left in the cluster. docs/security.md has the figures of a run with
//   --test_env=OVENBIRD_EVERY_POINT=1
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/subprocess.h"
#include "tools/limits/small_cluster.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::IsOk;

constexpr int kImages = 10;
// The cluster, a registry, a file: not the config, not the Dockerfile.
constexpr int kEnvironment = 3;

class LimitsTest : public ::testing::Test {
 protected:
  // Runs the build with `limit`, a command of the shell such as "ulimit -n 9",
  // and `fail` as fail.cc describes it. Returns the exit code.
  int Build(const std::string& limit, const std::string& fail,
            const std::string& arguments = "--engine kubernetes --jobs 4") {
    const std::string here = std::filesystem::current_path().string();
    mark_ = cluster_.folder() + "/failed";
    std::filesystem::remove(mark_);
    std::filesystem::remove_all(cluster_.folder() + "/.ovenbird");
    Subprocess process;
    process.argv = {
        "sh",
        "-c",
        absl::StrCat(limit, "; exec env LD_PRELOAD=\"$1\" \"$2\" ", arguments),
        "sh",
        fail.empty() ? "" : here + "/tools/limits/libfail.so",
        here + "/tools/build"};
    process.working_dir = cluster_.folder();
    process.set_env = cluster_.Environment();
    process.set_env.emplace_back("OVENBIRD_FAIL", fail);
    process.set_env.emplace_back("OVENBIRD_FAIL_MARK", mark_);
    process.timeout = absl::Minutes(3);
    const absl::Time start = absl::Now();
    absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    EXPECT_THAT(result, IsOk());
    if (!result.ok()) return -1;
    slowest_ = std::max(slowest_, absl::Now() - start);
    output_ = absl::StrCat(result->out, result->err);
    return result->exit_code;
  }

  // Checks a build that may have failed. Returns whether it succeeded.
  bool Check(const std::string& limit, const std::string& fail) {
    SCOPED_TRACE(absl::StrCat(limit, " ", fail));
    const int code = Build(limit, fail);
    ++codes_[code];
    const bool was_good =
        (code == 0 || code == kEnvironment) && cluster_.objects().empty();
    const std::string what = was_good ? "" : output_ + Stacks();
    EXPECT_THAT(code, ::testing::AnyOf(0, kEnvironment)) << what;
    EXPECT_THAT(cluster_.objects(), ::testing::IsEmpty()) << what;
    cluster_.DeleteAll();
    return code == 0;
  }

  // Returns the stacks that libfail.so has written, with the names of our
  // functions if addr2line is installed.
  std::string Stacks() const {
    const absl::StatusOr<std::string> stacks = ReadFile(mark_);
    if (!stacks.ok()) return "";
    Subprocess names;
    names.argv = {"addr2line", "-Cfpe",
                  std::filesystem::current_path().string() + "/tools/build"};
    std::string others;
    for (absl::string_view line : absl::StrSplit(*stacks, '\n')) {
      const size_t address = line.rfind(" 0x");
      if (address != line.npos &&
          absl::EndsWith(line.substr(0, address), "/tools/build")) {
        names.argv.emplace_back(line.substr(address + 1));
      } else {
        // Their numbers say where the others are.
        absl::StrAppend(&others, names.argv.size() - 3, ": ", line, "\n");
      }
    }
    const absl::StatusOr<SubprocessResult> found = RunSubprocess(names);
    if (!found.ok() || !found->ok()) return *stacks;
    return absl::StrCat("\n", found->out, "after so many of these:\n", others);
  }

  // Lets the first, second ... call of a kind fail, `step` apart, until the
  // build makes fewer calls. `later`: "+" if all later ones fail, too.
  void CheckEachCall(const std::string& kind, int step,
                     const std::string& later) {
    int points = 0;
    if (EveryPoint()) step = 1;
    // The first file is the config: that it cannot be read is exit code 2.
    for (int call = 2; call < 1000000; call += step) {
      Check("true", absl::StrCat(kind, ":", call, later));
      if (!std::filesystem::exists(mark_)) break;
      ++points;
    }
    EXPECT_GT(points, 0);
    Report(absl::StrCat(kind, later), points);
  }

  // Lets one allocation fail. There are too many to try each: some, `step`
  // apart from `first` on, since the first ones are of constructors before
  // main().
  void CheckAllocations(const std::string& kind, int64_t first, int64_t step) {
    int points = 0;
    if (EveryPoint()) step = 101;
    for (int64_t call = first; call < 10000000; call += step) {
      Check("true", absl::StrCat(kind, ":", call));
      if (!std::filesystem::exists(mark_)) break;
      ++points;
    }
    EXPECT_GT(points, 0);
    Report(kind, points);
  }

  static bool EveryPoint() { return getenv("OVENBIRD_EVERY_POINT") != nullptr; }

  void Report(absl::string_view what, int points) {
    const auto describe = [](std::string* out, const auto& code) {
      absl::StrAppend(out, code.second, " times ", code.first);
    };
    std::cerr << what << ": " << points << " points; exit codes: "
              << absl::StrJoin(codes_, ", ", describe) << "; slowest "
              << absl::FormatDuration(
                     absl::Trunc(slowest_, absl::Milliseconds(1)))
              << "\n";
  }

  testing::SmallCluster cluster_{kImages};
  std::string mark_;
  std::string output_;
  std::map<int, int> codes_;
  absl::Duration slowest_;
};

TEST_F(LimitsTest, WithoutALimitAllIsBuilt) {
  EXPECT_EQ(Build("true", ""), 0) << output_;
  EXPECT_THAT(output_, ::testing::HasSubstr("image9"));
  EXPECT_THAT(cluster_.objects(), ::testing::IsEmpty());
}

// With fewer than 4 the program cannot be loaded. From about 17 on some
// connections can be made and others not; those are waited for, but not long.
TEST_F(LimitsTest, Descriptors) {
  int points = 0;
  for (int limit = 4; limit <= 24; ++limit, ++points) {
    const bool built = Check(absl::StrCat("ulimit -n ", limit), "");
    EXPECT_TRUE(!built || limit > 16) << limit;
  }
  EXPECT_TRUE(Check("ulimit -n 256", ""));
  EXPECT_LT(slowest_, absl::Minutes(1));
  Report("ulimit -n 4 to 24, 256", points + 1);
}

// In KiB of address space; below the first limit the program cannot be loaded.
TEST_F(LimitsTest, Memory) {
  const int step = EveryPoint() ? 4 << 10 : 32 << 10;
  int limit = step;
  while (Build(absl::StrCat("ulimit -v ", limit), "", "--help") != 0) {
    limit += step;
    ASSERT_LT(limit, 1 << 20);
  }
  const int least = limit;
  int points = 0;
  for (; !Check(absl::StrCat("ulimit -v ", limit), ""); ++points) {
    limit += step;
    ASSERT_LT(limit, 4 << 20);
  }
  Report(absl::StrCat("ulimit -v ", least, " to ", limit), points + 1);
}

// Of C code, whose failures our wrappers of libraries meet.
TEST_F(LimitsTest, OneAllocationOfC) { CheckAllocations("malloc", 500, 4001); }
// The first one gets the reserve, and the build is cancelled.
TEST_F(LimitsTest, OneAllocation) { CheckAllocations("new", 2000, 6007); }
// As if the reserve was used up: std::bad_alloc at any place, once the builds
// run. Before, while the plan is made, nothing is in the cluster.
TEST_F(LimitsTest, OneException) { CheckAllocations("bad_alloc", 15000, 1201); }

TEST_F(LimitsTest, OneDescriptor) { CheckEachCall("descriptor", 23, ""); }
TEST_F(LimitsTest, AllDescriptorsFrom) { CheckEachCall("descriptor", 37, "+"); }
TEST_F(LimitsTest, OneThread) { CheckEachCall("thread", 5, ""); }
TEST_F(LimitsTest, AllThreadsFrom) { CheckEachCall("thread", 7, "+"); }
TEST_F(LimitsTest, OneWrite) { CheckEachCall("write", 5, ""); }
TEST_F(LimitsTest, AllWritesFrom) { CheckEachCall("write", 7, "+"); }

}  // namespace
}  // namespace ovenbird
