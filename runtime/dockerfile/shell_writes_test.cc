#include "runtime/dockerfile/shell_writes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {
namespace {

// What the commands of a line write in the folder /w: "PATH" for the path
// itself, "PATH/" for files in it too, "PATH/**" for all below it; with `=` for
// attributes and `+` for the missing folders above it.
std::string Writes(const std::string& line) {
  ShellStart start;
  start.folder = "/w";
  std::vector<std::string> shown;
  for (const ShellCommand& command : FindShellCommands(line, start)) {
    for (const Write& write : WritesOf(command)) {
      const char* reach = write.reach == Write::kInto       ? "/"
                          : write.reach == Write::kAllBelow ? "/**"
                                                            : "";
      shown.push_back(absl::StrCat(write.path, reach,
                                   write.attributes ? "=" : "",
                                   write.parents ? "+" : ""));
    }
  }
  return absl::StrJoin(shown, " ");
}

std::string Deletions(const std::string& line) {
  ShellStart start;
  start.folder = "/w";
  std::vector<std::string> all;
  for (const ShellCommand& command : FindShellCommands(line, start)) {
    for (const std::string& path : DeletionsOf(command)) all.push_back(path);
  }
  return absl::StrJoin(all, " ");
}

struct Case {
  const char* line;
  const char* writes;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(Writes(c.line), c.writes) << c.line;
}

TEST(ShellWritesTest, Redirections) {
  Check({
      {"echo a > f", "/w/f"},
      {"echo a >> /x/f 2> err", "/x/f /w/err"},
      {"cat < f", ""},
      {"ls 2>&1", ""},
      {"unknown > f", "/w/f"},
      {"mknod -m 600 f b 7 0", "/w/f"},
      {"echo a > \"$HOME/f\"", "$HOME/f"},
      {"cd /y && echo a > f", "/y/f"},
  });
}

TEST(ShellWritesTest, CommandsThatWriteTheirOperands) {
  Check({
      {"touch a /b", "/w/a /b"},
      {"touch -r a b", "/w/b"},
      {"touch -d '1 day' b", "/w/b"},
      {"touch --date '1 day' b", "/w/b"},
      {"touch -- -a", "/w/-a"},
      {"mkdir a b", "/w/a /w/b"},
      {"mkdir -p a/b", "/w/a/b+"},
      {"mkdir -m 755 a", "/w/a"},
      {"mkdir -m755 a", "/w/a"},
      {"mkdir --mode 755 --parents a", "/w/a+"},
      {"mkdir -pm 755 a", "/w/a+"},
      {"truncate -s 0 a", "/w/a"},
      {"truncate -s0 a", "/w/a"},
      {"tee a b", "/w/a /w/b"},
      {"tee -", ""},
      {"dd if=/dev/zero of=a bs=1", "/w/a"},
      {"sed s/a/b/ f", ""},
      {"sed -i s/a/b/ f", "/w/s/a/b /w/f"},
      {"sed --in-place=.old -e s/a/b/ f", "/w/s/a/b /w/f"},
      {"rm -rf a", ""},
  });
}

TEST(ShellWritesTest, Attributes) {
  Check({
      {"chmod 755 a b", "/w/a= /w/b="},
      {"chmod -R 755 a", "/w/a/**="},
      {"chmod --recursive 755 a", "/w/a/**="},
      {"chown -vR a:b /x", "/x/**="},
      {"chmod --reference=a b", "/w/b="},
      {"setcap cap_net_raw+ep a", "/w/a="},
      {"setfacl -m u:a:rwx b", "/w/b="},
      {"find /x -type f -exec chmod 600 {} +", "/x/**="},
      {"dpkg-statoverride --update --add a b 4755 /x", "/x="},
      {"dpkg-statoverride --list", ""},
  });
}

TEST(ShellWritesTest, Copies) {
  Check({
      // The target may be a folder.
      {"cp a /x", "/x /x/a"},
      {"cp a b /x", "/x/a /x/b"},
      {"cp a /x/", "/x/a"},
      {"cp a* /x", "/x/"},
      {"cp . /x", "/x/"},
      {"mv a /x", "/x /x/a"},
      {"cp a", ""},
      {"cp", ""},
      {"ln -s /a/b", "/w/b"},
      {"ln -sf /a/b /c", "/c /c/b"},
      {"install -m 755 a /x", "/x /x/a"},
      {"install -m755 a /x", "/x /x/a"},
      {"install --mode 755 a /x", "/x /x/a"},
      {"install -D a /x/y", "/x/y+ /x/y/a"},
      {"install -d a/b", "/w/a/b+"},
      {"install -d -o root a", "/w/a+ /w/a="},
      {"rsync -a a/ /x", "/x/ /x"},
      {"rsync -e 'ssh -p 1' a /x", "/x/ /x"},
  });
}

// As GNU's programs read it: the folder in one word or in two.
TEST(ShellWritesTest, CopiesIntoTheFolderOfAnOption) {
  for (const char* option :
       {"-t /x", "-t/x", "-t/opt/../x", "-ft /x", "-ft/x",
        "--target-directory=/x", "--target-directory /x"}) {
    for (const char* command : {"cp ", "mv ", "ln ", "install "}) {
      EXPECT_EQ(Writes(absl::StrCat(command, option, " a b")), "/x/a /x/b")
          << command << option;
      EXPECT_EQ(Writes(absl::StrCat(command, "a b ", option)), "/x/a /x/b")
          << command << option;
    }
    EXPECT_EQ(Writes(absl::StrCat("cp ", option, " a")), "/x/a") << option;
    EXPECT_EQ(Writes(absl::StrCat("cp ", option, " a*")), "/x/") << option;
    EXPECT_EQ(Deletions(absl::StrCat("mv ", option, " a b")), "/w/a /w/b")
        << option;
  }
  Check({
      {"install -Dt /x a", "/x+ /x/a"},
      {"install -Dm755 -t /x a", "/x+ /x/a"},
      // The suffix of backups has a `t`, and is no folder.
      {"cp -St a /x", "/x /x/a"},
      {"cp -S t a /x", "/x /x/a"},
  });
}

TEST(ShellWritesTest, Downloads) {
  Check({
      {"curl -o /x/f https://h/a", "/x/f"},
      {"curl -fsSLo f https://h/a", "/w/f"},
      {"curl -o/x/head https://h/a", "/x/head"},
      {"curl --output=f https://h/a", "/w/f"},
      {"curl https://h/a", ""},
      {"curl -fsSLO https://h/b/a.tgz?x=1#y", "/w/a.tgz"},
      {"curl -XPOST -O https://h/a", "/w/a"},
      {"curl --output-dir /x -O https://h/a", "/x/a"},
      {"curl --output-dir=/x -o f https://h/a", "/x/f"},
      {"curl -H 'a: b' -O $URL/a", "/w/a"},
      {"wget https://h/a", "/w/a"},
      {"wget -qO f https://h/a", "/w/f"},
      {"wget -O- https://h/a", ""},
      {"wget -P /x https://h/a", "/x/a"},
      {"wget -P/x https://h/a", "/x/a"},
      {"wget -qP /x https://h/a", "/x/a"},
      {"wget --directory-prefix=/x https://h/a", "/x/a"},
      {"wget --directory-prefix /x https://h/a", "/x/a"},
      {"gpg -o f --dearmor a", "/w/f"},
      {"openssl req -out f -in a", "/w/f"},
  });
}

TEST(ShellWritesTest, Clones) {
  Check({
      {"git clone https://h/a/b.git", "/w/b"},
      {"git clone https://h/a/b /x", "/x/+"},
      {"git clone --depth 1 -b v1 https://h/b.git c", "/w/c/+"},
      {"git clone https://h/b.git --depth 1", "/w/b"},
      {"git clone https://h/b.git --branch v1", "/w/b"},
      {"git clone git@h:a/b.git", "/w/b"},
      {"git clone $REPO /x", "/x/+"},
      {"git clone /src/b.git", "/w/b"},
      {"git clone ../b /x", "/x/+"},
      {"git clone", ""},
      {"git -c http.sslVerify=false clone https://h/b", "/w/b"},
      {"git -C /x clone https://h/b", "/x/b"},
      {"git -C sub clone https://h/b c", "/w/sub/c/+"},
      {"git pull", "/w/"},
      {"git -C /x checkout v1", "/x/"},
  });
}

TEST(ShellWritesTest, ArchivesAndAccounts) {
  Check({
      {"tar -xzf a.tgz -C /x", "/x/"},
      {"tar -xzf a.tgz --directory=/x", "/x/"},
      {"tar xzf a.tgz", "/w/"},
      {"tar xzf a.tgz b", "/w/ /w/b"},
      {"tar -xzf a.tgz b -C /x", "/x/ /x/b"},
      {"tar -C /x -xzf a.tgz b", "/x/ /x/b"},
      {"tar --extract --file=a.tar b", "/w/ /w/b"},
      {"curl https://h/a | tar xz -C /x", "/x/"},
      {"tar czf /x/a.tgz b", "/x/a.tgz"},
      {"tar -czf a.tgz -C /x b", "/w/a.tgz"},
      {"tar --create --file=a.tar b", "/w/a.tar"},
      {"tar --append --file a.tar b", "/w/a.tar"},
      {"tar cf - b > a.tar", "/w/a.tar"},
      {"unzip a.zip -d /x", "/x/ /x"},
      {"unzip -qd /x a.zip", "/x/ /x"},
      {"unzip a.zip", "/w/"},
      {"useradd -m app",
       "/etc/passwd /etc/group /etc/shadow /etc/gshadow /home/app"},
      {"useradd -d /srv/app app",
       "/etc/passwd /etc/group /etc/shadow /etc/gshadow /srv/app"},
      {"groupadd app", "/etc/passwd /etc/group /etc/shadow /etc/gshadow"},
  });
}

TEST(ShellWritesTest, DeletionsOfRmAndMv) {
  struct Row {
    const char* line;
    const char* deleted;
  };
  for (const Row& row :
       {Row{"rm -rf a /b", "/w/a /b"}, Row{"rm -- -a", "/w/-a"},
        Row{"rmdir a", "/w/a"}, Row{"mv a b /x", "/w/a /w/b"}, Row{"mv a", ""},
        Row{"mv", ""}, Row{"cp a b", ""},
        Row{"cd /x; rm a && rm b", "/x/a /x/b"}}) {
    EXPECT_EQ(Deletions(row.line), row.deleted) << row.line;
  }
}

TEST(ShellWritesTest, WhatIsUnderstood) {
  for (const char* name : {"cp", "curl", "true", "[", "git"}) {
    ShellCommand command;
    command.name = name;
    EXPECT_TRUE(IsUnderstood(command)) << name;
  }
  for (const char* name : {"make", "apt-get", "", "CP"}) {
    ShellCommand command;
    command.name = name;
    EXPECT_FALSE(IsUnderstood(command)) << name;
    EXPECT_TRUE(WritesOf(command).empty()) << name;
  }
}

TEST(ShellWritesTest, WhatLiesBelowAFolder) {
  EXPECT_TRUE(LiesBelow("/a/b", "/a"));
  EXPECT_TRUE(LiesBelow("/a", "/"));
  for (const char* path : {"/a", "/ab", "/", "", "/b/a"}) {
    EXPECT_FALSE(LiesBelow(path, "/a")) << path;
  }
  EXPECT_FALSE(LiesBelow("/", "/"));
  struct Row {
    const char* path;
    Write::Reach reach;
    bool below;
  };
  for (const Row& row :
       {Row{"/a/b", Write::kItself, true}, Row{"/a", Write::kItself, false},
        Row{"/a", Write::kInto, true}, Row{"/", Write::kInto, false},
        Row{"/", Write::kAllBelow, true},
        Row{"/ab", Write::kAllBelow, false}}) {
    Write write;
    write.path = row.path;
    write.reach = row.reach;
    // The folder is cleaned first.
    EXPECT_EQ(IsBelow(write, "/x/../a/"), row.below) << row.path;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
