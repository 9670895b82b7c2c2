#include "runtime/kube/receiver/receiver.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/format_text.h"
#include "runtime/base/subprocess.h"
#include "runtime/kube/receiver/digest.h"
#include "runtime/kube/receiver/frames.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::kube::receiver {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string Frame(char kind, absl::string_view content) {
  return absl::StrCat(
      std::string{kind, static_cast<char>(content.size() & 0xff),
                  static_cast<char>(content.size() >> 8 & 0xff),
                  static_cast<char>(content.size() >> 16)},
      content);
}

std::string ZstdFrame(absl::string_view content) {
  std::string to(ZSTD_compressBound(content.size()), '\0');
  to.resize(
      ZSTD_compress(to.data(), to.size(), content.data(), content.size(), 1));
  return Frame(kZstd, to);
}

std::string EndOf(absl::string_view tar) {
  Digest digest;
  digest.Add(tar.data(), tar.size());
  unsigned char bytes[kDigestSize];
  digest.Get(bytes);
  return Frame(kEnd,
               absl::string_view(reinterpret_cast<char*>(bytes), sizeof bytes));
}

// A member of an archive.
struct Member {
  std::string name;
  char type = '0';
  std::string content = {};
  std::string target = {};
  int mode = 0644;
  int time = 1000;
  std::string size = {};  // instead of that of the content
};

std::string Header(const Member& member) {
  std::string header(512, '\0');
  const auto put = [&](size_t at, absl::string_view text) {
    header.replace(at, text.size(), text.data(), text.size());
  };
  put(0, absl::string_view(member.name).substr(0, 100));
  put(100, FormatText("%07o", member.mode));
  put(108, FormatText("%07o", getuid()));
  put(116, FormatText("%07o", getgid()));
  put(124, member.size.empty() ? FormatText("%011o", member.content.size())
                               : member.size);
  put(136, FormatText("%011o", member.time));
  header[156] = member.type;
  put(157, absl::string_view(member.target).substr(0, 100));
  put(257, "ustar");
  put(263, "00");
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, FormatText("%06o", sum));
  header[154] = '\0';
  return header;
}

std::string Padded(std::string content) {
  content.resize((content.size() + 511) / 512 * 512);
  return content;
}

std::string LongName(char type, const std::string& name) {
  return Header({"././@LongLink", type, name + '\0'}) + Padded(name + '\0');
}

const std::string kTarEnd(1024, '\0');

std::string Tar(const std::vector<Member>& members) {
  std::string tar;
  for (const Member& member : members) {
    absl::StrAppend(&tar, Header(member), Padded(member.content));
  }
  return tar + kTarEnd;
}

// Calls Receive with files in place of pipes.
class ReceiverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    umask_ = umask(022);
    top_ = ::ovenbird::testing::NewFolder();
    fs::create_directory(top_ + "/context");
    ASSERT_THAT(WriteFile(top_ + "/outside", "secret"), IsOk());
  }
  void TearDown() override {
    umask(umask_);
    EXPECT_EQ(*ReadFile(top_ + "/outside"), "secret");
    EXPECT_EQ(fs::hard_link_count(top_ + "/outside"), 1u);
  }

  int ReceiveBytes(const std::string& input) {
    files_.clear();
    // In memory: disks are slow at creating and deleting files.
    for (int i = 0; i < 4; ++i) files_.push_back(memfd_create("test", 0));
    EXPECT_EQ(write(files_[0], input.data(), input.size()),
              static_cast<ssize_t>(input.size()));
    lseek(files_[0], 0, SEEK_SET);
    const int code =
        Receive({files_[0], files_[1], files_[2], (top_ + "/context").c_str(),
                 absl::StrCat("/proc/self/fd/", files_[3]).c_str()});
    left_ = input.size() - static_cast<size_t>(lseek(files_[0], 0, SEEK_CUR));
    out_ = Content(files_[1]);
    err_ = Content(files_[2]);
    verdict_ = Content(files_[3]);
    for (const int file : files_) close(file);
    return code;
  }

  static std::string Content(int file) {
    std::string content(1000, '\0');
    const ssize_t size = pread(file, content.data(), content.size(), 0);
    content.resize(static_cast<size_t>(size));
    return content;
  }

  int ReceiveTar(const std::string& tar) {
    return ReceiveBytes(Frame(kPlain, tar) + EndOf(tar) + "complete\n");
  }

  std::string At(const std::string& path) const {
    return top_ + "/context/" + path;
  }
  const std::string& Out() const { return out_; }
  const std::string& Err() const { return err_; }
  const std::string& Verdict() const { return verdict_; }

  mode_t umask_ = 0;
  std::string top_;
  size_t left_ = 0;  // bytes that nobody read
  std::vector<int> files_;
  std::string out_;
  std::string err_;
  std::string verdict_;
};

TEST_F(ReceiverTest, AllThatAContextHas) {
  const std::string deep(200, 'd');
  const std::string long_target(300, 't');
  const std::string tar = absl::StrCat(
      Header({"folder/", '5', "", "", 0755, 2000}),
      Header({"folder/closed/", '5', "", "", 0555, 2001}),
      Header({"folder/closed/file", '0', "content", "", 04751, 1234}),
      Padded("content"), Header({"empty"}),
      Header({"hard", '1', "", "folder/closed/file"}),
      Header({"link", '2', "", "/etc/passwd", 0777, 77}),
      LongName('L', absl::StrCat("folder/", deep, "/x")),
      Header({"short", '0', "long"}), Padded("long"),
      LongName('K', long_target), Header({"longlink", '2'}), kTarEnd);
  ASSERT_EQ(ReceiveTar(tar), 0) << Err();
  EXPECT_EQ(Verdict(), "complete\n");
  EXPECT_THAT(Out(), StartsWith("runs\n"));
  EXPECT_EQ(*ReadFile(At("folder/closed/file")), "content");
  EXPECT_EQ(*ReadFile(At(absl::StrCat("folder/", deep, "/x"))), "long");
  EXPECT_EQ(fs::read_symlink(At("link")), "/etc/passwd");
  EXPECT_EQ(fs::read_symlink(At("longlink")), long_target);
  EXPECT_EQ(fs::hard_link_count(At("hard")), 2u);
  struct stat info;
  const auto expect = [&](const char* path, mode_t mode, time_t time) {
    ASSERT_EQ(lstat(At(path).c_str(), &info), 0) << path;
    EXPECT_EQ(info.st_mode & 07777, mode) << path;
    EXPECT_EQ(info.st_mtim.tv_sec, time) << path;
  };
  expect("folder", 0755, 2000);
  expect("folder/closed", 0555, 2001);
  expect("folder/closed/file", 04751, 1234);
  expect("empty", 0644, 1000);
  expect("link", 0777, 77);
}

// Any pieces, compressed or not, with marks between them.
TEST_F(ReceiverTest, FramesOfAnySize) {
  std::string content;
  for (int i = 0; i < 400; ++i) absl::StrAppend(&content, i, " ");
  const std::string tar = Tar({{"a/b", '0', content}, {"c", '0', "c"}});
  for (const size_t piece : {1, 7, 100, 511, 512, 513, 4000}) {
    std::string input;
    for (size_t at = 0; at < tar.size(); at += piece) {
      const std::string part = tar.substr(at, piece);
      absl::StrAppend(&input,
                      at % 2 == 0 ? Frame(kPlain, part) : ZstdFrame(part));
    }
    absl::StrAppend(&input, Frame(kMark, ""), EndOf(tar), "complete\n");
    ASSERT_EQ(ReceiveBytes(input), 0) << Err();
    EXPECT_THAT(Out(), StartsWith("runs\ngot\n"));
    EXPECT_EQ(*ReadFile(At("a/b")), content);
  }
}

// A stream that is cut is no context: after any of its bytes, at the borders of
// frames and in them, in what they hold and in the verdict.
TEST_F(ReceiverTest, EveryCutIsSeen) {
  const std::string tar = Tar({{"a", '0', "content"}});
  const std::string input =
      absl::StrCat(Frame(kPlain, tar.substr(0, 300)), Frame(kMark, ""),
                   ZstdFrame(tar.substr(300, 400)),
                   Frame(kPlain, tar.substr(700)), EndOf(tar), "complete\n");
  ASSERT_EQ(ReceiveBytes(input), 0) << Err();
  for (size_t size = 0; size < input.size(); ++size) {
    ASSERT_EQ(ReceiveBytes(input.substr(0, size)), 1) << size;
    ASSERT_EQ(Verdict(), "") << size;
    ASSERT_EQ(left_, 0u) << size;
  }
}

// A frame that is missing, doubled, or in another place.
TEST_F(ReceiverTest, EveryOtherOrderOfFramesIsSeen) {
  const std::string tar =
      Tar({{"a", '0', std::string(600, 'a') + std::string(600, 'b')}});
  const std::vector<std::string> frames = {
      Frame(kPlain, tar.substr(0, 512)), Frame(kPlain, tar.substr(512, 512)),
      Frame(kPlain, tar.substr(1024, 512)), Frame(kPlain, tar.substr(1536))};
  const auto receive = [&](const std::vector<int>& order) {
    std::string input;
    for (const int i : order) input += frames[static_cast<size_t>(i)];
    return ReceiveBytes(absl::StrCat(input, EndOf(tar), "complete\n"));
  };
  ASSERT_EQ(receive({0, 1, 2, 3}), 0);
  for (const std::vector<int>& order :
       std::vector<std::vector<int>>{{1, 2, 3},
                                     {0, 2, 3},
                                     {0, 1, 3},
                                     {0, 1, 2},
                                     {0, 2, 1, 3},
                                     {0, 1, 1, 3},
                                     {0, 1, 2, 3, 3},
                                     {}}) {
    EXPECT_EQ(receive(order), 2);
    EXPECT_EQ(Verdict(), "");
    EXPECT_THAT(Out(), EndsWith("failed\n"));
  }
}

TEST_F(ReceiverTest, EveryChangedBitIsSeen) {
  const std::string tar = Tar({{"a", '0', "content"}});
  const std::string input =
      absl::StrCat(Frame(kPlain, tar.substr(0, 600)),
                   ZstdFrame(tar.substr(600)), EndOf(tar));
  for (size_t at = 0; at < input.size(); ++at) {
    std::string changed = input;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    if (ReceiveBytes(changed + "complete\n") != 0) {
      ASSERT_EQ(Verdict(), "") << at;
      continue;
    }
    // zstd's header has a bit that means nothing.
    ASSERT_EQ(input[600 + kFrameHeader], kZstd);
    ASSERT_GT(at, 600 + 2 * kFrameHeader);
    ASSERT_LT(at, 600 + 2 * kFrameHeader + 10);
    ASSERT_EQ(*ReadFile(At("a")), "content");
  }
}

TEST_F(ReceiverTest, OtherVerdictsArePassedOn) {
  const std::string tar = Tar({});
  const std::string input = Frame(kPlain, tar) + EndOf(tar);
  EXPECT_EQ(ReceiveBytes(input + "no\n"), 0);
  EXPECT_EQ(Verdict(), "no\n");
  EXPECT_EQ(ReceiveBytes(input + std::string(100, 'x') + "\n"), 1);
  EXPECT_EQ(Verdict(), "");
}

TEST_F(ReceiverTest, AbandonedByTheSender) {
  EXPECT_EQ(ReceiveBytes(Frame(kAbandon, "")), 1);
  EXPECT_EQ(Verdict(), "");
}

TEST_F(ReceiverTest, BrokenStreams) {
  const std::string tar = Tar({{"a"}});
  struct Case {
    std::string input;
    const char* error;
  };
  for (const Case& c : std::vector<Case>{
           {Frame('?', "x"), "a frame of an unknown kind"},
           {Frame(kZstd, "not zstd"), "the stream is damaged (zstd)"},
           {ZstdFrame(std::string(kFrameContent + 1, 'a')), "damaged (zstd)"},
           {Frame(kPlain, tar) + Frame(kEnd, "short"), "context differs"},
           {Frame(kPlain, tar) + EndOf(tar + "x"), "context differs"},
           {Frame(kPlain, tar.substr(0, 512)) + EndOf(tar.substr(0, 512)),
            "the archive is cut after a"},
           {Frame(kPlain, tar + "x") + EndOf(tar + "x"),
            "the archive has bytes after its end"},
           {"P\377\377\377 and so on", "the stream was cut"},
       }) {
    // What comes after a failure is read, and not used.
    const std::string more =
        absl::StrCat(Frame(kMark, ""), Frame(kAbandon, ""));
    EXPECT_NE(ReceiveBytes(c.input + more), 0) << c.error;
    EXPECT_THAT(Err(), HasSubstr(c.error));
    EXPECT_THAT(Out(), AllOf(EndsWith("failed\n"), Not(HasSubstr("got"))));
    EXPECT_EQ(Verdict(), "");
  }
}

TEST_F(ReceiverTest, BadArchives) {
  std::string damaged = Tar({{"a"}});
  damaged[3] = 'x';
  struct Case {
    std::string tar;
    const char* error;
  };
  for (const Case& c : std::vector<Case>{
           {damaged, "the archive is damaged after"},
           {std::string(2048, 'x'), "the archive is damaged after"},
           {Tar({{"b"}, {"a", '0', "", "", 0644, 1, "99999999999"}}),
            "the archive is damaged after b"},
           {Tar({{"a", '5', "content"}}), "the archive has content for a"},
           {Tar({{"a", '2', "content", "b"}}), "has content for a"},
           {Tar({{"a", '3'}}), "a member of an unknown type: a"},
           {Tar({{"a", '4'}}), "a member of an unknown type: a"},
           {Tar({{"a", '6'}}), "a member of an unknown type: a"},
           {Tar({{"a", 'x', "18 path=../outside\n"}}), "has content for a"},
           {LongName('L', std::string(5000, 'a')), "a name is too long"},
           {Header({"././@LongLink", 'L', "no NUL"}) + Padded("no NUL"),
            "the archive is damaged"},
           {Tar({{std::string(100, 'n'), '0'}}).replace(0, 0, "") +
                Tar({{"after the end"}}),
            "the archive has bytes after its end"},
           {std::string(512, '\0') + Tar({{"a"}}), "the archive is damaged"},
           {LongName('L', std::string(300, 'n')) + Header({"x"}) + kTarEnd,
            "File name too long"},
       }) {
    EXPECT_EQ(ReceiveTar(c.tar), 2) << c.error;
    EXPECT_THAT(Err(), HasSubstr(c.error));
    EXPECT_EQ(Verdict(), "");
  }
}

TEST_F(ReceiverTest, NothingOutsideIsReached) {
  for (const std::vector<Member>& members : std::vector<std::vector<Member>>{
           {{"../outside", '0', "changed"}},
           {{"a/../../outside", '0', "changed"}},
           {{"..", '5', "", "", 0777}},
           {{"a/..", '5'}},
           {{"up", '2', "", ".."}, {"up/outside", '0', "changed"}},
           {{"up", '2', "", top_}, {"up/outside", '0', "changed"}},
           {{"up", '2', "", ".."}, {"up/new/", '5'}},
           {{"up", '2', "", "../outside"}, {"up/x", '0', "x"}},
           {{"link", '1', "", "../outside"}, {"link", '0', "changed"}},
           {{"link", '1', "", "/../outside"}},
           {{"link", '1', "", ""}},
           {{"up", '2', "", ".."}, {"link", '1', "", "up/outside"}},
           {{"a/b/", '5'},
            {"a/b/c", '0', "x"},
            {"a/b", '0', "a folder with something is not replaced"}},
       }) {
    fs::remove_all(top_ + "/context");
    fs::create_directory(top_ + "/context");
    EXPECT_EQ(ReceiveTar(Tar(members)), 2) << members.back().name;
    EXPECT_THAT(Err(), Not(IsEmpty()));
    EXPECT_EQ(Verdict(), "");
    EXPECT_EQ(*ReadFile(top_ + "/outside"), "secret");
    EXPECT_FALSE(fs::exists(top_ + "/new"));
  }
}

// Paths from the root are below the folder, and a symlink is replaced rather
// than followed.
TEST_F(ReceiverTest, WhatLooksLikeOutsideIsInside) {
  ASSERT_EQ(ReceiveTar(Tar({{"/outside", '0', "inside"},
                            {"link", '2', "", "../outside"},
                            {"link", '0', "a file now"},
                            {"folder", '2', "", ".."},
                            {"folder/", '5', "", "", 0700},
                            {"file", '0', "x"},
                            {"file/", '5'},
                            {"file/below", '0', "y"},
                            {"./a//./b/", '5'},
                            {"self", '0', "self"},
                            {"self", '1', "", "./self"},
                            {"./", '5', "", "", 0}})),
            0)
      << Err();
  EXPECT_EQ(*ReadFile(At("outside")), "inside");
  EXPECT_EQ(*ReadFile(At("link")), "a file now");
  EXPECT_FALSE(fs::is_symlink(At("link")));
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(At("folder"))));
  EXPECT_EQ(*ReadFile(At("file/below")), "y");
  EXPECT_TRUE(fs::is_directory(At("a/b")));
  EXPECT_EQ(*ReadFile(At("self")), "self");
}

TEST_F(ReceiverTest, DeepAndChangingFolders) {
  std::vector<Member> members;
  std::string path;
  for (int i = 0; i < 45; ++i) {
    absl::StrAppend(&path, "d/");
    members.push_back({path, '5'});
    members.push_back({path + "f", '0', absl::StrCat(i)});
  }
  // Back and forth, with names of which one begins another.
  for (const char* name : {"d/d/x", "dd/x", "d/d/d/x", "d/dd/x", "d/d/d/y"}) {
    members.push_back({name, '0', name});
  }
  ASSERT_EQ(ReceiveTar(Tar(members)), 0) << Err();
  std::string at;
  for (int i = 0; i < 45; ++i) {
    absl::StrAppend(&at, "d/");
    EXPECT_EQ(*ReadFile(At(at + "f")), absl::StrCat(i));
  }
  for (const char* name : {"d/d/x", "dd/x", "d/d/d/x", "d/dd/x", "d/d/d/y"}) {
    EXPECT_EQ(*ReadFile(At(name)), name);
  }
}

TEST_F(ReceiverTest, AFullDisk) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit little = before;
  little.rlim_cur = 100000;
  std::string tar = Tar({{"folder/file", '0', std::string(200000, 'x')}});
  const std::string input =
      absl::StrCat(ZstdFrame(tar), Frame(kMark, ""), EndOf(tar));
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  EXPECT_EQ(ReceiveBytes(input), 2);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  EXPECT_EQ(Err(), "cannot write folder/file: File too large\n");
  EXPECT_EQ(Out(), "runs\nfailed\n");
  EXPECT_EQ(left_, 0u);
}

TEST_F(ReceiverTest, AMissingFolder) {
  fs::remove(top_ + "/context");
  EXPECT_EQ(ReceiveTar(Tar({{"a"}})), 2);
  EXPECT_THAT(Err(), HasSubstr("/context: No such file or directory"));
}

// GNU tar's archives of this format differ from ours in details.
TEST_F(ReceiverTest, ArchivesOfTar) {
  Subprocess process;
  process.argv = {"sh", "-ec",
                  "mkdir -p from/a/b; echo 1 >from/a/b/c; "
                  "ln from/a/b/c from/d; "
                  "ln -s a/b from/e; chmod 640 from/d; chmod 700 from/a; "
                  "tar -C from --format=gnu --numeric-owner -cf - ."};
  process.working_dir = top_;
  auto tar = RunSubprocess(process);
  ASSERT_THAT(tar, IsOk());
  ASSERT_EQ(ReceiveTar(tar->out), 0) << Err();
  process.argv = {"diff", "-r", "--no-dereference", "from", "context"};
  auto difference = RunSubprocess(process);
  ASSERT_THAT(difference, IsOk());
  EXPECT_TRUE(difference->ok()) << difference->out;
  EXPECT_EQ(fs::hard_link_count(At("d")), 2u);
}

}  // namespace
}  // namespace ovenbird::kube::receiver
