#include "runtime/kube/kaniko_args.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"

namespace ovenbird::kube {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("`", text, "`");
}

std::string Hint(absl::string_view word,
                 const std::vector<absl::string_view>& candidates,
                 absl::string_view prefix) {
  const absl::string_view meant = Suggest(word, candidates);
  if (meant.empty()) return "";
  return absl::StrCat("did you mean `", prefix, meant, "`?");
}

// "since v1.9.1", "up to v0.3": for a flag that `version` lacks.
std::string Since(const KanikoFlag& flag, const KanikoVersion& version) {
  if (flag.removed_in && version >= flag.removed_in) {
    return absl::StrCat("removed in ", flag.removed_in.ToString());
  }
  return absl::StrCat("since ", flag.since.ToString());
}

// What Go's strconv.ParseBool takes.
bool IsBool(absl::string_view text) {
  for (const char* word : {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F",
                           "FALSE", "false", "False"}) {
    if (text == word) return true;
  }
  return false;
}

// How to correct the name of a cache's repository; empty: it is good. With a
// tag or a scheme kaniko finds no layer and stores none, in every build, and
// only warns.
std::string AdviceOnRepository(absl::string_view value) {
  if (absl::StrContains(value, "://")) return "remove `https://`";
  const absl::string_view last = value.substr(value.rfind('/') + 1);
  const bool has_folder = last.size() < value.size();
  const bool has_digest = absl::StrContains(last, '@');
  if (has_digest || (has_folder && absl::StrContains(last, ':'))) {
    return absl::StrCat("remove the ", has_digest ? "digest" : "tag",
                        ": kaniko creates a tag for each layer");
  }
  return "";
}

// Empty when the flag takes the value; else what it would take, in words.
std::string Expected(const KanikoFlag& flag, absl::string_view value) {
  int64_t number;
  absl::Duration duration;
  switch (flag.type) {
    case KanikoFlagType::kBool:
      return IsBool(value) ? "" : "a boolean";
    case KanikoFlagType::kInt:
      return absl::SimpleAtoi(value, &number) ? "" : "an integer";
    case KanikoFlagType::kDuration:
      return absl::ParseDuration(value, &duration) ? ""
                                                   : "a duration such as `6h`";
    case KanikoFlagType::kMap:
      return absl::StrContains(value, '=') ? "" : "of the form `NAME=VALUE`";
    case KanikoFlagType::kString:
    case KanikoFlagType::kList:
      break;
  }
  return "";
}

// A value that the flag takes, to be written in place of a wrong one.
absl::string_view ExampleOf(const KanikoFlag& flag) {
  switch (flag.type) {
    case KanikoFlagType::kBool:
      return "true";
    case KanikoFlagType::kInt:
      return "3";
    case KanikoFlagType::kDuration:
      return "6h";
    case KanikoFlagType::kMap:
      return "NAME=VALUE";
    case KanikoFlagType::kString:
    case KanikoFlagType::kList:
      break;
  }
  return "VALUE";
}

class Checker {
 public:
  Checker(const yaml::Node& args, const std::optional<KanikoVersion>& version,
          absl::string_view path, diag::Sink& sink)
      : items_(args.items()), version_(version), path_(path), sink_(sink) {}

  void Check() {
    for (next_ = 0; next_ < items_.size();) {
      item_ = next_++;
      if (!items_[item_]->is_scalar()) continue;  // reported by the decoder
      const absl::string_view word = items_[item_]->scalar();
      if (word == "--") {
        for (; next_ < items_.size(); ++next_) Stray(next_);
      } else if (absl::StartsWith(word, "--")) {
        Long(word.substr(2));
      } else if (word.size() > 1 && word[0] == '-') {
        Short(word.substr(1));
      } else {
        Stray(item_);
      }
    }
  }

 private:
  void Report(size_t item, diag::Diagnostic diagnostic) {
    diagnostic.config_path = absl::StrCat(path_, "[", item, "]");
    sink_.Handle(yaml::At(*items_[item], std::move(diagnostic)));
  }
  Span Place(size_t item) const { return items_[item]->span(); }

  void Stray(size_t item) {
    if (!items_[item]->is_scalar()) return;
    Report(item, diag::KanikoStrayWord(Place(item), items_[item]->scalar()));
  }

  void Unknown(absl::string_view shown, std::string hint) {
    Report(item_, diag::KanikoUnknownFlag(Place(item_), shown, hint));
    // Its value, when that is the next word.
    if (!absl::StrContains(items_[item_]->scalar(), '=') &&
        next_ < items_.size() && items_[next_]->is_scalar() &&
        !absl::StartsWith(items_[next_]->scalar(), "-")) {
      ++next_;
    }
  }

  void Long(absl::string_view text) {
    const size_t equals = text.find_first_of("= \t");
    const absl::string_view name = text.substr(0, equals);
    const KanikoFlag* flag = FindKanikoFlag(name);
    if (flag != nullptr && equals != absl::string_view::npos &&
        text[equals] != '=') {
      OneItem(*flag, absl::StrCat("--", name), text.substr(equals));
      return;
    }
    if (flag == nullptr) {
      Unknown(absl::StrCat("--", name), Hint(name, Names(), "--"));
      return;
    }
    std::optional<absl::string_view> value;
    if (equals != absl::string_view::npos) value = text.substr(equals + 1);
    Flag(*flag, absl::StrCat("--", name), value);
  }

  void Short(absl::string_view text) {
    // A long flag that lost a dash. (The executor would take `-cache` as `-c`
    // with the value `ache`.)
    const absl::string_view name = text.substr(0, text.find('='));
    if (FindKanikoFlag(name) != nullptr) {
      Unknown(absl::StrCat("-", name),
              absl::StrCat("did you mean `--", name, "`?"));
      return;
    }
    const KanikoFlag* flag = FindKanikoShortFlag(text[0]);
    if (flag == nullptr) {
      Unknown(absl::StrCat("-", name), "");
      return;
    }
    const std::string shown = absl::StrCat("-", text.substr(0, 1));
    text.remove_prefix(1);
    if (!text.empty() && absl::ascii_isspace(text[0])) {
      OneItem(*flag, shown, text);
      return;
    }
    std::optional<absl::string_view> value;
    if (!text.empty()) {
      value = text[0] == '=' ? text.substr(1) : text;
    }
    Flag(*flag, shown, value);
  }

  void Flag(const KanikoFlag& flag, const std::string& shown,
            std::optional<absl::string_view> value) {
    const size_t item = item_;
    if (flag.type == KanikoFlagType::kBool) {
      BoolWord(shown, value.has_value());
    } else if (!value.has_value()) {
      if (next_ == items_.size()) {
        Report(item, diag::KanikoFlagWithoutValue(Place(item), shown));
      } else if (items_[next_]->is_scalar()) {
        value = items_[next_]->scalar();
        item_ = next_++;
      } else {
        ++next_;
      }
    }
    if (HasFlag(flag, version_) == Presence::kNo) {
      Report(item,
             diag::KanikoFlagVersion(Place(item), shown, version_->ToString(),
                                     Since(flag, *version_), Advice(flag)));
      return;
    }
    if (flag.own[0] != '\0') {
      Report(item, diag::KanikoFlagConflict(Place(item), shown, flag.own));
    }
    if (value.has_value()) Value(flag, shown, *value);
  }

  // `--verbosity debug` as one item: there is no shell that splits it.
  void OneItem(const KanikoFlag& flag, const std::string& shown,
               absl::string_view value) {
    if (HasFlag(flag, version_) == Presence::kNo) {
      Flag(flag, shown, "");
      return;
    }
    Report(item_, diag::KanikoFlagNeedsEquals(
                      Place(item_), shown, absl::StripAsciiWhitespace(value)));
  }

  // `--reproducible true`: the value of an on/off flag behind a blank.
  void BoolWord(const std::string& shown, bool has_value) {
    if (has_value || next_ == items_.size() || !items_[next_]->is_scalar() ||
        !IsBool(items_[next_]->scalar())) {
      return;
    }
    Report(next_, diag::KanikoFlagNeedsEquals(Place(next_), shown,
                                              items_[next_]->scalar()));
    ++next_;
  }

  void Value(const KanikoFlag& flag, const std::string& shown,
             absl::string_view value) {
    const std::string expected = Expected(flag, value);
    if (!expected.empty()) {
      Report(item_,
             diag::KanikoFlagValue(Place(item_), shown, value, expected,
                                   absl::StrCat("write for instance `", shown,
                                                "=", ExampleOf(flag), "`")));
      return;
    }
    const std::string advice = flag.name == absl::string_view("cache-repo")
                                   ? AdviceOnRepository(value)
                                   : "";
    if (!advice.empty()) {
      Report(item_, diag::KanikoFlagValue(Place(item_), shown, value,
                                          "the name of a repository", advice));
      return;
    }
    if (flag.values.empty()) return;
    std::vector<absl::string_view> known;
    for (const KanikoValue& one : flag.values) {
      if (LacksValue(one, version_)) continue;
      if (value == one.text) return;
      known.push_back(one.text);
    }
    std::string help = absl::StrCat(
        "use one of ",
        absl::StrJoin(known, ", ", [](std::string* out, absl::string_view one) {
          out->append(Quoted(one));
        }));
    diag::Diagnostic found = diag::KanikoFlagValue(
        Place(item_), shown, value, "one that kaniko knows", help);
    found.label = Hint(value, known, "");
    Report(item_, std::move(found));
  }

  // Only names that this version may have.
  std::vector<absl::string_view> Names() const {
    std::vector<absl::string_view> names;
    for (const KanikoFlag& flag : KanikoFlags()) {
      if (HasFlag(flag, version_) != Presence::kNo) names.push_back(flag.name);
    }
    return names;
  }

  std::string Advice(const KanikoFlag& flag) const {
    for (const KanikoFlag& other : KanikoFlags()) {
      const bool same = other.renamed_to == absl::string_view(flag.name) ||
                        flag.renamed_to == absl::string_view(other.name);
      if (same && HasFlag(other, version_) == Presence::kYes) {
        return absl::StrCat("this version calls it `--", other.name, "`");
      }
    }
    return flag.removed_in && *version_ >= flag.removed_in
               ? "remove it"
               : absl::StrCat("set `image` to a later version, or remove it");
  }

  absl::Span<const yaml::Node* const> items_;
  const std::optional<KanikoVersion>& version_;
  absl::string_view path_;
  diag::Sink& sink_;
  size_t item_ = 0;  // the word that is looked at
  size_t next_ = 0;
};

}  // namespace

void CheckKanikoArgs(const yaml::Node& args,
                     const std::optional<KanikoVersion>& version,
                     absl::string_view path, diag::Sink& sink) {
  Checker(args, version, path, sink).Check();
}

void CheckSnapshotMode(absl::string_view mode, const yaml::Node& node,
                       const std::optional<KanikoVersion>& version,
                       absl::string_view path, diag::Sink& sink) {
  for (const KanikoValue& value : FindKanikoFlag("snapshotMode")->values) {
    if (mode != value.text || !LacksValue(value, version)) continue;
    diag::Diagnostic found = diag::KanikoSnapshotMode(
        node.span(), mode, version->ToString(),
        absl::StrCat("since ", value.since.ToString()),
        "set `image` to a later version, or use `full`");
    found.config_path = std::string(path);
    sink.Handle(yaml::At(node, std::move(found)));
  }
}

}  // namespace ovenbird::kube
