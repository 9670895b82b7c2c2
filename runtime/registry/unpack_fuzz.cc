// Whatever an archive holds: nothing outside of the folder is written, linked
// or changed, and no device is made in it.
//
// The input's bytes are turned into a valid archive of a few names that meet
// each other, over and over, and then damaged: an archive of random bytes would
// end at its first header.
#include <string.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/format_text.h"
#include "runtime/registry/unpack.h"
#include "tools/testing/fuzz.h"
#include "tools/testing/playground.h"

namespace ovenbird::registry {
namespace {

using fuzz::Choices;
using fuzz::Playground;
using fuzz::Require;
namespace fs = std::filesystem;

constexpr absl::string_view kNames[] = {
    "a",     "b",     "c",    "outside",      "..",     ".",
    ".wh.a", ".wh.b", ".wh.", ".wh..wh..opq", ".wh...", ""};
constexpr absl::string_view kTargets[] = {
    "..", "/",    "../outside", "/outside", "a",          "b",
    ".",  "../a", "../..",      "a/b",      "/proc/self", "a/../../outside"};
constexpr char kTypes[] = "0000555512122346";

template <size_t N>
absl::string_view Pick(const absl::string_view (&list)[N], uint8_t choice) {
  return list[choice % N];
}

// The header of a member in the ustar format, with its checksum.
std::string Header(absl::string_view name, char type, size_t size, int mode,
                   absl::string_view target) {
  std::string header(512, '\0');
  const auto put = [&](size_t at, absl::string_view text, size_t room) {
    text = text.substr(0, room);
    header.replace(at, text.size(), text.data(), text.size());
  };
  put(0, name, 100);
  put(100, FormatText("%07o", mode), 8);
  put(108, "0000000", 8);
  put(116, "0000000", 8);
  put(124, FormatText("%011o", size), 12);
  put(136, "00000000001", 12);
  put(148, "        ", 8);
  header[156] = type;
  put(157, target, 100);
  put(257, absl::string_view("ustar\00000", 8), 8);
  int sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, FormatText("%06o", sum), 6);
  header[154] = '\0';
  return header;
}

std::string Padded(std::string data) {
  data.resize((data.size() + 511) / 512 * 512);
  return data;
}

// A pax record, whose length counts itself.
std::string PaxRecord(absl::string_view key, absl::string_view value) {
  size_t size = key.size() + value.size() + 3;
  size += absl::StrCat(size + 2).size();
  return absl::StrCat(size, " ", key, "=", value, "\n");
}

std::string Member(Choices& choices) {
  const uint8_t shape = choices.Next();
  std::string name(Pick(kNames, choices.Next()));
  for (int depth = shape % 4; depth > 0; --depth) {
    absl::StrAppend(&name, "/", Pick(kNames, choices.Next()));
  }
  const char type = kTypes[choices.Next() % 16];
  const bool link = type == '1' || type == '2';
  const std::string target(link ? Pick(kTargets, choices.Next()) : "");
  const std::string data(type == '0' ? choices.Next() * 5 : 0, 'x');
  std::string out;
  if (shape & 0x10) {  // The name in a pax header, where it has no limit.
    const std::string pax = PaxRecord("path", name);
    absl::StrAppend(&out, Header("pax", 'x', pax.size(), 0600, ""),
                    Padded(pax));
    name = "short";
  }
  if (shape & 0x20) {  // GNU's form of a long link.
    absl::StrAppend(&out,
                    Header("././@LongLink", 'K', target.size() + 1, 0, ""),
                    Padded(target + '\0'));
  }
  const int mode = 0700 | (shape & 0x40 ? 06077 : 0);
  return absl::StrCat(out, Header(name, type, data.size(), mode, target),
                      Padded(data));
}

// `damaged`: bytes were changed after the archive was whole.
std::string Archive(Choices& choices, bool& damaged) {
  const int damage = choices.Next() % 4;
  const int where = choices.Next() | choices.Next() << 8;
  const uint8_t change = choices.Next();
  std::string out;
  while (!choices.empty() && out.size() < 64 * 1024) out += Member(choices);
  out.resize(out.size() + 1024);
  damaged = damage > 0;
  for (int i = 0; i < damage; ++i) {
    out[static_cast<size_t>(where * (i + 1)) % out.size()] ^= change;
  }
  if (change == 0xff) out.resize(static_cast<size_t>(where) % out.size());
  return out;
}

void Check(absl::string_view bytes) {
  static Playground& playground = *new Playground();
  Choices choices(bytes);
  UnpackOptions options;
  options.layer = choices.Next() % 2 == 0;
  options.owners = false;
  bool damaged = false;
  const std::string archive = Archive(choices, damaged);
  size_t at = 0;
  const absl::Status status = Unpack(
      [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
        const size_t piece =
            std::min({size, size_t{4099}, archive.size() - at});
        memcpy(buffer, archive.data() + at, piece);
        at += piece;
        return piece;
      },
      playground.folder(), options);
  Require(status.ok() || !status.message().empty(), "an error says why");
  playground.Check([](fs::file_status status) {
    return !fs::is_block_file(status) && !fs::is_character_file(status);
  });
  playground.Reset();
}

}  // namespace
}  // namespace ovenbird::registry

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::registry::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
