#include "runtime/rewrite/old_kaniko.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/shell_quote.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;

void DropFlag(absl::string_view name, absl::string_view reason, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    const auto last =
        std::remove_if(instruction.flags.begin(), instruction.flags.end(),
                       [&](const Flag& flag) { return flag.name == name; });
    if (last == instruction.flags.end()) continue;
    instruction.flags.erase(last, instruction.flags.end());
    draft.Because(std::string(reason));
  }
}

bool IsNumber(absl::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Whether RUN certainly finds /bin/sh: images without one must not fail because
// of an instruction that their Dockerfile does not have.
bool HasShell(const Site& site) {
  if (site.before.has_shell) return true;
  for (const Instruction& other : site.stage.instructions) {
    if (other.keyword == "RUN" && !other.exec_form) return true;
  }
  if (site.before.from_scratch) return false;
  const std::shared_ptr<const ImageFiles> files = site.BaseFiles();
  return files != nullptr &&
         files->Resolve("/bin/sh", /*follow_last=*/true).has_value() &&
         files->Find(*files->Resolve("/bin/sh", /*follow_last=*/true)) !=
             nullptr;
}

// "/a", "/a/b" of "/a/b".
std::vector<std::string> FoldersOf(absl::string_view path) {
  std::vector<std::string> folders;
  for (size_t end = path.find('/', 1); end != path.npos;
       end = path.find('/', end + 1)) {
    folders.emplace_back(path.substr(0, end));
  }
  folders.emplace_back(path);
  return folders;
}

}  // namespace

void DropLink(const Site&, Draft& draft) {
  DropFlag("link", "the executor has no --link; the files are the same", draft);
}

void DropKeepGitDir(const Site&, Draft& draft) {
  DropFlag("keep-git-dir", "the executor has no --keep-git-dir", draft);
}

void NameDownload(const Site& site, Draft& draft) {
  for (Instruction& add : draft.instructions) {
    if (add.words.size() != 2) continue;
    const auto source = KnownValue(site.before.scope, add.words[0].text);
    std::string& target = add.words[1].text;
    if (!source || !IsRemote(*source) || !absl::EndsWith(target, "/")) continue;
    const absl::string_view path =
        absl::string_view(*source).substr(0, source->find_first_of("?#"));
    if (path.size() == source->size() || absl::EndsWith(path, "/")) continue;
    absl::StrAppend(&target,
                    EscapeWord(path.substr(path.rfind('/') + 1), '\\'));
    draft.Because("the executor makes the query a part of the file name");
  }
}

void ReportMissingPage(const Site& site, Draft& draft) {
  const auto& words = draft.original().words;
  if (words.empty() || site.request.url_status == nullptr) return;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const auto source = KnownValue(site.before.scope, words[i].text);
    if (!source || !IsHttp(*source)) continue;
    const std::optional<int> status = site.request.url_status(*source);
    if (!status || (*status >= 200 && *status < 400)) continue;
    site.Report(words[i].span,
                absl::StrCat("stores the server's error message as the file: "
                             "the server answers this URL with status ",
                             *status),
                "correct the URL: other builders fail here");
  }
}

void FindProgram(const Site& site, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    if (!run.exec_form || run.words.empty() ||
        absl::StrContains(run.words[0].text, '/')) {
      continue;
    }
    if (site.before.from_scratch && !site.before.has_shell) {
      site.Report(run.text_span,
                  absl::StrCat("does not find `", run.words[0].text,
                               "` without its path"),
                  "write the program's path");
      continue;
    }
    std::vector<dockerfile::Word> words = {
        {"/bin/sh", {}}, {"-c", {}}, {"exec \"$0\" \"$@\"", {}}};
    words.insert(words.end(), run.words.begin(), run.words.end());
    run.words = std::move(words);
    draft.Because("the executor looks for programs in its own PATH");
  }
}

void WriteOutFolder(const Site& site, Draft& draft) {
  if (!site.before.folder) return;
  for (Instruction& instruction : draft.instructions) {
    if (instruction.keyword != "WORKDIR") continue;
    const auto path = KnownValue(site.before.scope, instruction.text);
    if (!path || absl::StartsWith(*path, "/")) continue;
    instruction.text = EscapeWord(
        CleanPath(absl::StrCat(*site.before.folder, "/", *path)), '\\');
    draft.Because("the executor keeps a relative path in the configuration");
  }
}

void MakeFolderOfUser(const Site& site, Draft& draft) {
  const Instruction& workdir = draft.original();
  const auto user = site.User();
  if (!user || IsRootName(user->substr(0, user->find(':')))) {
    return;
  }
  auto path = KnownValue(site.before.scope, workdir.text);
  if (path && !absl::StartsWith(*path, "/")) {
    path = site.before.folder
               ? std::optional(absl::StrCat(*site.before.folder, "/", *path))
               : std::nullopt;
  }
  if (path && IsThere(site, CleanPath(*path)) == true) return;
  if (!path || !HasShell(site)) {
    site.Report(workdir.text_span,
                "creates a missing folder with root as owner, not USER",
                "put WORKDIR before USER, and `RUN chown` after it");
    return;
  }
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(*user, absl::MaxSplits(':', 1));
  const std::string owner = absl::StrCat(
      parts.first, ":",
      // The login group is the user's own; a number alone is the group, too.
      !parts.second.empty() || !IsNumber(parts.first) ? parts.second
                                                      : parts.first);
  std::vector<std::string> lines;
  for (const std::string& folder : FoldersOf(CleanPath(*path))) {
    const std::string word = ShellQuote(folder);
    lines.push_back(absl::StrCat("{ test -e ", word, " || { mkdir ", word,
                                 " && chown ", ShellQuote(owner), " ", word,
                                 "; }; }"));
  }
  Instruction run = MakeInstruction("RUN", "");
  for (const std::string& word : {std::string("/bin/sh"), std::string("-c"),
                                  absl::StrJoin(lines, " && ")}) {
    run.words.push_back({word, {}});
  }
  run.exec_form = true;
  std::vector<Instruction> sent = {
      MakeInstruction("USER", "root"), run,
      MakeInstruction("USER", EscapeWord(*user, '\\'))};
  sent.insert(sent.end(), draft.instructions.begin(), draft.instructions.end());
  draft.instructions = std::move(sent);
  draft.Because("the executor makes root the owner of the folder of WORKDIR");
}

}  // namespace ovenbird::rewrite
