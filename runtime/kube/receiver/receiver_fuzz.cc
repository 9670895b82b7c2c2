// Whatever stream comes: nothing outside of the folder is written, linked or
// changed, no device is made, and without the right digest no verdict is passed
// on.
//
// The input's bytes are turned into frames of an archive with a few names that
// meet each other, over and over, and then damaged.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/format_text.h"
#include "runtime/kube/receiver/digest.h"
#include "runtime/kube/receiver/frames.h"
#include "runtime/kube/receiver/receiver.h"
#include "tools/testing/fuzz.h"
#include "tools/testing/playground.h"

namespace ovenbird::kube::receiver {
namespace {

using fuzz::Choices;
using fuzz::Playground;
using fuzz::Require;
namespace fs = std::filesystem;

constexpr absl::string_view kNames[] = {"a",  "b", "c", "outside",
                                        "..", ".", ""};
constexpr absl::string_view kTargets[] = {
    "..", "/", "../outside", "/outside", "a", "b", ".", "../a", "a/b"};
constexpr char kTypes[] = "000055512236LKx7";

std::string Header(absl::string_view name, char type, size_t size, int mode,
                   absl::string_view target) {
  std::string header(512, '\0');
  const auto put = [&](size_t at, absl::string_view text) {
    header.replace(at, text.size(), text.data(), text.size());
  };
  put(0, name);
  put(100, FormatText("%07o", mode));
  put(108, FormatText("%07o", getuid()));
  put(116, FormatText("%07o", getgid()));
  put(124, FormatText("%011o", size));
  put(136, "00000000001");
  put(148, "        ");
  header[156] = type;
  put(157, target);
  put(257, "ustar");
  int sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, FormatText("%06o", sum));
  header[154] = '\0';
  return header;
}

std::string Member(Choices& choices) {
  const uint8_t shape = choices.Next();
  std::string name(kNames[choices.Next() % std::size(kNames)]);
  for (int depth = shape % 4; depth > 0; --depth) {
    absl::StrAppend(&name, "/", kNames[choices.Next() % std::size(kNames)]);
  }
  const char type = kTypes[choices.Next() % 16];
  const bool link = type == '1' || type == '2';
  const absl::string_view target =
      link ? kTargets[choices.Next() % std::size(kTargets)] : "";
  std::string data;
  if (type == '0') data.assign(choices.Next() * 5, 'x');
  if (type == 'L' || type == 'K') data = name + '\0';
  const int mode = 0700 | (shape & 0x40 ? 06077 : 0);
  std::string out = Header(name, type, data.size(), mode, target);
  data.resize((data.size() + 511) / 512 * 512);
  return out + data;
}

std::string Frame(char kind, absl::string_view content) {
  return absl::StrCat(
      std::string{kind, static_cast<char>(content.size() & 0xff),
                  static_cast<char>(content.size() >> 8 & 0xff),
                  static_cast<char>(content.size() >> 16)},
      content);
}

// `whole`: nothing was damaged.
std::string Stream(Choices& choices, bool& whole) {
  const int damage = choices.Next() % 4;
  const size_t where = choices.Next() | choices.Next() << 8;
  const uint8_t change = choices.Next();
  const size_t piece = 1 + choices.Next() * 9u;
  std::string tar;
  while (!choices.empty() && tar.size() < 64 * 1024) tar += Member(choices);
  tar.resize(tar.size() + 1024);
  std::string stream;
  for (size_t at = 0; at < tar.size(); at += piece) {
    stream += Frame(kPlain, absl::string_view(tar).substr(at, piece));
  }
  Digest digest;
  digest.Add(tar.data(), tar.size());
  unsigned char bytes[kDigestSize];
  digest.Get(bytes);
  stream += Frame(
      kEnd, absl::string_view(reinterpret_cast<char*>(bytes), sizeof bytes));
  stream += "complete\n";
  const std::string before = stream;
  for (int i = 0; i < damage; ++i) {
    stream[where * static_cast<size_t>(i + 1) % stream.size()] ^= change;
  }
  whole = stream == before;  // Two changes may undo each other.
  return stream;
}

void Check(absl::string_view bytes) {
  static Playground& playground = *new Playground();
  Choices choices(bytes);
  bool whole = false;
  const std::string stream = Stream(choices, whole);
  int files[4];
  for (int& file : files) file = memfd_create("fuzz", 0);
  Require(write(files[0], stream.data(), stream.size()) ==
              static_cast<ssize_t>(stream.size()),
          "the stream can be written");
  lseek(files[0], 0, SEEK_SET);
  const std::string context = playground.folder();
  const std::string verdict = absl::StrCat("/proc/self/fd/", files[3]);
  const int code =
      Receive({files[0], files[1], files[2], context.c_str(), verdict.c_str()});
  struct stat passed;
  fstat(files[3], &passed);
  Require((code == 0) == (passed.st_size > 0), "0 means that it was passed on");
  if (!whole && code == 0) {
    // Only the verdict may have been damaged.
    char said[64] = {};
    Require(pread(files[3], said, sizeof said - 1, 0) > 0, "a verdict");
    Require(absl::string_view(said) != "complete\n", "the damage is seen");
  }
  for (const int file : files) close(file);
  playground.Check([](fs::file_status status) {
    return fs::is_regular_file(status) || fs::is_directory(status) ||
           fs::is_symlink(status);
  });
  playground.Reset();
}

}  // namespace
}  // namespace ovenbird::kube::receiver

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::kube::receiver::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
