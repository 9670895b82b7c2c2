#include "runtime/rewrite/config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Pair;
using dockerfile::Word;

// "8000-8002/TCP" -> the words to write instead; nullopt: not a port.
std::optional<std::vector<std::string>> Ports(absl::string_view text) {
  std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  const std::string protocol =
      parts.second.empty() ? "tcp" : absl::AsciiStrToLower(parts.second);
  // "8080:80": only the container's port counts.
  parts.first.erase(0, parts.first.rfind(':') + 1);
  std::pair<std::string, std::string> ends =
      absl::StrSplit(parts.first, absl::MaxSplits('-', 1));
  if (ends.second.empty()) ends.second = ends.first;
  int first = 0;
  int last = 0;
  if (!absl::SimpleAtoi(ends.first, &first) ||
      !absl::SimpleAtoi(ends.second, &last) || first < 0 || last > 65535 ||
      last < first) {
    return std::nullopt;
  }
  std::vector<std::string> ports;
  for (int port = first; port <= last; ++port) {
    ports.push_back(absl::StrCat(port, "/", protocol));
  }
  return ports;
}

bool IsAsKanikoWantsIt(absl::string_view word) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(word, absl::MaxSplits('/', 1));
  return !parts.first.empty() &&
         absl::c_all_of(parts.first, absl::ascii_isdigit) &&
         (parts.second.empty()
              ? !absl::StrContains(word, '/')
              : parts.second == "tcp" || parts.second == "udp");
}

void AddPlatformArgs(absl::string_view side, absl::string_view platform,
                     dockerfile::BuildArgs& args) {
  // Executors run on nothing else.
  args[absl::StrCat(side, "OS")] = "linux";
  const std::vector<std::string> parts = absl::StrSplit(platform, '/');
  if (parts.size() < 2) return;
  args[absl::StrCat(side, "PLATFORM")] = std::string(platform);
  args[absl::StrCat(side, "ARCH")] = parts[1];
  args[absl::StrCat(side, "VARIANT")] = parts.size() > 2 ? parts[2] : "";
}

// Whether the value of an ARG can make a difference: a RUN gets it, or it is
// named.
bool IsUsed(const Site& site, const Instruction& arg, const Pair& pair) {
  if (arg.span.file != site.request.dockerfile->file ||
      site.earlier.bases.count(site.stage.index) > 0) {
    return true;
  }
  const uint32_t begin = arg.span.end;
  const absl::string_view rest = absl::string_view(arg.span.file->text())
                                     .substr(begin, site.stage.end - begin);
  return absl::StrContains(rest, pair.name) ||
         absl::c_any_of(site.stage.instructions, [&](const Instruction& one) {
           return one.keyword == "RUN" && one.span.begin >= begin;
         });
}

}  // namespace

void WriteOutKeyword(const Site& /*site*/, Draft& draft) {
  const Span span = draft.original().span;
  const absl::string_view file = span.file->text();
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(
      file.substr(span.begin, span.end - span.begin));
  const std::string& keyword = draft.original().keyword;
  const absl::string_view written = text.substr(0, keyword.size());
  if (written == keyword || !absl::EqualsIgnoreCase(written, keyword)) return;
  draft.Because(
      "kaniko does not see CMD and ENTRYPOINT in small letters when it decides "
      "whether to reset CMD");
}

void WriteOutShell(const Site& site, Draft& draft) {
  if (site.before.shell.empty()) return;
  for (Instruction& instruction : draft.instructions) {
    if (instruction.exec_form || instruction.text.empty()) continue;
    instruction.words.clear();
    for (const std::string& word : site.before.shell) {
      instruction.words.push_back({word, {}});
    }
    instruction.words.push_back({instruction.text, {}});
    instruction.exec_form = true;
    draft.Because(
        "the shell form after SHELL would overwrite the other of "
        "CMD and ENTRYPOINT");
  }
}

void WriteOutPorts(const Site& site, Draft& draft) {
  std::vector<Instruction> sent;
  for (Instruction instruction : draft.instructions) {
    std::vector<Word> words;
    bool changed = false;
    for (const Word& word : instruction.words) {
      const std::optional<std::string> text =
          KnownValue(site.before.scope, word.text);
      if (!text || IsAsKanikoWantsIt(*text)) {
        words.push_back(word);
        continue;
      }
      for (absl::string_view part :
           absl::StrSplit(*text, ' ', absl::SkipEmpty())) {
        const auto ports = Ports(part);
        if (!ports) return;  // BuildKit refuses it, too.
        for (const std::string& port : *ports) {
          if (!absl::EndsWith(port, "/tcp") && !absl::EndsWith(port, "/udp")) {
            site.Report(word.span,
                        absl::StrCat("rejects the protocol of `", port, "`"),
                        "remove it; the image runs without it");
            return;
          }
          words.push_back({port, word.span});
        }
      }
      changed = true;
    }
    if (changed) {
      // Without a value there is no port; the executor would store `/tcp`.
      if (words.empty()) {
        draft.Because("the executor exposes a port without a number");
        continue;
      }
      instruction.words = std::move(words);
      draft.Because(
          "the executor keeps ranges and rejects protocols in upper case");
    }
    sent.push_back(std::move(instruction));
  }
  draft.instructions = std::move(sent);
}

void ReportAuthor(const Site& site, Draft& draft) {
  site.Report(draft.original().keyword_span, "drops the author of the image",
              "use `LABEL org.opencontainers.image.authors=...`");
}

void ReportStartInterval(const Site& site, Draft& draft) {
  const bool refused = site.request.executor->Of(
                           dockerfile::Capability::kHealthcheckStartInterval) ==
                       dockerfile::Verdict::kRefused;
  for (const Flag& flag : draft.original().flags) {
    if (flag.name != "start-interval") continue;
    site.Report(flag.span, "drops `--start-interval`",
                "remove the flag; the check then runs every `--interval`");
  }
  if (!refused) return;
  for (Instruction& instruction : draft.instructions) {
    const auto last = std::remove_if(
        instruction.flags.begin(), instruction.flags.end(),
        [](const Flag& flag) { return flag.name == "start-interval"; });
    if (last == instruction.flags.end()) continue;
    instruction.flags.erase(last, instruction.flags.end());
    draft.Because("the executor does not support --start-interval");
  }
}

void MoveVolume(const Site& site, Draft& draft) {
  const std::vector<Instruction>& all = site.stage.instructions;
  const auto changes_files = [&](const Instruction& instruction) {
    return instruction.span.begin > draft.original().span.begin &&
           (instruction.keyword == "RUN" || instruction.keyword == "COPY" ||
            instruction.keyword == "ADD" || instruction.keyword == "WORKDIR");
  };
  if (absl::c_none_of(all, changes_files)) return;
  for (Instruction& instruction : draft.instructions) {
    std::vector<Word> words;
    for (const Word& word : instruction.words) {
      const auto path = KnownValue(site.before.scope, word.text);
      if (!path) return;  // At the end it might be another.
      words.push_back({*path, word.span});
    }
    instruction.words = std::move(words);
    instruction.exec_form = true;
    site.at_end.push_back(instruction);
  }
  draft.instructions.clear();
  draft.Because(
      "VOLUME moves to the end of the stage: later instructions may write "
      "below");
}

void WriteOutPlatform(const Site& site, Draft& draft) {
  static const auto& names = *new dockerfile::BuildArgs([] {
    dockerfile::BuildArgs args = PlatformArgs("", "linux/arch");
    args["TARGETSTAGE"] = "";
    return args;
  }());
  const dockerfile::BuildArgs& values = site.request.build_args;
  for (Instruction& instruction : draft.instructions) {
    for (Pair& pair : instruction.pairs) {
      // A default goes before the platform's value, as in BuildKit.
      if (names.count(pair.name) == 0 || pair.value.has_value()) continue;
      if (site.request.given_args.count(pair.name) > 0) continue;
      const auto value = values.find(pair.name);
      // Most platforms have no variant; BuildKit's value is empty, too.
      const bool is_variant = absl::EndsWith(pair.name, "VARIANT");
      if (is_variant && (value == values.end() || value->second.empty())) {
        continue;
      }
      if (value == values.end()) {
        if (!IsUsed(site, draft.original(), pair)) continue;
        site.Report(pair.span, absl::StrCat("leaves `", pair.name, "` empty"),
                    "set `platforms: [linux/amd64]` for the image, or give it "
                    "a value under `buildArgs`");
        continue;
      }
      pair.value = value->second;
      draft.Because(absl::StrCat("the executor leaves ", pair.name, " empty"));
    }
  }
}

void SplitArgs(const Site&, Draft& draft) {
  std::vector<Instruction> split;
  for (const Instruction& instruction : draft.instructions) {
    for (const Pair& pair : instruction.pairs) {
      split.push_back(instruction);
      split.back().pairs = {pair};
    }
  }
  if (split.size() <= draft.instructions.size()) return;
  draft.instructions = std::move(split);
  draft.Because("the executor accepts only one name in an ARG");
}

dockerfile::BuildArgs PlatformArgs(absl::string_view build,
                                   absl::string_view target) {
  dockerfile::BuildArgs args;
  AddPlatformArgs("BUILD", build.empty() ? target : build, args);
  AddPlatformArgs("TARGET", target, args);
  return args;
}

}  // namespace ovenbird::rewrite
