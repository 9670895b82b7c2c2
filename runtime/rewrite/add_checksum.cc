#include "runtime/rewrite/add_checksum.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Verdict;

constexpr size_t kHexDigits = 64;

// Whether a RUN of root can check a file there.
bool CanCheck(const Site& site) {
  const auto base = site.Base();
  if (base == nullptr) return false;
  const std::string user = site.before.user.value_or(base->user);
  if (!IsRootName(user)) return false;
  if (!site.before.shell.empty() || !base->shell.empty()) return false;
  const auto files = site.BaseFiles();
  return files != nullptr && HasProgram(*files, "sh") &&
         HasProgram(*files, "sha256sum");
}

// Returns the hexadecimal digits of `sha256:...`; "": another sum, not known.
std::string DigitsOf(const Site& site, const Flag& flag) {
  const auto value = KnownValue(site.before.scope, flag.value.value_or(""));
  absl::string_view digits = value ? absl::string_view(*value) : "";
  if (!absl::ConsumePrefix(&digits, "sha256:") || digits.size() != kHexDigits ||
      !std::all_of(digits.begin(), digits.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      })) {
    return "";
  }
  return absl::AsciiStrToLower(digits);
}

// Returns the path of the file that the instruction makes; "": not known.
std::string FileOf(const Site& site, const Instruction& add) {
  if (add.words.size() != 2) return "";
  const auto source = KnownValue(site.before.scope, add.words[0].text);
  const auto target = KnownValue(site.before.scope, add.words[1].text);
  const auto path = site.before.PathOf(add.words[1].text);
  if (!source || !target || !path || !IsPlainPath(*path)) return "";
  if (!IsHttp(*source)) return "";
  if (!HasSlash(*target)) return *path;
  const std::string name = source->substr(source->rfind('/') + 1);
  if (name.empty() || !IsPlainPath(name)) return "";
  return absl::StrCat(*path == "/" ? "" : *path, "/", name);
}

void ReportFlag(const Site& site, const Flag& flag) {
  const dockerfile::Executor& executor = *site.request.executor;
  constexpr absl::string_view kAdvice =
      "check it in a RUN, for example with `sha256sum -c`";
  if (executor.Of(dockerfile::Capability::kAddChecksum) == Verdict::kRefused) {
    site.sink.Handle(diag::KanikoRefusedFlag(flag.span, executor.name(),
                                             "--checksum", kAdvice));
  } else {
    site.sink.Handle(
        diag::KanikoIgnoredFlag(flag.span, executor.name(), "--checksum",
                                "the download is not checked", kAdvice));
  }
}

}  // namespace

void CheckDownload(const Site& site, Draft& draft) {
  const Instruction& add = draft.original();
  const Flag* flag = add.FindFlag("checksum");
  if (flag == nullptr) return;
  const std::string digits = DigitsOf(site, *flag);
  const std::string file = FileOf(site, add);
  if (digits.empty() || file.empty() || draft.instructions.size() != 1 ||
      !CanCheck(site)) {
    ReportFlag(site, *flag);
    return;
  }
  std::vector<Flag>& flags = draft.instructions[0].flags;
  flags.erase(
      std::remove_if(flags.begin(), flags.end(),
                     [](const Flag& one) { return one.name == "checksum"; }),
      flags.end());
  draft.instructions.push_back(MakeInstruction(
      "RUN",
      absl::StrCat("echo \"", digits, "  ", file, "\" | sha256sum -c -")));
  draft.Because("the executor does not check the download");
}

}  // namespace ovenbird::rewrite
