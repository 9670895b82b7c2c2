#include "runtime/build/cluster/context_sender.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/compress.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/context/walk.h"
#include "runtime/kube/handover.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;
using context::Compression;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What one attempt came to.
struct Attempt {
  absl::Status read_error;
  int exit_code = -1;
  std::string verdict;
};

// Sends a folder to the receiving command, which runs on this machine.
class ContextSenderTest : public ::testing::Test {
 protected:
  ContextSenderTest() {
    std::signal(SIGPIPE, SIG_IGN);
    fs::remove_all(top_);
    for (const char* name : {"/from", "/to", "/scratch"}) {
      fs::create_directories(top_ + name);
    }
    EXPECT_EQ(mkfifo((top_ + "/scratch/handover").c_str(), 0600), 0);
    handover_ = open((top_ + "/scratch/handover").c_str(),
                     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~ContextSenderTest() override {
    close(handover_);
    fs::remove_all(top_);
  }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(top_ + "/from/" + path).parent_path());
    ASSERT_THAT(WriteFile(top_ + "/from/" + path, text), IsOk());
  }

  // Text that gets smaller, and a little that does not.
  void WriteMuch() {
    std::string text;
    for (int64_t i = 0; i < 300000; ++i)
      text += std::to_string(i * 7919) + "\n";
    Write("much/text", text);
    Write("a", "a");
    Write("empty", "");
    fs::create_directory(top_ + "/from/folder");
    fs::create_symlink("much/text", top_ + "/from/link");
  }

  // `change` may change what is sent, or cut it with false.
  Attempt Send(ContextSender::Options options,
               const std::function<bool(std::string&)>& change = nullptr) {
    auto walk = context::Walk(top_ + "/from");
    EXPECT_THAT(walk, IsOk());
    sender_.reset();  // still reads the listing of the attempt before
    listing_ = std::move(walk->listing);
    tar_ = *context::TarStream::Create(&listing_);
    sender_ = std::make_unique<ContextSender>(tar_.get(), std::move(options));
    return Run(change);
  }

  Attempt Run(const std::function<bool(std::string&)>& change) {
    Attempt attempt;
    int in[2];
    int out[2];
    EXPECT_EQ(pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    const pid_t pid = StartCommand(in[0], out[1]);
    close(in[0]);
    close(out[1]);
    std::thread writer([&] {
      std::string buffer(10000, '\0');
      while (true) {
        auto size = sender_->Read(absl::MakeSpan(buffer.data(), buffer.size()));
        attempt.read_error = size.status();
        if (!size.ok() || *size == 0) break;
        std::string piece = buffer.substr(0, *size);
        if (change && !change(piece)) break;
        if (write(in[1], piece.data(), piece.size()) < 0) break;
      }
      close(in[1]);
    });
    char text[100];
    for (ssize_t n; (n = read(out[0], text, sizeof text)) > 0;) {
      sender_->OnOutput(absl::string_view(text, static_cast<size_t>(n)));
    }
    close(out[0]);
    sender_->End();
    writer.join();
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    attempt.exit_code = WEXITSTATUS(status);
    const ssize_t size = read(handover_, text, sizeof text);
    if (size > 0) attempt.verdict.assign(text, static_cast<size_t>(size));
    return attempt;
  }

  pid_t StartCommand(int in, int out) {
    std::vector<std::string> command =
        kube::ReceiveCommand(top_ + "/to", top_ + "/scratch");
    std::vector<char*> argv;
    for (std::string& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      dup2(in, STDIN_FILENO);
      dup2(out, STDOUT_FILENO);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    return pid;
  }

  std::vector<std::string> Arrived() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(top_ + "/to")) {
      paths.push_back(entry.path().lexically_relative(top_ + "/to"));
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  void ExpectArrived(const Attempt& attempt) {
    EXPECT_THAT(attempt.read_error, IsOk());
    EXPECT_EQ(attempt.exit_code, 0);
    EXPECT_EQ(attempt.verdict, "complete\n");
    EXPECT_TRUE(sender_->confirmed());
    EXPECT_THAT(Arrived(), ElementsAre("a", "empty", "folder", "link", "much",
                                       "much/text"));
    EXPECT_EQ(*ReadFile(top_ + "/to/much/text"),
              *ReadFile(top_ + "/from/much/text"));
  }

  const std::string top_ = ::testing::TempDir() + "/sender";
  int handover_ = -1;
  context::Listing listing_{""};
  std::unique_ptr<context::TarStream> tar_;
  std::unique_ptr<ContextSender> sender_;
};

TEST(ChooseCompressionTest, ByRateAndByWhatThePodHas) {
  struct Case {
    double rate;
    std::set<std::string> unpackers;
    Compression choice;
  };
  for (const Case& c : std::vector<Case>{
           {1e5, {"gzip"}, Compression::kGzip},
           {15e6, {"gzip"}, Compression::kGzip},
           {17e6, {"gzip"}, Compression::kNone},
           {1e9, {"gzip", "zstd"}, Compression::kNone},
           {17e6, {"gzip", "zstd"}, Compression::kZstd},
           {1e5, {"gzip", "zstd"}, Compression::kZstd},
           {1e5, {}, Compression::kNone},
       }) {
    EXPECT_EQ(ChooseCompression(c.rate, c.unpackers), c.choice) << c.rate;
  }
}

TEST_F(ContextSenderTest, EveryWay) {
  WriteMuch();
  const uint64_t plain = 3 << 20;
  for (const Compression how : {Compression::kNone, Compression::kGzip}) {
    ContextSender::Options options;
    options.compression = how;
    uint64_t progress = 0;
    options.on_progress = [&](uint64_t done) { progress = done; };
    ExpectArrived(Send(std::move(options)));
    EXPECT_EQ(sender_->compression(), how);
    EXPECT_EQ(progress, tar_->size());
    if (how == Compression::kNone) {
      EXPECT_EQ(sender_->sent(), tar_->size());
    } else {
      EXPECT_LT(sender_->sent(), plain / 2);
    }
  }
}

TEST_F(ContextSenderTest, ByTheLinksRate) {
  WriteMuch();
  ExpectArrived(Send({}));
}

TEST_F(ContextSenderTest, SmallOnesAtOnce) {
  WriteMuch();
  ContextSender::Options options;
  options.small = 1 << 30;
  ExpectArrived(Send(std::move(options)));
  EXPECT_EQ(sender_->compression(), Compression::kNone);
}

TEST_F(ContextSenderTest, WhatAnEarlierAttemptLeftIsGone) {
  for (const char* name : {"/to/old", "/to/.old", "/to/..old"}) {
    ASSERT_THAT(WriteFile(top_ + name, "old"), IsOk());
  }
  WriteMuch();
  ExpectArrived(Send({}));
}

TEST_F(ContextSenderTest, AChangedByteIsSeen) {
  WriteMuch();
  for (const Compression how : {Compression::kNone, Compression::kGzip}) {
    ContextSender::Options options;
    options.compression = how;
    size_t seen = 0;
    const Attempt attempt = Send(std::move(options), [&](std::string& piece) {
      // In the text's middle; in gzip the unpacker sees it first.
      if (seen <= 400000 && 400000 < seen + piece.size()) {
        piece[400000 - seen] ^= 1;
      }
      seen += piece.size();
      return true;
    });
    EXPECT_FALSE(sender_->confirmed());
    EXPECT_EQ(attempt.verdict, "");
    EXPECT_NE(attempt.exit_code, 0);
    if (how == Compression::kNone) {
      EXPECT_THAT(attempt.read_error,
                  StatusIs(absl::StatusCode::kDataLoss,
                           HasSubstr("received context differs")));
    }
  }
}

TEST_F(ContextSenderTest, ACutIsNoContext) {
  WriteMuch();
  for (const Compression how : {Compression::kNone, Compression::kGzip}) {
    ContextSender::Options options;
    options.compression = how;
    size_t seen = 0;
    const Attempt attempt = Send(std::move(options), [&](std::string& piece) {
      seen += piece.size();
      return seen < 500000;
    });
    EXPECT_FALSE(sender_->confirmed());
    EXPECT_EQ(attempt.verdict, "");
    EXPECT_NE(attempt.exit_code, 0);
  }
  // And the next attempt is as if nothing had been.
  ExpectArrived(Send({}));
}

// The command must take all of its input and end, and nobody may wait for more.
TEST_F(ContextSenderTest, WhatCannotBeUnpackedEnds) {
  WriteMuch();
  fs::remove(top_ + "/to");
  for (const Compression how : {Compression::kNone, Compression::kGzip}) {
    ContextSender::Options options;
    options.compression = how;
    const Attempt attempt = Send(std::move(options));
    EXPECT_NE(attempt.exit_code, 0);
    EXPECT_THAT(attempt.read_error, IsOk());
    EXPECT_FALSE(sender_->confirmed());
  }
}

TEST_F(ContextSenderTest, AFileThatChangedIsNotSent) {
  WriteMuch();
  auto walk = context::Walk(top_ + "/from");
  listing_ = std::move(walk->listing);
  tar_ = *context::TarStream::Create(&listing_);
  Write("much/text", "other");
  sender_ =
      std::make_unique<ContextSender>(tar_.get(), ContextSender::Options());
  const Attempt attempt = Run(nullptr);
  EXPECT_THAT(attempt.read_error,
              StatusIs(absl::StatusCode::kAborted, HasSubstr("much/text")));
  EXPECT_EQ(attempt.verdict, "");
}

TEST_F(ContextSenderTest, APodThatCanNothingGetsPlainBytes) {
  WriteMuch();
  auto walk = context::Walk(top_ + "/from");
  tar_ = *context::TarStream::Create(&walk->listing);
  ContextSender sender(tar_.get(), {});
  sender.OnOutput("ready\n");
  std::string buffer(100, '\0');
  auto size = sender.Read(absl::MakeSpan(buffer.data(), buffer.size()));
  ASSERT_THAT(size, IsOk());
  EXPECT_EQ(buffer.substr(0, *size),
            "plain " + std::to_string(tar_->size()) + "\n");
}

}  // namespace
}  // namespace ovenbird::build
