#include "runtime/config/variables.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/variable_text.h"
#include "runtime/config/variable_values.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"

namespace ovenbird::config {
namespace {

// What Ovenbird reads. The others may have variables that only DevSpace needs.
constexpr absl::string_view kFilledSections[] = {"images", "hooks"};
// These have variables only in what they bring into other sections.
constexpr absl::string_view kPassedOver[] = {"vars", "profiles"};

template <size_t kCount>
bool IsOneOf(absl::string_view text, const absl::string_view (&words)[kCount]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// Go's strconv.Atoi: an optional sign and decimal digits.
std::optional<int64_t> GoInteger(absl::string_view text) {
  const absl::string_view digits =
      absl::StrContains("+-", text.substr(0, 1)) && !text.empty()
          ? text.substr(1)
          : text;
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int64_t value;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

// Go's strconv.ParseBool; 1 and 0 are numbers before.
std::optional<bool> GoBoolean(absl::string_view text) {
  static constexpr absl::string_view kTrue[] = {"t", "T", "true", "True",
                                                "TRUE"};
  static constexpr absl::string_view kFalse[] = {"f", "F", "false", "False",
                                                 "FALSE"};
  if (IsOneOf(text, kTrue)) return true;
  if (IsOneOf(text, kFalse)) return false;
  return std::nullopt;
}

struct Retyped {
  std::string text;
  yaml::Style style;
  absl::string_view kind;  // for a message; empty when it is a text
};

Retyped Retype(std::string text) {
  if (const std::optional<int64_t> integer = GoInteger(text)) {
    return {absl::StrCat(*integer), yaml::Style::kPlain, "a number"};
  }
  if (const std::optional<bool> boolean = GoBoolean(text)) {
    return {*boolean ? "true" : "false", yaml::Style::kPlain, "a boolean"};
  }
  return {std::move(text), yaml::Style::kQuoted, ""};
}

class Filler {
 public:
  Filler(const yaml::Node& root, const VariableInput& input, yaml::Arena& arena,
         diag::Sink& sink)
      : values_(root.Find("vars"), input, sink), arena_(arena), sink_(sink) {}

  const yaml::Node* FillRoot(const yaml::Node& root) {
    std::vector<yaml::Entry> entries(root.entries().begin(),
                                     root.entries().end());
    for (yaml::Entry& entry : entries) {
      if (IsOneOf(entry.key(), kFilledSections)) {
        entry = WithValue(entry, Fill(*entry.value()));
      } else if (!IsOneOf(entry.key(), kPassedOver)) {
        MarkUsed(*entry.value());
      }
    }
    values_.ReportUnusedFlags();
    return arena_.WithEntries(root, entries);
  }

 private:
  // Whether the values of an item are build arguments: `buildArgs`, and the
  // flag
  // `--build-arg` in a list of arguments. `before`: the item before it, or
  // null.
  static bool IsBuildArg(const yaml::Node& item, const yaml::Node* before) {
    return (item.is_scalar() &&
            absl::StartsWith(item.scalar(), "--build-arg=")) ||
           (before != nullptr && before->is_scalar() &&
            before->scalar() == "--build-arg");
  }

  static yaml::Entry WithValue(const yaml::Entry& entry,
                               const yaml::Node* value) {
    return {entry.key(), entry.key_span(), entry.key_style(), value};
  }

  // The node itself when it has no variables.
  const yaml::Node* Fill(const yaml::Node& node) {
    switch (node.kind()) {
      case yaml::Kind::kNull:
        return &node;
      case yaml::Kind::kScalar:
        return absl::StrContains(node.scalar(), "${") ? FillScalar(node)
                                                      : &node;
      case yaml::Kind::kSequence:
        return FillSequence(node);
      case yaml::Kind::kMapping:
        return FillMapping(node);
    }
    return &node;
  }

  const yaml::Node* FillPart(const yaml::Node& node, bool is_build_arg) {
    const bool outer = is_build_arg_;
    is_build_arg_ |= is_build_arg;
    const yaml::Node* filled = Fill(node);
    is_build_arg_ = outer;
    return filled;
  }

  const yaml::Node* FillSequence(const yaml::Node& node) {
    std::vector<const yaml::Node*> changed;
    for (size_t i = 0; i < node.items().size(); ++i) {
      const yaml::Node* item = node.items()[i];
      const yaml::Node* before = i == 0 ? nullptr : node.items()[i - 1];
      const yaml::Node* filled = FillPart(*item, IsBuildArg(*item, before));
      if (filled == item) continue;
      if (changed.empty()) {
        changed.assign(node.items().begin(), node.items().end());
      }
      changed[i] = filled;
    }
    return changed.empty() ? &node : arena_.WithItems(node, changed);
  }

  const yaml::Node* FillMapping(const yaml::Node& node) {
    std::vector<yaml::Entry> changed;
    for (size_t i = 0; i < node.entries().size(); ++i) {
      const yaml::Entry& entry = node.entries()[i];
      WarnOfKey(node, entry);
      const yaml::Node* filled =
          FillPart(*entry.value(), entry.key() == "buildArgs");
      if (filled == entry.value()) continue;
      if (changed.empty()) {
        changed.assign(node.entries().begin(), node.entries().end());
      }
      changed[i] = WithValue(entry, filled);
    }
    return changed.empty() ? &node : arena_.WithEntries(node, changed);
  }

  const yaml::Node* FillScalar(const yaml::Node& node) {
    const absl::string_view text = node.scalar();
    const VariableTokens found = FindVariables(text);
    if (found.unclosed != absl::string_view::npos) {
      const Span span = SpanInScalar(node, found.unclosed, text.size());
      sink_.Handle(yaml::At(node, diag::UnclosedVariable(span, text)));
    }
    if (found.tokens.empty()) return &node;
    std::string filled;
    size_t done = 0;
    const yaml::Node* result = &node;
    for (const VariableToken& token : found.tokens) {
      absl::StrAppend(&filled, text.substr(done, token.begin - done));
      done = token.end;
      AppendToken(node, token, &filled, &result);
      if (values_.Fits(filled)) continue;
      sink_.Handle(yaml::At(
          node, diag::VariableTooLong(
                    SpanInScalar(node, token.begin, token.end), token.name)));
      return arena_.AsUnknown(node);
    }
    absl::StrAppend(&filled, text.substr(done));
    values_.AddFilled(filled);
    const Retyped retyped = Retype(filled);
    WarnOfRewriting(node, filled, retyped);
    return arena_.WithText(*result, arena_.Copy(retyped.text), retyped.style);
  }

  // Adds the variable's origin to `result`.
  void AppendToken(const yaml::Node& node, const VariableToken& token,
                   std::string* filled, const yaml::Node** result) {
    const absl::string_view written =
        node.scalar().substr(token.begin, token.end - token.begin);
    if (token.escaped) {
      absl::StrAppend(filled, written.substr(1));
      return;
    }
    const Span span = SpanInScalar(node, token.begin, token.end);
    const VariableValue* value = values_.Get(token.name, span, node);
    if (value == nullptr) {
      absl::StrAppend(filled, written);
      *result = arena_.AsUnknown(**result);
      return;
    }
    if (is_build_arg_ && value->password) {
      sink_.Handle(yaml::At(node, diag::PasswordInBuildArg(span, token.name)));
    }
    absl::StrAppend(filled, value->text);
    *result = arena_.WithOrigin(**result, value->origin, value->origin_span);
  }

  // `007` becomes 7 and `T` becomes true, which nobody expects. True and TRUE
  // are what they say.
  void WarnOfRewriting(const yaml::Node& node, const std::string& filled,
                       const Retyped& retyped) {
    if (retyped.kind.empty() || absl::EqualsIgnoreCase(retyped.text, filled)) {
      return;
    }
    sink_.Handle(
        yaml::At(node, diag::VariableRewritten(node.span(), filled,
                                               retyped.kind, retyped.text)));
  }

  void WarnOfKey(const yaml::Node& mapping, const yaml::Entry& entry) {
    if (!absl::StrContains(entry.key(), "${")) return;
    for (const VariableToken& token : FindVariables(entry.key()).tokens) {
      if (token.escaped) continue;
      sink_.Handle(yaml::At(
          mapping, diag::VariableInKey(entry.key_span(), entry.key())));
      return;
    }
  }

  void MarkUsed(const yaml::Node& node) {
    if (node.is_scalar() && absl::StrContains(node.scalar(), "${")) {
      for (const VariableToken& token : FindVariables(node.scalar()).tokens) {
        if (!token.escaped) values_.MarkUsed(token.name);
      }
    }
    for (const yaml::Node* item : node.items()) MarkUsed(*item);
    for (const yaml::Entry& entry : node.entries()) MarkUsed(*entry.value());
  }

  VariableValues values_;
  yaml::Arena& arena_;
  diag::Sink& sink_;
  bool is_build_arg_ = false;  // what is being filled
};

}  // namespace

void ParseVariableFlag(const SourceFile& flag, std::vector<VariableFlag>* flags,
                       diag::Sink& sink) {
  const absl::string_view text = flag.text();
  const auto size = static_cast<uint32_t>(text.size());
  const Span span = {&flag, 0, size};
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos) {
    sink.Handle(diag::BadVariableFlag(span, text, "`=`"));
    return;
  }
  const absl::string_view name =
      absl::StripAsciiWhitespace(text.substr(0, equals));
  if (name.empty()) {
    sink.Handle(diag::BadVariableFlag(span, text, "name"));
    return;
  }
  // DevSpace takes blanks around both away.
  const absl::string_view value =
      absl::StripAsciiWhitespace(text.substr(equals + 1));
  const auto begin = static_cast<uint32_t>(value.data() - text.data());
  flags->push_back(
      {std::string(name),
       std::string(value),
       span,
       {&flag, begin, begin + static_cast<uint32_t>(value.size())}});
}

const yaml::Node* FillVariables(const yaml::Node& root,
                                const VariableInput& input, yaml::Arena& arena,
                                diag::Sink& sink) {
  if (!root.is_mapping()) return &root;
  return Filler(root, input, arena, sink).FillRoot(root);
}

}  // namespace ovenbird::config
