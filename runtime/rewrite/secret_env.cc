#include "runtime/rewrite/secret_env.h"

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/root_run.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::Word;

bool IsShellName(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name[0])))
    return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') {
      return false;
    }
  }
  return true;
}

// A substitution drops line feeds at the end: `.` and its own are dropped.
std::string Assignment(absl::string_view name, absl::string_view file) {
  if (file.empty()) return absl::StrCat("export ", name, "=");
  // In single quotes, because kaniko before 1.0 reads `${` itself.
  return absl::StrCat(name, "=$(cat ", file, " && echo .) && eval '", name,
                      "=${", name, "%?}' && export ", name);
}

bool HasShell(const Site& site) {
  const auto files = site.BaseFiles();
  return files == nullptr ? site.before.has_shell : HasProgram(*files, "sh");
}

// The shell sets the variable and then becomes the program.
void WrapProgram(absl::string_view assignment, Instruction& run) {
  std::vector<Word> words = {
      {"/bin/sh", {}},
      {"-c", {}},
      {absl::StrCat(assignment, " && exec \"$0\" \"$@\""), {}}};
  words.insert(words.end(), std::make_move_iterator(run.words.begin()),
               std::make_move_iterator(run.words.end()));
  run.words = std::move(words);
}

}  // namespace

std::string SecretFile(absl::string_view id) {
  return absl::StrCat("/kaniko/ovenbird-secrets/",
                      ToHex(Sha256Of(id)).substr(0, 12));
}

std::string SetFromFile(const Site& site, absl::string_view name,
                        absl::string_view file, Draft& draft) {
  if (!IsShellName(name)) {
    return absl::StrCat("`", name, "` is not a name that a shell can set");
  }
  const bool in_shell = !draft.original().exec_form;
  if (in_shell ? !HasUsualShell(site) : !HasShell(site)) {
    return in_shell ? "SHELL is not a POSIX shell" : "there is no shell";
  }
  for (const Instruction& run : draft.instructions) {
    if (run.keyword == "RUN" && !run.heredocs.empty()) {
      return "the command is a here-document";
    }
  }
  const std::string assignment = Assignment(name, file);
  for (Instruction& run : draft.instructions) {
    if (run.keyword != "RUN") continue;
    if (run.exec_form) {
      WrapProgram(assignment, run);
    } else {
      run.text = absl::StrCat(assignment, "; ", run.text);
    }
  }
  draft.Because("kaniko has no variables from secrets");
  return "";
}

}  // namespace ovenbird::rewrite
