#include "runtime/build/run.h"

#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/build/build_record.h"
#include "runtime/build/timeline.h"
#include "runtime/build/unchanged.h"
#include "runtime/config/config.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A fake, because it has to fail on demand: a real build takes a cluster
// (e2e/test_running.py).
class FakeEngine : public Engine {
 public:
  absl::string_view NameFor(const plan::ImagePlan&) const override {
    return "fake";
  }
  Outcome Build(const plan::ImagePlan& plan, Observer& observer,
                Cancellation& cancel) override {
    Outcome outcome;
    observer.Enter({.kind = PhaseKind::kStep, .text = "RUN x"});
    cancel.SleepFor(time);
    observer.Sent(5);
    observer.Sent(7);
    outcome.image_bytes = 34;
    observer.Enter({.kind = PhaseKind::kCleanUp});
    {
      MutexLock lock(&mutex_);
      built_.push_back(plan.key);
    }
    if (cancel_in == plan.key) cancel.Cancel();
    if (throws_in == plan.key) throw std::bad_alloc();
    auto failure = failures.find(plan.key);
    if (failure == failures.end()) {
      auto digest = digests.find(plan.key);
      outcome.digest = digest == digests.end()
                           ? absl::StrCat("sha256:", plan.key)
                           : digest->second;
    } else {
      outcome.failure.emplace();
      outcome.failure->kind = failure->second;
      outcome.failure->what = "as was asked for";
    }
    return outcome;
  }
  std::vector<std::string> built() {
    MutexLock lock(&mutex_);
    return built_;
  }

  std::map<std::string, FailureKind> failures;
  std::map<std::string, std::string> digests;  // else made from the key
  std::string cancel_in;
  std::string throws_in;
  absl::Duration time;  // that a build takes

 private:
  Mutex mutex_;
  std::vector<std::string> built_ ABSL_GUARDED_BY(mutex_);
};

// Keeps what hooks say, and failures.
class LogObserver : public Observer {
 public:
  explicit LogObserver(std::vector<std::string>* lines) : lines_(lines) {}
  void Step(absl::string_view text) override {
    if (text.substr(0, 6) == "failed") lines_->emplace_back(text);
  }
  void Log(absl::string_view line) override {
    if (line.substr(0, 6) != "hook: ") {
      lines_->push_back(absl::StrCat("log: ", line));
    }
  }
  void Warn(absl::string_view) override {}

 private:
  std::vector<std::string>* const lines_;
};

class RunTest : public ::testing::Test {
 protected:
  RunTest() {
    options_.observe = [this](const plan::ImagePlan&) { return &observer_; };
    options_.hooks.hooks = &hooks_;
    options_.hooks.working_dir = ::testing::TempDir();
    options_.hooks.on_line = [this](absl::string_view, absl::string_view line) {
      if (line.substr(0, 6) != "hook: ") lines_.emplace_back(line);
    };
  }

  void Add(const std::string& key, std::vector<size_t> after = {}) {
    auto image = std::make_unique<plan::ImagePlan>();
    image->key = key;
    image->spec.image = absl::StrCat("r.io/", key);
    image->spec.tags = {"1"};
    image->after = std::move(after);
    plan_.images.push_back(std::move(image));
  }

  void AddHook(const std::string& images, std::vector<std::string> command) {
    config::Hook hook;
    hook.command = command[0];
    hook.args.assign(command.begin() + 1, command.end());
    hook.when.emplace();
    hook.when->after.emplace();
    hook.when->after->images = images;
    hooks_.push_back(std::move(hook));
  }

  RunResult Go() { return build::Run(plan_, engine_, options_, cancel_); }

  // "key: digest or failure" of each image.
  static std::vector<std::string> Text(const RunResult& result) {
    std::vector<std::string> strings;
    for (const ImageResult& image : result.images) {
      strings.push_back(absl::StrCat(
          image.key, ": ", image.failure ? image.failure->what : image.digest));
    }
    return strings;
  }

  plan::Plan plan_;
  FakeEngine engine_;
  std::vector<std::string> lines_;
  LogObserver observer_{&lines_};
  Cancellation cancel_;
  std::vector<config::Hook> hooks_;
  RunOptions options_;
};

TEST_F(RunTest, AnEndThatCannotBeShownFailsNothing) {
  Add("a");
  Add("b");
  options_.on_end = [](const ImageResult&) { throw std::bad_alloc(); };
  const RunResult result = Go();
  EXPECT_EQ(ExitCode(result), 0);
  EXPECT_EQ(engine_.built().size(), 2);
}

TEST_F(RunTest, AnImageWhoseOutputCannotBeBegunIsNotBuilt) {
  Add("a");
  Add("b");
  options_.keep_going = true;
  options_.observe = [this](const plan::ImagePlan& image) -> Observer* {
    if (image.key == "a") throw std::bad_alloc();
    return &observer_;
  };
  const RunResult result = Go();
  EXPECT_EQ(ExitCode(result), 3);
  ASSERT_TRUE(result.images[0].failure.has_value());
  EXPECT_EQ(result.images[0].failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(engine_.built(), ElementsAre("b"));
}

TEST_F(RunTest, ResultsInThePlansOrder) {
  Add("a", {1});
  Add("b");
  options_.jobs = 8;
  const RunResult result = Go();
  EXPECT_THAT(engine_.built(), ElementsAre("b", "a"));
  EXPECT_THAT(Text(result), ElementsAre("a: sha256:a", "b: sha256:b"));
  EXPECT_EQ(result.images[0].image, "r.io/a");
  EXPECT_THAT(result.images[0].tags, ElementsAre("1"));
  EXPECT_EQ(ExitCode(result), 0);
}

TEST_F(RunTest, FailsFast) {
  Add("a");
  Add("b");
  Add("c", {1});
  Add("d");
  engine_.failures["b"] = FailureKind::kEnvironment;
  const RunResult result = Go();
  EXPECT_THAT(Text(result),
              ElementsAre("a: sha256:a", "b: as was asked for",
                          "c: not started, because it is built from image "
                          "`b`, which failed",
                          "d: not started, because another image failed"));
  EXPECT_EQ(ExitCode(result), 3);
}

TEST_F(RunTest, KeepsGoing) {
  Add("a");
  Add("b", {0});
  Add("c");
  engine_.failures["a"] = FailureKind::kBuild;
  options_.keep_going = true;
  const RunResult result = Go();
  EXPECT_THAT(
      Text(result),
      ElementsAre(
          "a: as was asked for",
          "b: not started, because it is built from image `a`, which failed",
          "c: sha256:c"));
  EXPECT_EQ(ExitCode(result), 1);
  // Immediately, not only among the results.
  EXPECT_THAT(lines_, ElementsAre("failed: as was asked for"));
}

TEST_F(RunTest, WhatRunsOutFailsItsImageOnly) {
  for (const char* key : {"a", "b"}) Add(key);
  options_.keep_going = true;
  engine_.throws_in = "a";
  const RunResult result = Go();
  EXPECT_THAT(Text(result), ElementsAre(HasSubstr("no more memory or threads"),
                                        "b: sha256:b"));
  EXPECT_EQ(ExitCode(result), 3);
}

TEST_F(RunTest, StartsNothingWhenInterrupted) {
  Add("a");
  Add("b");
  engine_.cancel_in = "a";
  options_.keep_going = true;
  const RunResult result = Go();
  EXPECT_THAT(Text(result), ElementsAre("a: sha256:a", "b: interrupted"));
  EXPECT_EQ(ExitCode(result), 130);
}

TEST_F(RunTest, HooksAfterAnImageAndAfterAll) {
  Add("a");
  Add("b");
  AddHook("all", {"echo", "all"});
  AddHook("b", {"echo", "only b"});
  AddHook("c", {"echo", "of no image of this run"});
  EXPECT_EQ(ExitCode(Go()), 0);
  EXPECT_THAT(lines_, ElementsAre("log: only b", "all"));
}

// The image is there, and what hangs on it is not done.
TEST_F(RunTest, AFailingHookFailsItsImage) {
  Add("a");
  AddHook("all", {"echo", "all"});
  AddHook("a", {"false"});
  const RunResult result = Go();
  EXPECT_EQ(result.images[0].digest, "sha256:a");
  ASSERT_TRUE(result.images[0].failure);
  EXPECT_THAT(result.images[0].failure->what, HasSubstr("hook `false` failed"));
  EXPECT_THAT(lines_, ElementsAre());
  EXPECT_EQ(ExitCode(result), 1);
}

TEST_F(RunTest, AFailingHookForAllLeavesTheImagesTheirResults) {
  Add("a");
  AddHook("all", {"sh", "-c", "exit 4"});
  const RunResult result = Go();
  EXPECT_THAT(Text(result), ElementsAre("a: sha256:a"));
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->what, HasSubstr("exit code 4"));
  EXPECT_EQ(ExitCode(result), 1);
}

// Returns what each phase does, and where the build failed.
std::vector<std::string> Labels(const Timeline& timeline) {
  std::vector<std::string> labels;
  for (const Phase& phase : timeline.phases) {
    labels.push_back(
        absl::StrCat(phase.failed ? "failed: " : "", Label(phase)));
  }
  return labels;
}

TEST_F(RunTest, RecordsThePhasesOfEachImage) {
  Add("a", {1});
  Add("b");
  AddHook("b", {"true"});
  engine_.time = absl::Milliseconds(20);
  engine_.failures["a"] = FailureKind::kBuild;
  const RunResult result = Go();
  const ImageResult& a = result.images[0];
  const ImageResult& b = result.images[1];
  EXPECT_THAT(Labels(a.timeline), ElementsAre("wait for b", "check", "prepare",
                                              "failed: RUN x", "clean up"));
  EXPECT_THAT(Labels(b.timeline),
              ElementsAre("check", "prepare", "RUN x", "clean up", "hooks"));
  // Without gaps, from the start of the run to the end of the image.
  EXPECT_EQ(a.timeline.phases[0].start, result.start);
  EXPECT_GE(a.start, b.end);
  for (size_t i = 1; i < a.timeline.phases.size(); ++i) {
    EXPECT_EQ(a.timeline.phases[i - 1].end, a.timeline.phases[i].start) << i;
  }
  EXPECT_GE(a.end, a.timeline.phases.back().end);
  EXPECT_EQ(a.duration, a.end - a.start);
  EXPECT_GE(a.duration, engine_.time);
  EXPECT_EQ(a.context_bytes, 12);
  EXPECT_EQ(b.image_bytes, 34);
  EXPECT_GE(result.end, a.end);
}

TEST_F(RunTest, RecordsTheHooksOfTheRun) {
  Add("a");
  AddHook("all", {"false"});
  EXPECT_THAT(Labels(Go().timeline), ElementsAre("failed: hooks"));
  hooks_.clear();
  EXPECT_THAT(Labels(Go().timeline), ElementsAre());
}

// With a registry and records of earlier runs.
class SkipTest : public RunTest {
 protected:
  SkipTest() {
    records_.emplace(NewFolder(), "", [this] { return keys_; });
    unchanged_.emplace(*records_, nullptr, nullptr, false);
    options_.unchanged = &*unchanged_;
  }

  void AddPushed(const std::string& key, std::vector<size_t> after = {}) {
    Add(key, std::move(after));
    plan_.images.back()->spec.image =
        absl::StrCat(registry_.domain(), "/", key);
    plan_.images.back()->fingerprint = key;
    Push(key, "first");
  }
  void AddBase(size_t image, size_t base) {
    plan_.images[image]->bases = {{plan_.images[base]->key, base}};
  }
  // Another label is another image.
  void Push(const std::string& key, const std::string& label) {
    json::Value config;
    config.Set("Labels", json::Value(json::Object{{"which", label}}));
    engine_.digests[key] = registry_.PushImage(key, "1", {}, config);
  }

  registry::testing::RealRegistry registry_;
  const std::string keys_ = NewFolder();
  std::optional<BuildRecords> records_;
  std::optional<UnchangedImages> unchanged_;
};

TEST_F(SkipTest, UnchangedImagesAreNotBuilt) {
  AddPushed("a");
  AddPushed("b");
  AddHook("all", {"echo", "all"});
  AddHook("a", {"echo", "only a"});
  const RunResult first = Go();
  EXPECT_FALSE(first.images[0].skipped);
  plan_.images[1]->fingerprint = "changed";
  const RunResult second = Go();
  EXPECT_THAT(engine_.built(), ElementsAre("a", "b", "b"));
  EXPECT_TRUE(second.images[0].skipped);
  EXPECT_FALSE(second.images[1].skipped);
  EXPECT_EQ(second.images[0].digest, engine_.digests["a"]);
  EXPECT_EQ(ExitCode(second), 0);
  EXPECT_THAT(lines_, ElementsAre("log: only a", "all", "all"));
}

TEST_F(SkipTest, WhatFailedIsBuiltAgain) {
  AddPushed("a");
  AddHook("a", {"false"});
  EXPECT_EQ(ExitCode(Go()), 1);
  hooks_.clear();
  engine_.failures["a"] = FailureKind::kBuild;
  EXPECT_EQ(ExitCode(Go()), 1);
  engine_.failures.clear();
  EXPECT_FALSE(Go().images[0].skipped);
  EXPECT_TRUE(Go().images[0].skipped);
}

TEST_F(SkipTest, AnotherBaseIsAChange) {
  AddPushed("app", {1});
  AddPushed("base");
  AddBase(0, 1);
  Go();
  const RunResult same = Go();
  EXPECT_TRUE(same.images[0].skipped && same.images[1].skipped);
  plan_.images[1]->fingerprint = "changed";
  Push("base", "second");
  EXPECT_FALSE(Go().images[0].skipped);
  EXPECT_TRUE(Go().images[0].skipped);
}

// Its base has the same digest as before: reproducible builds exist.
TEST_F(SkipTest, ABaseThatCameOutTheSameIsNone) {
  AddPushed("app", {1});
  AddPushed("base");
  AddBase(0, 1);
  Go();
  plan_.images[1]->fingerprint = "changed";
  const RunResult result = Go();
  EXPECT_TRUE(result.images[0].skipped);
  EXPECT_FALSE(result.images[1].skipped);
}

}  // namespace
}  // namespace ovenbird::build
