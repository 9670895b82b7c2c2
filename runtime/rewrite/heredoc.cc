#include "runtime/rewrite/heredoc.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"
#include "runtime/context/door.h"
#include "runtime/context/file_records.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Heredoc;
using dockerfile::Instruction;
using dockerfile::Word;

// As BuildKit expands it: quotes and escapes before other characters stay.
std::optional<std::string> ContentOf(const Site& site, const Heredoc& heredoc) {
  if (!heredoc.expand) return heredoc.content;
  dockerfile::Expanded expanded =
      site.before.scope.ExpandHeredoc(heredoc.content);
  if (!expanded.IsKnown()) return std::nullopt;
  return std::move(expanded.text);
}

struct ByPath {
  bool operator()(const std::string& a, const std::string& b) const {
    return context::ComparePaths(a, b) < 0;
  }
};

// BuildKit mounts a file with an interpreter of its own at /dev/pipes. The
// build context is there for RUN, too.
std::string ProgramOf(const Heredoc& heredoc, Draft& draft) {
  context::MemoryFile file;
  file.content = heredoc.content;
  file.executable = true;
  file.path = absl::StrCat(context::kOwnFolder, "/",
                           ToHex(Sha256Of(file.content)).substr(0, 12), "/",
                           heredoc.name);
  const std::string path =
      absl::StrCat(context::kContextInDoor, "/", file.path);
  draft.files.push_back(std::move(file));
  return path;
}

}  // namespace

std::optional<HeredocCopy> Split(const Site& site, const Instruction& copy) {
  if (site.Can(Capability::kHeredoc)) return std::nullopt;
  std::map<std::string, std::string, ByPath> files;
  for (const Heredoc& heredoc : copy.heredocs) {
    std::optional<std::string> content = ContentOf(site, heredoc);
    if (!content) {
      site.Report(
          copy.text_span,
          absl::StrCat("does not copy the here-document `", heredoc.name,
                       "`, in which a variable has an unknown value"),
          "copy a file, or quote the word after `<<` if no variable "
          "is meant");
      return std::nullopt;
    }
    files[heredoc.name] = *std::move(content);
  }
  HeredocCopy parts;
  parts.copy = copy;
  parts.copy.keyword = "COPY";
  parts.copy.heredocs.clear();
  parts.copy.words.clear();
  for (auto& [name, content] : files) {
    context::Entry entry;
    entry.size = content.size();
    entry.mode = 0644;
    parts.listing.Add(entry, name);
    parts.contents[name] = std::move(content);
    parts.copy.words.push_back(SourceWord(name));
  }
  parts.copy.words.push_back(copy.words.back());
  Instruction rest = copy;
  rest.heredocs.clear();
  rest.words.clear();
  for (const Word& word : copy.words) {
    if (!dockerfile::ParseHeredocStart(word.text)) rest.words.push_back(word);
  }
  if (rest.words.size() > 1) parts.rest = std::move(rest);
  return parts;
}

void TakeInHeredocs(const Site&, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    if (run.heredocs.empty()) continue;
    run.text = dockerfile::HasInterpreter(run)
                   ? ProgramOf(run.heredocs[0], draft)
                   : dockerfile::TextForShell(run);
    run.heredocs.clear();
    draft.Because("kaniko does not run here-documents");
  }
}

void WriteOutScript(const Site& site, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    // Only a script can be empty.
    const bool is_script =
        run.text.empty() || absl::StrContains(run.text, '\n');
    if (run.keyword != "RUN" || run.exec_form || !is_script) continue;
    run.words.clear();
    for (std::string& word : ShellOf(site)) {
      run.words.push_back({std::move(word), {}});
    }
    run.words.push_back({std::move(run.text), {}});
    run.text.clear();
    run.exec_form = true;
  }
}

}  // namespace ovenbird::rewrite
