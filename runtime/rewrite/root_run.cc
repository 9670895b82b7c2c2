#include "runtime/rewrite/root_run.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/rewrite/root_user.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

constexpr const char* kFolders[] = {"/bin", "/usr/bin", "/sbin", "/usr/sbin"};

bool IsRoots(const Site& site) {
  std::string user;
  if (site.before.user) {
    user = *site.before.user;
  } else if (!site.before.from_scratch && !site.before.base.empty()) {
    const auto base = site.Base();
    if (base == nullptr) return false;
    user = base->user;
  }
  return IsRootName(user);
}

}  // namespace

bool HasUsualShell(const Site& site) {
  const auto base = site.Base();
  const std::vector<std::string>& shell =
      !site.before.shell.empty() || base == nullptr ? site.before.shell
                                                    : base->shell;
  if (shell.empty()) return true;
  const std::string name = shell[0].substr(shell[0].rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash" || name == "dash";
}

std::vector<std::string> ShellOf(const Site& site) {
  if (!site.before.shell.empty()) return site.before.shell;
  const auto base = site.Base();
  if (base != nullptr && !base->shell.empty()) return base->shell;
  return {"/bin/sh", "-c"};
}

bool HasProgram(const ImageFiles& files, absl::string_view name) {
  return std::any_of(
      std::begin(kFolders), std::end(kFolders), [&](const char* folder) {
        const auto real = files.Resolve(absl::StrCat(folder, "/", name),
                                        /*follow_last=*/true);
        const ImageFile* file = real ? files.Find(*real) : nullptr;
        return file != nullptr && file->type == ImageFile::kFile;
      });
}

bool CanRunAsRoot(const Site& site,
                  const std::vector<absl::string_view>& programs) {
  if (!IsRoots(site) || !HasUsualShell(site)) return false;
  const auto files = site.BaseFiles();
  // An image with a shell has the tools that POSIX asks for.
  if (files == nullptr) return site.before.has_shell;
  return HasProgram(*files, "sh") &&
         std::all_of(
             programs.begin(), programs.end(),
             [&](absl::string_view name) { return HasProgram(*files, name); });
}

bool TakesPrefix(const Site& site, const Instruction& run) {
  return !run.exec_form && IsRoots(site) && HasUsualShell(site);
}

void AddPrefix(absl::string_view command, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    if (run.keyword != "RUN" || run.exec_form || !run.heredocs.empty()) {
      continue;
    }
    run.text = absl::StrCat(command, " ", run.text);
  }
}

std::string Touch(absl::string_view flags,
                  const std::vector<std::string>& paths) {
  return absl::StrCat(kNextTick, " && touch ", flags,
                      absl::StrJoin(paths, " "));
}

bool CanSetAsRoot(const Site& site, std::vector<absl::string_view> programs) {
  if (site.request.snapshot_mode == "time") {
    programs.insert(programs.end(), {"sleep", "touch"});
  }
  return CanRunAsRoot(site, programs);
}

std::string TouchForTimeMode(const Site& site, absl::string_view flags,
                             const std::vector<std::string>& paths) {
  if (site.request.snapshot_mode != "time") return "";
  return absl::StrCat(" && ", Touch(flags, paths));
}

bool IsPlainPath(absl::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("/._-+@:,", c);
  });
}

}  // namespace ovenbird::rewrite
