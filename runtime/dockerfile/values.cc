#include "runtime/dockerfile/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"

namespace ovenbird::dockerfile {
namespace {

using absl::string_view;

bool FullMatch(string_view text, const RE2& pattern) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::string Quoted(string_view text) { return absl::StrCat("`", text, "`"); }

template <size_t N>
std::string OneOfProblem(string_view text,
                         const std::array<string_view, N>& known) {
  if (std::find(known.begin(), known.end(), text) != known.end()) return "";
  return absl::StrCat("`", text, "` is not one of `",
                      absl::StrJoin(known, "`, `"), "`");
}

// Decimal digits with an optional sign, as Go reads numbers.
std::optional<int64_t> GoInteger(string_view text) {
  static const RE2* const form = new RE2("[+-]?[0-9]+");
  int64_t value = 0;
  if (!FullMatch(text, *form) || !absl::SimpleAtoi(text, &value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> InRange(string_view text, int64_t least, int64_t most) {
  const std::optional<int64_t> value = GoInteger(text);
  if (!value || *value < least || *value > most) return std::nullopt;
  return value;
}

constexpr int64_t kMaxUint32 = 4294967295;

bool IsUnsigned(string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         InRange(text, 0, kMaxUint32).has_value();
}

// Nanoseconds in the unit; 0 for none.
double UnitOf(string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "\xc2\xb5s" || unit == "\xce\xbcs") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  if (unit == "m") return 60e9;
  if (unit == "h") return 3600e9;
  return 0;
}

std::string PortNumberProblem(string_view text) {
  if (InRange(text, 0, 65535)) return "";
  return absl::StrCat("`", text, "` is not a number from 0 to 65535");
}

// `size`: how many ports the range has.
std::string PortRangeProblem(string_view text, int64_t* size) {
  const size_t dash = text.find('-');
  const string_view first = text.substr(0, dash);
  *size = 1;
  std::string problem = PortNumberProblem(first);
  if (!problem.empty() || dash == text.npos) return problem;
  const string_view last = text.substr(dash + 1);
  problem = PortNumberProblem(last);
  if (!problem.empty()) return problem;
  *size = *GoInteger(last) - *GoInteger(first) + 1;
  if (*size >= 1) return "";
  return absl::StrCat("the range ", Quoted(text), " ends before it starts");
}

bool IsAddress(std::string text) {
  if (absl::StartsWith(text, "[")) {
    if (!absl::EndsWith(text, "]")) return false;
    text = text.substr(1, text.size() - 2);
  }
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return text.empty() || inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool IsGoBoolean(string_view text) {
  static constexpr std::array<string_view, 12> kKnown = {
      "1", "t", "T", "true",  "TRUE",  "True",
      "0", "f", "F", "false", "FALSE", "False"};
  return std::find(kKnown.begin(), kKnown.end(), text) != kKnown.end();
}

const std::string* FindOption(const std::vector<MountOption>& options,
                              std::initializer_list<string_view> names) {
  const std::string* found = nullptr;
  for (const MountOption& option : options) {
    for (string_view name : names) {
      if (option.key == name && option.value) found = &*option.value;
    }
  }
  return found;
}

bool HasOption(const std::vector<MountOption>& options,
               std::initializer_list<string_view> names) {
  const std::string* found = FindOption(options, names);
  return found != nullptr && !found->empty();
}

std::string BooleanProblem(const MountOption& option) {
  if (!option.value || IsGoBoolean(*option.value)) return "";
  return absl::StrCat("`", option.key, "` is neither `true` nor `false`");
}

std::string NotForType(string_view key, string_view type) {
  return absl::StrCat("`", key, "` does not apply to mounts of type `", type,
                      "`");
}

std::string UnsignedProblem(const MountOption& option) {
  if (IsUnsigned(*option.value)) return "";
  return absl::StrCat("`", option.key, "` is not a number");
}

// `type`: what the options before this one say.
std::string MountOptionProblem(const MountOption& option, string_view type) {
  static constexpr std::array<string_view, 5> kTypes = {
      "bind", "cache", "tmpfs", "secret", "ssh"};
  static constexpr std::array<string_view, 3> kSharing = {"shared", "private",
                                                          "locked"};
  static const RE2* const size =
      new RE2(R"((?i)([0-9]+\.?[0-9]*|\.[0-9]+) ?([kmgtp](i?b)?|b)?)");
  static const RE2* const octal = new RE2("[0-7]{1,11}");
  const std::string& key = option.key;
  if (key == "readonly" || key == "ro" || key == "readwrite" || key == "rw") {
    return BooleanProblem(option);
  }
  if (key == "required") {
    if (type != "secret" && type != "ssh") return NotForType(key, type);
    return BooleanProblem(option);
  }
  if (!option.value) return absl::StrCat("`", key, "` has no value");
  const std::string& value = *option.value;
  if (key == "type") return OneOfProblem(absl::AsciiStrToLower(value), kTypes);
  if (key == "sharing") {
    return OneOfProblem(absl::AsciiStrToLower(value), kSharing);
  }
  if (key == "size") {
    if (type != "tmpfs") return NotForType(key, type);
    return FullMatch(value, *size)
               ? ""
               : absl::StrCat("`size` is not a size such as `64m`");
  }
  if (key == "mode") {
    return FullMatch(value, *octal) ? "" : "`mode` is not an octal number";
  }
  if (key == "uid" || key == "gid") return UnsignedProblem(option);
  return MountKeyProblem(key);
}

std::string SecretProblem(const std::vector<MountOption>& options) {
  if (HasOption(options, {"from"})) return NotForType("from", "secret");
  if (HasOption(options, {"sharing"})) return NotForType("sharing", "secret");
  const bool source = HasOption(options, {"source", "src"});
  if (source && HasOption(options, {"id"})) {
    return "`id` and `source` mean the same";
  }
  if (!source && !HasOption(options, {"id", "target", "dst", "destination"})) {
    return "a secret needs an `id` or a `target`";
  }
  return "";
}

}  // namespace

std::string DurationProblem(string_view text) {
  static const RE2* const part =
      new RE2(R"(([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*))");
  const std::string no_duration =
      absl::StrCat(Quoted(text), " is not a duration such as `30s`");
  if (text.empty()) return "";
  re2::StringPiece rest(text.data(), text.size());
  const bool negative = rest[0] == '-';
  if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1);
  if (rest == "0") return "";
  if (rest.empty()) return no_duration;
  double total = 0;
  while (!rest.empty()) {
    std::string number;
    std::string unit;
    if (!RE2::Consume(&rest, *part, &number, &unit)) return no_duration;
    if (unit.empty()) return absl::StrCat(Quoted(text), " has no unit");
    if (UnitOf(unit) == 0) {
      return absl::StrCat("unknown unit ", Quoted(unit), " in ", Quoted(text));
    }
    double value = 0;
    if (!absl::SimpleAtod(number, &value)) return no_duration;
    total += value * UnitOf(unit);
  }
  if (total > 9.2e18) return absl::StrCat(Quoted(text), " is too long");
  if (total >= 1 && (negative || total < 1e6)) {
    return absl::StrCat(Quoted(text), " is shorter than a millisecond");
  }
  return "";
}

std::string RetriesProblem(string_view text) {
  if (text.empty() || InRange(text, 0, INT32_MAX)) return "";
  return absl::StrCat(Quoted(text), " is not a number of at least 0");
}

std::string SignalProblem(string_view text) {
  static const auto* const names = new std::set<std::string>{
      "ABRT", "ALRM", "BUS",   "CHLD",   "CLD",  "CONT", "FPE",    "HUP",
      "ILL",  "INT",  "IO",    "IOT",    "KILL", "PIPE", "POLL",   "PROF",
      "PWR",  "QUIT", "SEGV",  "STKFLT", "STOP", "SYS",  "TERM",   "TRAP",
      "TSTP", "TTIN", "TTOU",  "URG",    "USR1", "USR2", "VTALRM", "WINCH",
      "XCPU", "XFSZ", "RTMIN", "RTMAX"};
  static const RE2* const real_time =
      new RE2(R"(RTM(IN\+([1-9]|1[0-5])|AX-([1-9]|1[0-4])))");
  if (const std::optional<int64_t> number = GoInteger(text)) {
    return *number == 0 ? "`0` is not a signal" : "";
  }
  std::string name = absl::AsciiStrToUpper(text);
  if (absl::StartsWith(name, "SIG")) name.erase(0, 3);
  if (names->count(name) > 0 || FullMatch(name, *real_time)) return "";
  return absl::StrCat("unknown signal ", Quoted(text));
}

std::string PortProblem(string_view text) {
  static constexpr std::array<string_view, 4> kProtocols = {"tcp", "udp",
                                                            "sctp", ""};
  std::vector<string_view> parts = absl::StrSplit(text, ':');
  string_view port = parts.back();
  const size_t slash = port.find('/');
  if (slash != port.npos) {
    const std::string protocol = absl::AsciiStrToLower(port.substr(slash + 1));
    if (std::find(kProtocols.begin(), kProtocols.end(), protocol) ==
        kProtocols.end()) {
      return absl::StrCat("protocol ", Quoted(protocol),
                          " is not one of `tcp`, `udp`, `sctp`");
    }
    port = port.substr(0, slash);
  }
  parts.pop_back();
  int64_t size = 0;
  std::string problem = PortRangeProblem(port, &size);
  if (!problem.empty() || parts.empty()) return problem;
  const string_view host = parts.back();
  parts.pop_back();
  if (!IsAddress(absl::StrJoin(parts, ":"))) {
    return absl::StrCat(Quoted(absl::StrJoin(parts, ":")),
                        " is not an IP address");
  }
  if (host.empty()) return "";
  int64_t host_size = 0;
  problem = PortRangeProblem(host, &host_size);
  if (problem.empty() && size != host_size && size != 1) {
    return "the two ranges differ in size";
  }
  return problem;
}

std::string ModeProblem(string_view text) {
  static const RE2* const octal = new RE2("[0-7]{1,11}");
  static const RE2* const symbolic =
      new RE2("[augo]*([-+=][rstwxXugo]*)+(,[augo]*([-+=][rstwxXugo]*)+)*");
  if (FullMatch(text, *octal)) {
    const string_view digits =
        text.substr(std::min(text.find_first_not_of('0'), text.size()));
    if (digits.size() <= 4) return "";
    return absl::StrCat(Quoted(text), " is above 7777");
  }
  if (FullMatch(text, *symbolic)) return "";
  return absl::StrCat(Quoted(text),
                      " is neither octal, such as `755`, nor symbolic, such as "
                      "`u=rwX,go=rX`");
}

std::string PlatformProblem(string_view text) {
  static const RE2* const part = new RE2("[A-Za-z0-9_.-]+");
  static const RE2* const system =
      new RE2(R"([A-Za-z0-9_.-]+(\([A-Za-z0-9_.+%()-]*\))?)");
  static const auto* const known = new std::set<string_view>{
      "aix",       "android",     "darwin",  "dragonfly", "freebsd",
      "hurd",      "illumos",     "ios",     "js",        "linux",
      "nacl",      "netbsd",      "openbsd", "plan9",     "solaris",
      "windows",   "zos",         "macos",   "386",       "amd64",
      "amd64p32",  "arm",         "armbe",   "arm64",     "arm64be",
      "loong64",   "mips",        "mipsle",  "mips64",    "mips64le",
      "mips64p32", "mips64p32le", "ppc",     "ppc64",     "ppc64le",
      "riscv",     "riscv64",     "s390",    "s390x",     "sparc",
      "sparc64",   "wasm",        "i386",    "x86_64",    "x86-64",
      "aarch64",   "armhf",       "armel"};
  const std::vector<string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() > 3) {
    return absl::StrCat(Quoted(text), " has more than three parts");
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!FullMatch(parts[i], i == 0 ? *system : *part)) {
      return absl::StrCat(Quoted(text), " is not of the form `linux/amd64`");
    }
  }
  const std::string first = absl::AsciiStrToLower(parts[0]);
  if (parts.size() == 1 &&
      known->count(first.substr(0, first.find('('))) == 0) {
    return absl::StrCat("unknown operating system or architecture ",
                        Quoted(text));
  }
  return "";
}

std::string DigestProblem(string_view text) {
  static const RE2* const form =
      new RE2("sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}");
  if (FullMatch(text, *form)) return "";
  return absl::StrCat(Quoted(text),
                      " is not `sha256:` and 64 hexadecimal "
                      "digits in lower case");
}

std::string DeviceProblem(string_view text) {
  const absl::StatusOr<std::vector<MountOption>> options = SplitMount(text);
  if (!options.ok()) return std::string(options.status().message());
  bool named = false;
  for (const MountOption& option : *options) {
    if (option.key == "required") {
      const std::string problem = BooleanProblem(option);
      if (!problem.empty()) return problem;
    } else if (option.key == "name" && option.value) {
      if (named) return "it has two names";
      named = !option.value->empty();
    } else if (named) {
      return absl::StrCat("unknown option `", option.key, "`");
    } else {
      named = true;
    }
  }
  return "";
}

std::string LinkedOwnerProblem(string_view text) {
  const std::pair<string_view, string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  for (string_view part : {parts.first, parts.second}) {
    if (part.empty() || part == "root" || InRange(part, INT32_MIN, INT32_MAX)) {
      continue;
    }
    return absl::StrCat("with `--link`, ", Quoted(part), " must be a number");
  }
  return "";
}

bool IsGitSource(string_view source) {
  static const RE2* const scp = new RE2("[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:.*");
  if (absl::StartsWith(source, "./") || absl::StartsWith(source, "../") ||
      absl::StartsWith(source, "github.com/")) {
    return false;
  }
  const std::string lower = absl::AsciiStrToLower(source);
  if (absl::StartsWith(lower, "git://") || absl::StartsWith(lower, "ssh://")) {
    return true;
  }
  if (absl::StartsWith(lower, "http://") ||
      absl::StartsWith(lower, "https://")) {
    const string_view rest = source.substr(source.find("://") + 3);
    const size_t slash = rest.substr(0, rest.find_first_of("?#")).find('/');
    return slash != rest.npos &&
           absl::EndsWith(rest.substr(0, rest.find_first_of("?#")), ".git");
  }
  return FullMatch(source, *scp);
}

bool IsHttpSource(string_view source) {
  return (absl::StartsWith(source, "http://") ||
          absl::StartsWith(source, "https://")) &&
         !IsGitSource(source);
}

absl::StatusOr<std::vector<MountOption>> SplitMount(string_view text) {
  static constexpr char kBadQuotes[] =
      "a `\"` is neither at the start nor at the end of an option";
  std::vector<MountOption> options;
  if (text.empty()) return absl::InvalidArgumentError("it has no value");
  const auto add = [&](string_view field) {
    const size_t equals = field.find('=');
    MountOption option;
    option.key = absl::AsciiStrToLower(field.substr(0, equals));
    if (equals != field.npos) {
      option.value = std::string(field.substr(equals + 1));
    }
    options.push_back(std::move(option));
  };
  while (true) {
    if (!absl::StartsWith(text, "\"")) {
      const string_view field = text.substr(0, text.find(','));
      if (absl::StrContains(field, '"')) {
        return absl::InvalidArgumentError(kBadQuotes);
      }
      add(field);
      if (field.size() == text.size()) return options;
      text.remove_prefix(field.size() + 1);
      continue;
    }
    text.remove_prefix(1);
    std::string field;
    while (true) {
      const size_t quote = text.find('"');
      if (quote == text.npos) return absl::InvalidArgumentError(kBadQuotes);
      absl::StrAppend(&field, text.substr(0, quote));
      text.remove_prefix(quote + 1);
      if (!absl::StartsWith(text, "\"")) break;
      field += '"';
      text.remove_prefix(1);
    }
    add(field);
    if (text.empty()) return options;
    if (text[0] != ',') return absl::InvalidArgumentError(kBadQuotes);
    text.remove_prefix(1);
  }
}

std::string MountKeyProblem(string_view key) {
  static constexpr std::array<string_view, 19> kKeys = {
      "type",     "from",        "source",    "src",     "target",
      "dst",      "destination", "id",        "env",     "ro",
      "readonly", "rw",          "readwrite", "size",    "sharing",
      "mode",     "uid",         "gid",       "required"};
  if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) return "";
  return absl::StrCat("unknown option `", key, "`");
}

std::string MountProblem(const std::vector<MountOption>& options,
                         const std::optional<std::string>& folder) {
  std::string type = "bind";
  for (const MountOption& option : options) {
    std::string problem = MountOptionProblem(option, type);
    if (!problem.empty()) return problem;
    if (option.key == "type") type = absl::AsciiStrToLower(*option.value);
  }
  if (type == "bind" || type == "tmpfs") {
    for (string_view key : {"mode", "uid", "gid"}) {
      if (FindOption(options, {key})) return NotForType(key, type);
    }
  }
  if (type == "secret") return SecretProblem(options);
  if (type != "cache" && FindOption(options, {"sharing"})) {
    return NotForType("sharing", type);
  }
  if (type == "ssh") {
    return HasOption(options, {"source", "src"}) ? NotForType("source", type)
                                                 : "";
  }
  const std::string* target =
      FindOption(options, {"target", "dst", "destination"});
  const string_view path = target == nullptr ? "" : string_view(*target);
  if (path == "/") return "`target` is the root folder";
  const bool top =
      folder == "/" && (path.empty() || path == "." || path == "./");
  return top ? "`target` is missing" : "";
}

}  // namespace ovenbird::dockerfile
