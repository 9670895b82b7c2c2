#include "runtime/context/ignore.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/file.h"
#include "runtime/context/text.h"

namespace ovenbird::context {
namespace {

absl::StatusOr<Ignore::Rule> ParseRule(absl::string_view text) {
  absl::string_view pattern = text;
  const bool negated = absl::ConsumePrefix(&pattern, "!");
  if (negated) pattern = TrimSpace(pattern);
  std::string clean = pattern.empty() ? "" : CleanPath(pattern);
  if (clean.size() > 1 && clean[0] == '/') clean.erase(0, 1);
  if (negated && (clean.empty() || clean == "/")) {
    return absl::InvalidArgumentError("nothing follows the `!`");
  }
  absl::StatusOr<Glob> glob = Glob::Compile(clean);
  if (!glob.ok()) return glob.status();
  return Ignore::Rule{*std::move(glob), negated, 0, std::string(text)};
}

// nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadIfThere(
    const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) return std::optional<std::string>(*std::move(text));
  if (absl::IsNotFound(text.status())) return std::optional<std::string>();
  return text.status();
}

}  // namespace

absl::StatusOr<Ignore> Ignore::Parse(absl::string_view text,
                                     absl::string_view name) {
  Ignore ignore;
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  int line = 0;
  for (absl::string_view row : absl::StrSplit(text, '\n')) {
    ++line;
    if (absl::StartsWith(row, "#")) continue;
    row = TrimSpace(row);
    if (row.empty()) continue;
    absl::StatusOr<Rule> rule = ParseRule(row);
    if (!rule.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", line, ": pattern `", row,
                       "` can't be used: ", rule.status().message()));
    }
    rule->line = line;
    ignore.rules_.push_back(*std::move(rule));
  }
  return ignore;
}

void Ignore::Keep(absl::string_view path) {
  rules_.push_back(Rule{Glob::Literal(path), true, 0, absl::StrCat("!", path)});
}

Ignore::Folder Ignore::Top() const {
  Folder top;
  top.states_.reserve(rules_.size());
  for (uint32_t i = 0; i < rules_.size(); ++i) {
    top.states_.push_back({i, false});
  }
  return top;
}

Ignore::Verdict Ignore::Match(const Folder& folder, absl::string_view path,
                              Folder* inside) const {
  Verdict verdict;
  std::string below;
  if (inside != nullptr) {
    inside->states_.clear();
    below = absl::StrCat(path, "/");
  }
  for (const Folder::State& state : folder.states_) {
    const Rule& rule = rules_[state.rule];
    // A rule that would change nothing isn't tried; that it is then not known
    // to match below this folder either is what BuildKit does.
    const bool matched = state.matched || (rule.negated == verdict.ignored &&
                                           rule.glob.Match(path));
    if (matched) {
      verdict = {!rule.negated, static_cast<int>(state.rule)};
    }
    if (inside != nullptr && (matched || rule.glob.MayMatchBelow(below))) {
      inside->states_.push_back({state.rule, matched});
    }
  }
  return verdict;
}

Ignore::Verdict Ignore::Match(absl::string_view path) const {
  Folder folder = Top();
  for (size_t end = path.find('/'); end != path.npos;
       end = path.find('/', end + 1)) {
    Folder inside;
    Match(folder, path.substr(0, end), &inside);
    folder = std::move(inside);
  }
  return Match(folder, path);
}

bool Ignore::MayTakeIn(const Folder& folder) const {
  for (const Folder::State& state : folder.states_) {
    if (rules_[state.rule].negated && !state.matched) return true;
  }
  return false;
}

absl::StatusOr<IgnoreFile> LoadIgnoreFile(absl::string_view context,
                                          absl::string_view dockerfile) {
  std::vector<std::string> candidates;
  if (!dockerfile.empty()) {
    candidates.push_back(absl::StrCat(dockerfile, ".dockerignore"));
  }
  candidates.push_back(absl::StrCat(context, "/.dockerignore"));
  IgnoreFile file;
  for (const std::string& path : candidates) {
    absl::StatusOr<std::optional<std::string>> text = ReadIfThere(path);
    if (!text.ok()) return text.status();
    if (!text->has_value()) continue;
    absl::StatusOr<Ignore> ignore = Ignore::Parse(**text, path);
    if (!ignore.ok()) return ignore.status();
    return IgnoreFile{path, *std::move(*text), *std::move(ignore)};
  }
  return file;
}

}  // namespace ovenbird::context
