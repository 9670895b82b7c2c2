#include "runtime/build/cluster/context_sender.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/compress.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/context/walk.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/receiver/program.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;
using context::Compression;
using kube::receiver::Program;
using kube::receiver::Programs;
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

  // `change` may change what is sent, or cut it after that with false.
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
        const bool more = !change || change(piece);
        if (write(in[1], piece.data(), piece.size()) < 0 || !more) break;
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

TEST_F(ContextSenderTest, ByTheReceiver) {
  WriteMuch();
  ContextSender::Options options;
  uint64_t progress = 0;
  options.on_progress = [&](uint64_t done) { progress = done; };
  ExpectArrived(Send(std::move(options)));
  EXPECT_TRUE(sender_->used_program());
  EXPECT_EQ(progress, tar_->size());
  // Its file is gone.
  EXPECT_FALSE(fs::exists(top_ + "/scratch/program"));
}

// Nodes may have the other architecture: an emulator runs the program as the
// node would.
TEST_F(ContextSenderTest, ByTheReceiverOfTheOtherArchitecture) {
  ASSERT_EQ(Programs().size(), 2);
  const Program& other = Programs()[1];
  const std::string path = top_ + "/other";
  ASSERT_THAT(WriteFile(path, other.file), IsOk());
  fs::permissions(path, fs::perms::owner_all);
  const std::string emulated = absl::StrCat(
      "#!/bin/sh\nexec qemu-", other.machine, " ", path, " \"$@\"\n");
  const Program program = {Programs()[0].machine, emulated};
  WriteMuch();
  ContextSender::Options options;
  options.programs = absl::MakeConstSpan(&program, 1);
  ExpectArrived(Send(std::move(options)));
  EXPECT_TRUE(sender_->used_program());
  // It deletes its own file.
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ContextSenderTest, WithoutTheReceiverByTheLinksRate) {
  WriteMuch();
  ContextSender::Options options;
  options.programs = {};
  ExpectArrived(Send(std::move(options)));
  EXPECT_FALSE(sender_->used_program());
}

TEST_F(ContextSenderTest, OnOtherMachinesTheScriptReceives) {
  WriteMuch();
  ContextSender::Options options;
  const Program other = {"pdp11", Programs()[0].file};
  options.programs = absl::MakeConstSpan(&other, 1);
  ExpectArrived(Send(std::move(options)));
  EXPECT_FALSE(sender_->used_program());
}

// As for a file system without execution, or another machine that says the
// same name.
TEST_F(ContextSenderTest, WhereTheReceiverCannotRunTheScriptReceives) {
  WriteMuch();
  const std::string cut(Programs()[0].file.substr(0, 100000));
  for (const std::string& file :
       {std::string("#!/no-such-interpreter\n"), std::string("\177ELF"), cut}) {
    const Program program = {Programs()[0].machine, file};
    ContextSender::Options options;
    options.programs = absl::MakeConstSpan(&program, 1);
    ExpectArrived(Send(std::move(options)));
    EXPECT_FALSE(sender_->used_program());
    EXPECT_FALSE(fs::exists(top_ + "/scratch/program"));
  }
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

// Each way that a context can take.
struct Way {
  const char* name;
  bool receiver;
  std::optional<Compression> compression;
};

const std::vector<Way> kWays = {{"plain", false, Compression::kNone},
                                {"gzip", false, Compression::kGzip},
                                {"pieces", false, std::nullopt},
                                {"receiver", true, std::nullopt}};

ContextSender::Options OptionsOf(const Way& way) {
  ContextSender::Options options;
  options.compression = way.compression;
  if (!way.receiver) options.programs = {};
  options.small = 0;
  return options;
}

TEST_F(ContextSenderTest, AChangedByteIsSeen) {
  WriteMuch();
  for (const Way& way : kWays) {
    SCOPED_TRACE(way.name);
    // In the text's middle; in gzip the unpacker sees it first.
    const size_t where =
        400000 + (way.receiver ? Programs()[0].file.size() : 0);
    size_t seen = 0;
    const Attempt attempt = Send(OptionsOf(way), [&](std::string& piece) {
      if (seen <= where && where < seen + piece.size()) {
        piece[where - seen] ^= 1;
      }
      seen += piece.size();
      return true;
    });
    EXPECT_EQ(sender_->used_program(), way.receiver);
    EXPECT_FALSE(sender_->confirmed());
    EXPECT_EQ(attempt.verdict, "");
    EXPECT_NE(attempt.exit_code, 0);
    if (way.compression == Compression::kNone) {
      EXPECT_THAT(attempt.read_error,
                  StatusIs(absl::StatusCode::kDataLoss,
                           HasSubstr("received context differs")));
    }
  }
}

// Returns where a stream can be cut: after each line, at both sides of each
// frame of the receiver and in it, and at many places between.
std::vector<size_t> Cuts(const std::string& stream, bool receiver) {
  std::vector<size_t> cuts = {0, 1};
  for (size_t at = stream.size() / 7; at < stream.size();
       at += stream.size() / 7) {
    cuts.push_back(at);
  }
  for (const size_t back : {1, 2, 8, 9, 10, 11})
    cuts.push_back(stream.size() - back);
  if (!receiver) {
    // What a line announces ends at its last byte.
    for (size_t at = 0; at < stream.size();) {
      const size_t line = stream.find('\n', at);
      if (line == stream.npos) break;
      for (const size_t cut : {line, line + 1, line + 2}) cuts.push_back(cut);
      const std::string text = stream.substr(at, line - at);
      const size_t number = text.find_last_of(' ') + 1;  // 0: a frame of gzip
      at = line + 1 + std::strtoul(text.c_str() + number, nullptr, 10);
      cuts.push_back(at - 1);
      cuts.push_back(at);
    }
  } else {
    const size_t program = stream.find('\n') + 1;
    size_t at = program + Programs()[0].file.size();
    cuts.push_back(program);
    cuts.push_back(at - 1);
    while (at + 4 < stream.size() && absl::StrContains("PZME", stream[at])) {
      const auto byte = [&](size_t i) {
        return static_cast<size_t>(static_cast<unsigned char>(stream[at + i]));
      };
      const size_t size = byte(1) | byte(2) << 8 | byte(3) << 16;
      for (const size_t cut : {at, at + 1, at + 4, at + 4 + size / 2}) {
        cuts.push_back(cut);
      }
      at += 4 + size;
      cuts.push_back(at);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  while (cuts.back() >= stream.size()) cuts.pop_back();
  return cuts;
}

// kaniko must not start on a part of a context, and the command must not claim
// to have got one, wherever the stream is cut.
TEST_F(ContextSenderTest, ACutIsNoContext) {
  std::string text;
  for (int i = 0; i < 1200000; ++i) text += static_cast<char>(i * i >> 7);
  Write("text", text);
  Write("another", "file");
  for (const Way& way : kWays) {
    SCOPED_TRACE(way.name);
    std::string whole;
    const Attempt first = Send(OptionsOf(way), [&](std::string& piece) {
      whole += piece;
      return true;
    });
    ASSERT_EQ(first.verdict, "complete\n");
    ASSERT_EQ(first.exit_code, 0);
    for (const size_t cut : Cuts(whole, way.receiver)) {
      SCOPED_TRACE(cut);
      size_t seen = 0;
      bool is_cut = false;
      const Attempt attempt = Send(OptionsOf(way), [&](std::string& piece) {
        is_cut = seen + piece.size() > cut;
        if (is_cut) piece.resize(cut - seen);
        seen += piece.size();
        return !is_cut;
      });
      // The sender measures which pieces it compresses, so that the next
      // stream can be shorter.
      if (!is_cut && !way.compression) continue;
      ASSERT_TRUE(is_cut);
      ASSERT_EQ(attempt.verdict, "");
      ASSERT_NE(attempt.exit_code, 0);
    }
  }
  // And the next attempt is as if nothing had been.
  const Attempt last = Send({});
  EXPECT_EQ(last.verdict, "complete\n");
  EXPECT_EQ(*ReadFile(top_ + "/to/text"), text);
}

// The command must take all of its input and end, and nobody may wait for more.
TEST_F(ContextSenderTest, WhatCannotBeUnpackedEnds) {
  WriteMuch();
  fs::remove(top_ + "/to");
  for (const Way& way : kWays) {
    SCOPED_TRACE(way.name);
    const Attempt attempt = Send(OptionsOf(way));
    EXPECT_NE(attempt.exit_code, 0);
    EXPECT_THAT(attempt.read_error, IsOk());
    EXPECT_FALSE(sender_->confirmed());
  }
}

// The rest is not sent then.
TEST_F(ContextSenderTest, TheReceiverFailsEarly) {
  std::string noise;
  uint64_t state = 7;
  for (int i = 0; i < 30 << 20; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    noise += static_cast<char>(state >> 56);
  }
  Write("noise", noise);
  fs::remove(top_ + "/to");
  const Attempt attempt = Send({});
  EXPECT_TRUE(sender_->used_program());
  EXPECT_EQ(attempt.exit_code, 2);
  EXPECT_THAT(attempt.read_error, IsOk());
  EXPECT_LT(sender_->sent(), 10u << 20);
}

// A folder's state as text: paths, kinds, modes, times of files, owners,
// contents, targets, and which paths are the same file.
std::string StateOf(const std::string& folder) {
  std::map<std::string, std::string> lines;
  std::map<ino_t, std::string> first;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(folder);
    struct stat info;
    EXPECT_EQ(lstat(entry.path().c_str(), &info), 0);
    std::string& line = lines[path];
    line = absl::StrCat(absl::Hex(info.st_mode), " ", info.st_uid, ":",
                        info.st_gid);
    // GNU tar leaves the time of symlinks alone with some file systems.
    if (S_ISREG(info.st_mode)) {
      absl::StrAppend(&line, " ", info.st_mtim.tv_sec, " ",
                      *ReadFile(entry.path()));
    }
    if (S_ISLNK(info.st_mode)) {
      absl::StrAppend(&line, " ", fs::read_symlink(entry.path()).string());
    }
  }
  for (const auto& [path, line] : lines) {
    struct stat info;
    lstat((folder + "/" + path).c_str(), &info);
    if (S_ISREG(info.st_mode)) first.emplace(info.st_ino, path);
  }
  std::string state;
  for (const auto& [path, line] : lines) {
    struct stat info;
    lstat((folder + "/" + path).c_str(), &info);
    absl::StrAppend(&state, path, " ", line, " ",
                    S_ISREG(info.st_mode) ? first[info.st_ino] : "", "\n");
  }
  return state;
}

// Names, kinds, modes and times of all kinds.
void WriteRandomTree(const std::string& top, std::mt19937& random) {
  std::vector<std::string> folders = {top};
  std::vector<std::string> files;
  const auto pick = [&](size_t below) { return random() % below; };
  for (int i = 0; i < 60; ++i) {
    static const char* const kNames[] = {"a",  "b c",  ".hidden", "\xc3\xa9",
                                         "-n", "x\\y", "\xff"};
    std::string name = absl::StrCat(kNames[pick(7)], i);
    if (pick(6) == 0) name += std::string(pick(200), 'n');
    const std::string path =
        absl::StrCat(folders[pick(folders.size())], "/", name);
    switch (pick(5)) {
      case 0:
        fs::create_directory(path);
        folders.push_back(path);
        break;
      case 1:
        fs::create_symlink(std::string(1 + pick(180), 't'), path);
        break;
      case 2:
        if (!files.empty()) {
          fs::create_hard_link(files[pick(files.size())], path);
          break;
        }
        [[fallthrough]];
      default:
        std::ofstream(path) << std::string(pick(3) * pick(2000), 'x') << i;
        chmod(path.c_str(), static_cast<mode_t>(pick(010000) | 0400));
        const timespec time = {static_cast<time_t>(pick(2000000000)), 0};
        const timespec times[] = {time, time};
        utimensat(AT_FDCWD, path.c_str(), times, 0);
        files.push_back(path);
    }
  }
  for (const std::string& folder : folders) {
    chmod(folder.c_str(), static_cast<mode_t>(0700 | pick(010000)));
  }
}

TEST_F(ContextSenderTest, AnyTreeIsTheSameByScriptAndReceiver) {
  std::mt19937 random(14);
  for (int i = 0; i < 25; ++i) {
    fs::remove_all(top_ + "/from");
    fs::create_directory(top_ + "/from");
    WriteRandomTree(top_ + "/from", random);
    std::string by_script;
    for (const bool receiver : {false, true}) {
      ContextSender::Options options;
      options.small = 0;
      if (!receiver) options.programs = {};
      const Attempt attempt = Send(std::move(options));
      ASSERT_EQ(attempt.verdict, "complete\n");
      ASSERT_EQ(sender_->used_program(), receiver);
      if (!receiver) by_script = StateOf(top_ + "/to");
    }
    ASSERT_EQ(StateOf(top_ + "/to"), by_script);
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
