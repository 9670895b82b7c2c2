#include "runtime/rewrite/mode_words.h"

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace ovenbird::rewrite {
namespace {

constexpr uint16_t kUser = 04700, kGroup = 02070, kOther = 01007;

struct Clause {
  uint16_t who = 0;  // bits that it may change
  absl::string_view rest;
};

Clause ReadWho(absl::string_view clause) {
  Clause result;
  size_t at = 0;
  for (; at < clause.size(); ++at) {
    if (clause[at] == 'u') {
      result.who |= kUser;
    } else if (clause[at] == 'g') {
      result.who |= kGroup;
    } else if (clause[at] == 'o') {
      result.who |= kOther;
    } else if (clause[at] == 'a') {
      result.who |= 07777;
    } else {
      break;
    }
  }
  if (at == 0) result.who = 07777;
  result.rest = clause.substr(at);
  return result;
}

// The bits of one class of users for all of them.
uint16_t Spread(uint16_t bits) {
  return static_cast<uint16_t>(bits << 6 | bits << 3 | bits);
}

std::optional<uint16_t> BitsOf(char letter, uint16_t mode, bool folder) {
  switch (letter) {
    case 'r':
      return 0444;
    case 'w':
      return 0222;
    case 'x':
      return 0111;
    case 'X':
      return folder || (mode & 0111) != 0 ? 0111 : 0;
    case 's':
      return 06000;
    case 't':
      return 01000;
    case 'u':
      return Spread(mode >> 6 & 7);
    case 'g':
      return Spread(mode >> 3 & 7);
    case 'o':
      return Spread(mode & 7);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<uint16_t> OctalMode(absl::string_view text) {
  if (text.empty() || text.find_first_not_of("01234567") != text.npos) {
    return std::nullopt;
  }
  return static_cast<uint16_t>(
      std::strtoul(std::string(text).c_str(), nullptr, 8));
}

std::optional<uint16_t> ApplyModeWords(absl::string_view words, uint16_t mode,
                                       bool folder) {
  for (absl::string_view text : absl::StrSplit(words, ',')) {
    Clause clause = ReadWho(text);
    if (clause.rest.empty()) return std::nullopt;
    while (!clause.rest.empty()) {
      const char action = clause.rest[0];
      if (action != '+' && action != '-' && action != '=') return std::nullopt;
      clause.rest.remove_prefix(1);
      uint16_t bits = 0;
      while (!clause.rest.empty() &&
             !absl::StrContains("+-=", clause.rest[0])) {
        const std::optional<uint16_t> more =
            BitsOf(clause.rest[0], mode, folder);
        if (!more) return std::nullopt;
        bits |= *more;
        clause.rest.remove_prefix(1);
      }
      bits &= clause.who;
      if (action == '=') {
        mode &= static_cast<uint16_t>(~(clause.who & 0777));
      }
      mode = action == '-' ? mode & static_cast<uint16_t>(~bits)
                           : static_cast<uint16_t>(mode | bits);
    }
  }
  return mode;
}

}  // namespace ovenbird::rewrite
