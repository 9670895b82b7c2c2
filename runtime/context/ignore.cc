#include "runtime/context/ignore.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/text.h"
#include "runtime/diag/catalog.h"

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
  return Ignore::Rule{*std::move(glob), negated, {}};
}

// nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadIfThere(
    const std::string& path) {
  absl::StatusOr<std::string> text = ReadRegularFile(path);
  if (text.ok()) return std::optional<std::string>(*std::move(text));
  if (absl::IsNotFound(text.status())) return std::optional<std::string>();
  return text.status();
}

}  // namespace

Ignore Ignore::Parse(const SourceFile& file, diag::Sink& sink) {
  Ignore ignore;
  const absl::string_view text = file.text();
  for (absl::string_view row : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(row, "#")) continue;
    row = TrimSpace(row);
    if (row.empty()) continue;
    const auto begin = static_cast<uint32_t>(row.data() - text.data());
    const Span span = {&file, begin, begin + static_cast<uint32_t>(row.size())};
    absl::StatusOr<Rule> rule = ParseRule(row);
    if (!rule.ok()) {
      sink.Handle(diag::IgnorePattern(span, rule.status().message()));
      continue;
    }
    rule->span = span;
    ignore.rules_.push_back(*std::move(rule));
  }
  return ignore;
}

void Ignore::Keep(absl::string_view path) {
  rules_.push_back(Rule{Glob::Literal(path), true, {}});
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
                                          absl::string_view dockerfile,
                                          diag::Sink& sink) {
  std::vector<std::string> candidates;
  if (!dockerfile.empty()) {
    candidates.push_back(absl::StrCat(dockerfile, ".dockerignore"));
  }
  candidates.push_back(CleanPath(absl::StrCat(context, "/.dockerignore")));
  IgnoreFile result;
  for (const std::string& path : candidates) {
    ASSIGN_OR_RETURN(std::optional<std::string> text, ReadIfThere(path));
    if (!text.has_value()) continue;
    result.file = std::make_shared<SourceFile>(path, *std::move(text));
    result.is_default = path == candidates.back();
    result.rules = Ignore::Parse(*result.file, sink);
    break;
  }
  return result;
}

}  // namespace ovenbird::context
