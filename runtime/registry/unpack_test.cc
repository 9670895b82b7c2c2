#include "runtime/registry/unpack.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/subprocess.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

// The archives are made by GNU tar, in a folder of the test.
class UnpackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/unpackXXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Sh("mkdir in out; echo secret > outside");
  }
  void TearDown() override { Sh("rm -rf in out"); }

  // The output of a shell script that runs in the test's folder.
  std::string Sh(const std::string& script) {
    Subprocess process;
    process.argv = {"sh", "-ec", script};
    process.working_dir = folder_;
    process.set_env = {{"LC_ALL", "C"}};
    absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    EXPECT_THAT(result, IsOk());
    if (!result.ok()) return "";
    EXPECT_TRUE(result->ok()) << script << "\n" << result->err;
    return result->out;
  }

  // Unpacks what the script writes to stdout.
  absl::Status Unpack(const std::string& script, UnpackOptions options = {}) {
    const std::string bytes = Sh(script);
    size_t at = 0;
    options.owners = geteuid() == 0 && options.owners;
    return registry::Unpack(
        [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
          // Odd pieces, so that they end anywhere.
          const size_t piece =
              std::min({size, size_t{4099}, bytes.size() - at});
          memcpy(buffer, bytes.data() + at, piece);
          at += piece;
          return piece;
        },
        absl::StrCat(folder_, "/out"), options);
  }

  // A command that writes an archive of these members.
  static std::string Evil(const std::string& members) {
    return absl::StrCat(R"py(python3 -c "
import io, sys, tarfile
out = tarfile.open(fileobj=sys.stdout.buffer, mode='w|')
def add(name, **fields):
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    out.addfile(info, io.BytesIO(b'evil\\n'))
def file(name): add(name, size=5)
def symlink(name, to): add(name, type=tarfile.SYMTYPE, linkname=to)
def hardlink(name, to): add(name, type=tarfile.LNKTYPE, linkname=to)
)py",
                        members, "\nout.close()\"");
  }

  std::string folder_;
};

constexpr UnpackOptions kLayer = {.layer = true};

TEST_F(UnpackTest, GivesBackWhatTarPacked) {
  Sh(R"sh(
    cd in; mkdir -p a/b empty; echo hello > a/b/file; : > zero
    head -c 300000 /dev/urandom > big; chmod 4755 a/b/file
    ln -s b/file a/link; ln -s /nowhere dangling; ln a/b/file hard
    touch "gr$(printf '\303\274')n" "bad$(printf '\377')"
    truncate -s 1M sparse; echo x >> sparse
    touch "$(printf 'n%.0s' $(seq 200))"
    touch -d @1000000000 a/b/file; chmod 0500 a/b; chmod 0711 empty
    touch -d @1000000001 a/b)sh");
  for (const char* how :
       {"--format=pax", "--format=gnu -S", "--format=ustar", "-z", "--zstd"}) {
    // ustar has no room for the long name.
    if (absl::string_view(how) == "--format=ustar") Sh("rm in/nnn*");
    ASSERT_THAT(Unpack(absl::StrCat("tar -C in ", how, " -cf - .")), IsOk())
        << how;
    for (const char* list :
         {"find . ! -type d -printf '%p %m %s %n %l\\n' | sort",
          "find . -mindepth 1 -printf '%p %m %Ts\\n' | sort"}) {
      EXPECT_EQ(Sh(absl::StrCat("cd out; ", list)),
                Sh(absl::StrCat("cd in; ", list)))
          << how;
    }
    Sh("diff -r --no-dereference in out; chmod 0700 out/a/b; rm -rf out/*");
  }
}

// Archives that no tar program writes, by Python's.
TEST_F(UnpackTest, NothingLeavesTheFolder) {
  EXPECT_THAT(
      Unpack(Evil("file('../outside')")),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "the archive holds `../outside`, which leads out of it"));
  EXPECT_THAT(Unpack(Evil("file('a/../../outside')")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Unpack(Evil("hardlink('x', '../outside')")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  // Absolute names and links are meant from the folder on.
  EXPECT_THAT(Unpack(Evil("file('/abs')")), IsOk());
  EXPECT_THAT(Unpack(Evil("symlink('d', '..'); file('d/outside')")), IsOk());
  EXPECT_THAT(Unpack(Evil("symlink('e', '/no/where'); file('e/f')")),
              ::testing::Not(IsOk()));
  EXPECT_THAT(Unpack(Evil("symlink('l', '../outside'); file('l')")), IsOk());
  EXPECT_THAT(Unpack(Evil("symlink('p', '..'); hardlink('h', 'p/outside')")),
              IsOk());
  EXPECT_EQ(Sh("cat outside; stat -c %h outside"), "secret\n1\n");
  EXPECT_EQ(Sh("cat out/abs out/outside out/l out/h"),
            "evil\nevil\nevil\nevil\n");
  EXPECT_EQ(Sh("ls"), "in\nout\noutside\n");
}

// The times of folders are set at the end, when a later member may have deleted
// or replaced them.
TEST_F(UnpackTest, WhatIsDeletedStaysDeleted) {
  const std::string folders =
      "add('a', type=tarfile.DIRTYPE, mode=0o755); "
      "add('a/b', type=tarfile.DIRTYPE, mode=0o755, mtime=7); ";
  EXPECT_THAT(Unpack(Evil(folders + "file('.wh.a')"), {.layer = true}), IsOk());
  EXPECT_EQ(Sh("ls -A out"), "");
  EXPECT_THAT(Unpack(Evil(folders + "file('a')")), IsOk());
  EXPECT_EQ(Sh("cat out/a; rm out/a"), "evil\n");
  EXPECT_THAT(Unpack(Evil(folders + "add('a/b', size=5, mtime=9)")), IsOk());
  EXPECT_EQ(Sh("stat -c %Y out/a/b; rm -r out/a"), "9\n");
}

TEST_F(UnpackTest, ALinkIsReplacedNotWrittenThrough) {
  Sh("ln -s \"$PWD/outside\" out/file; echo changed > in/file");
  EXPECT_THAT(Unpack("tar -C in -cf - file"), IsOk());
  EXPECT_EQ(Sh("cat outside out/file"), "secret\nchanged\n");
}

TEST_F(UnpackTest, WhiteoutsDeleteWhatLowerLayersHave) {
  Sh("mkdir -p out/gone/deep out/opaque out/kept; echo x > out/gone/deep/f; "
     "echo x > out/opaque/old; echo x > out/kept/f; echo x > out/file; "
     "mkdir -p in/opaque; touch in/.wh.gone in/.wh.file in/.wh.never "
     "in/opaque/.wh..wh..opq; echo new > in/opaque/new");
  EXPECT_THAT(Unpack("cd in; tar -cf - .wh.gone .wh.file .wh.never opaque/.wh* "
                     "opaque/new",
                     kLayer),
              IsOk());
  EXPECT_EQ(Sh("cd out; find . ! -type d | sort"), "./kept/f\n./opaque/new\n");
  EXPECT_EQ(Sh("cd out; find . -type d | sort"), ".\n./kept\n./opaque\n");
}

// The names in these whiteouts are "", "." and "..".
TEST_F(UnpackTest, AWhiteoutNamesAFile) {
  Sh("mkdir -p out/a/b; echo kept > out/a/file; echo kept > out/a/b/file");
  for (const char* name : {".wh.", ".wh..", ".wh...", "a/.wh.", "a/.wh..",
                           "a/.wh...", "a/b/.wh...", "./a/b/.wh..."}) {
    EXPECT_THAT(Unpack(Evil(absl::StrCat("file('", name, "')")), kLayer),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("the archive holds `", name,
                                      "`, a whiteout that names no file")));
    EXPECT_EQ(Sh("ls; cat outside out/a/file out/a/b/file"),
              "in\nout\noutside\nsecret\nkept\nkept\n")
        << name;
  }
}

// The class of CVE-2021-41103.
TEST_F(UnpackTest, DevicesAreNotMade) {
  Sh("echo lower > out/disk; echo lower > out/null");
  for (const UnpackOptions& options : {kLayer, UnpackOptions()}) {
    EXPECT_THAT(
        Unpack(Evil("add('disk', type=tarfile.BLKTYPE, devmajor=8, mode=0o666)"
                    "\nadd('null', type=tarfile.CHRTYPE, devmajor=1, "
                    "devminor=3)"
                    "\nadd('gone', type=tarfile.CHRTYPE)"
                    "\nfile('file')"),
               options),
        IsOk());
    EXPECT_EQ(Sh("find out -type b -o -type c; cat out/file"), "evil\n");
  }
  // What a layer replaces is gone.
  EXPECT_EQ(Sh("ls out"), "file\n");
}

TEST_F(UnpackTest, OutsideOfLayersAWhiteoutIsAFileLikeAnother) {
  Sh("touch in/.wh.file out/file");
  EXPECT_THAT(Unpack("tar -C in -cf - .wh.file"), IsOk());
  EXPECT_EQ(Sh("ls -A out"), ".wh.file\nfile\n");
}

TEST_F(UnpackTest, WhatIsThereIsReplacedByKind) {
  Sh("mkdir -p out/a/b in/c; echo x > out/a/b/f; echo x > out/c; "
     "echo file > in/a; echo x > in/c/f; mkdir -p out/d in/d; "
     "echo old > out/d/old; echo new > in/d/new");
  EXPECT_THAT(Unpack("tar -C in -cf - a c d"), IsOk());
  EXPECT_EQ(Sh("cd out; find . ! -type d | sort; cat a"),
            "./a\n./c/f\n./d/new\n./d/old\nfile\n");
}

TEST_F(UnpackTest, FifosOfAContextAreLeftOut) {
  Sh("mkfifo -m 0622 in/fifo; touch in/file");
  EXPECT_THAT(Unpack("tar -C in -cf - fifo file"), IsOk());
  EXPECT_EQ(Sh("ls out"), "file\n");
  EXPECT_THAT(Unpack("tar -C in -cf - fifo file", kLayer), IsOk());
  EXPECT_EQ(Sh("stat -c '%F %a' out/fifo"), "fifo 622\n");
}

TEST_F(UnpackTest, NoBytesAreAnEmptyArchive) {
  EXPECT_THAT(Unpack("true"), IsOk());
}

TEST_F(UnpackTest, SaysWhatIsDamaged) {
  Sh("head -c 300000 /dev/urandom > in/big");
  EXPECT_THAT(Unpack("echo this is not a tar archive at all"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Unpack("tar -C in -cf - big | head -c 100000"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("the archive is damaged at big")));
  EXPECT_THAT(Unpack("tar -C in -czf - big | head -c 100000"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(registry::Unpack(
                  [](char*, size_t) -> absl::StatusOr<size_t> {
                    return absl::AbortedError("cut off");
                  },
                  absl::StrCat(folder_, "/out")),
              StatusIs(absl::StatusCode::kAborted, "cut off"));
  EXPECT_THAT(registry::Unpack(nullptr, "/no/such/folder"),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace ovenbird::registry
