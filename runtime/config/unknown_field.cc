#include "runtime/config/unknown_field.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/suggest.h"
#include "runtime/config/later_field.h"
#include "runtime/config/value.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config::decode {
namespace {

using absl::string_view;

std::vector<string_view> FieldNames(const MessageInfo& info) {
  std::vector<string_view> names;
  for (const FieldInfo& field : info.fields) names.push_back(field.name);
  return names;
}

const FieldInfo* FindIgnoringCase(const MessageInfo& info, string_view name) {
  for (const FieldInfo& field : info.fields) {
    if (absl::EqualsIgnoreCase(field.name, name)) return &field;
  }
  return nullptr;
}

std::string Backticks(const std::string& path) {
  return path.empty() ? "the top level" : absl::StrCat("`", path, "`");
}

struct Elsewhere {
  std::string place;   // "`images.backend.build`"
  std::string advice;  // "move it one level up, ..."
};

// In the sections around this one, the nearest first.
std::optional<Elsewhere> FindAbove(string_view name, const Context& context) {
  for (size_t up = 1; up < context.levels().size(); ++up) {
    const Context::Level& level =
        context.levels()[context.levels().size() - 1 - up];
    const FieldInfo* field = FindIgnoringCase(*level.message, name);
    if (field == nullptr) continue;
    const std::string place = Backticks(context.PathTo(level.depth));
    return Elsewhere{
        place, absl::StrCat(up == 1 ? "indent it less: " : "move it: ", "`",
                            field->name, "` is an option of ", place)};
  }
  return std::nullopt;
}

// A field of `info` that is one section (not a list or map of them).
bool IsSection(const FieldInfo& field) {
  return field.member.ops->kind == Kind::kMessage &&
         field.member.ops->shape == Shape::kOne;
}

// The sections of `info`: those that the file has, then those that it could
// have, of which kaniko's is meant more often than Docker's.
std::vector<const FieldInfo*> SectionsOf(const MessageInfo& info,
                                         const yaml::Node* node) {
  std::vector<const FieldInfo*> sections;
  for (const FieldInfo& field : info.fields) {
    if (IsSection(field)) sections.push_back(&field);
  }
  const auto rank = [&](const FieldInfo* field) {
    if (IsGiven(node, field->name)) return 0;
    return field->name == "kaniko" ? 1 : 2;
  };
  std::stable_sort(sections.begin(), sections.end(),
                   [&](const FieldInfo* a, const FieldInfo* b) {
                     return rank(a) < rank(b);
                   });
  return sections;
}

// In the sections below this one, up to `depth` levels.
std::optional<std::string> FindBelow(const MessageInfo& info,
                                     const yaml::Node* node, string_view name,
                                     const std::string& path, int depth) {
  if (depth == 0) return std::nullopt;
  const std::vector<const FieldInfo*> sections = SectionsOf(info, node);
  const auto path_of = [&](const FieldInfo& field) {
    return absl::StrCat(path, path.empty() ? "" : ".", field.name);
  };
  for (const FieldInfo* field : sections) {
    // So far below, only the options of the build are meant.
    if (depth == 1 && field->name != "options") continue;
    const MessageInfo& below = field->member.ops->message();
    if (FindIgnoringCase(below, name) != nullptr) return path_of(*field);
  }
  for (const FieldInfo* field : sections) {
    const yaml::Node* value =
        node == nullptr ? nullptr : node->Find(field->name);
    std::optional<std::string> found = FindBelow(
        field->member.ops->message(), value, name, path_of(*field), depth - 1);
    if (found.has_value()) return found;
  }
  return std::nullopt;
}

std::optional<Elsewhere> FindElsewhere(const MessageInfo& info,
                                       const yaml::Node& node, string_view name,
                                       const Context& context) {
  constexpr int kLevelsBelow = 3;
  std::optional<Elsewhere> above = FindAbove(name, context);
  if (above.has_value()) return above;
  const std::optional<std::string> below =
      FindBelow(info, &node, name, context.Path(), kLevelsBelow);
  if (!below.has_value()) return std::nullopt;
  const std::string place = Backticks(*below);
  const size_t dot = below->rfind('.');
  const string_view section =
      string_view(*below).substr(dot == std::string::npos ? 0 : dot + 1);
  return Elsewhere{place, absl::StrCat("write it under `", section,
                                       ":`, indented below that line")};
}

// "snapshotMode" -> "snapshot", "mode".
std::vector<std::string> WordsOf(string_view name) {
  std::vector<std::string> words;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (words.empty() || absl::ascii_isupper(letter)) words.emplace_back();
    words.back() += absl::ascii_tolower(letter);
  }
  return words;
}

// The fields that share a word with `name`, and `meant`.
std::vector<string_view> Near(string_view name, string_view meant,
                              const std::vector<string_view>& fields) {
  const std::vector<std::string> words = WordsOf(name);
  std::vector<string_view> near;
  for (const string_view field : fields) {
    const std::vector<std::string> own = WordsOf(field);
    const bool shares =
        std::find_first_of(own.begin(), own.end(), words.begin(),
                           words.end()) != own.end();
    if (shares || field == meant) near.push_back(field);
  }
  return near;
}

// The fields to choose from. Nobody reads a long list of them.
std::string Choice(const std::vector<string_view>& fields, string_view name,
                   string_view meant, const Context& context) {
  constexpr size_t kMostListed = 16;
  if (fields.size() <= kMostListed) return Enumerate(fields);
  const std::string explain =
      absl::StrCat("that `ovenbird explain ", context.Path(), "` lists");
  const std::vector<string_view> near = Near(name, meant, fields);
  if (near.empty()) return absl::StrCat("those ", explain);
  std::string text;
  for (const string_view field : near) {
    absl::StrAppend(&text, "`", field, "`, ");
  }
  return absl::StrCat(text, "or another one ", explain);
}

// `build:kaniko` for `build: kaniko`, or for `build:` with `kaniko:` below.
bool HasNoSpace(const MessageInfo& info, const yaml::Entry& entry) {
  const size_t colon = entry.key().find(':');
  return colon != string_view::npos &&
         info.Find(entry.key().substr(0, colon)) != nullptr;
}

}  // namespace

void ReportUnknownField(const MessageInfo& info, const yaml::Node& node,
                        const yaml::Entry& entry, Context& context) {
  if (const LaterField* later = FindLaterField(info.name, entry.key())) {
    context.Report(diag::LaterField(entry.key_span(), entry.key(),
                                    later->product, later->advice),
                   nullptr);
    return;
  }
  const std::vector<string_view> names = FieldNames(info);
  const string_view meant = Suggest(entry.key(), names);
  const bool same = DiffersOnlyInCase(entry.key(), meant);
  if (!same) {
    const std::optional<Elsewhere> elsewhere =
        FindElsewhere(info, node, entry.key(), context);
    if (elsewhere.has_value()) {
      context.Report(
          diag::MisplacedField(entry.key_span(), entry.key(), context.Place(),
                               elsewhere->place, elsewhere->advice),
          nullptr);
      return;
    }
  }
  diag::Diagnostic problem = diag::UnknownField(
      entry.key_span(), entry.key(), context.Place(),
      HasNoSpace(info, entry) ? "a space after `:` is missing"
                              : DidYouMean(meant),
      Choice(names, entry.key(), meant, context));
  if (!meant.empty()) {
    problem.WithFix({absl::StrCat("write `", meant, "`"),
                     {{entry.key_span(), std::string(meant)}},
                     same});
  }
  if (context.key_span()) {
    problem.WithLabel(context.key_span(), "in this object");
  }
  context.Report(std::move(problem), nullptr);
}

}  // namespace ovenbird::config::decode
