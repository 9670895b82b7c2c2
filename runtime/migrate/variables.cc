#include "runtime/migrate/variables.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "runtime/config/variable_text.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::migrate {
namespace {

// Those that have a value in every config.
constexpr absl::string_view kPredefined[] = {
    "DEVSPACE_RANDOM", "DEVSPACE_TIMESTAMP", "DEVSPACE_GIT_COMMIT"};

bool IsPredefined(absl::string_view name) {
  for (const absl::string_view one : kPredefined) {
    if (one == name) return true;
  }
  return false;
}

size_t NameLength(absl::string_view text) {
  size_t size = 0;
  while (size < text.size() &&
         (absl::ascii_isalpha(text[size]) || text[size] == '_' ||
          (size > 0 && absl::ascii_isdigit(text[size])))) {
    ++size;
  }
  return size;
}

// A value with which names of images and tags are valid.
std::string Placeholder(const std::string& name) {
  const std::string upper = absl::AsciiStrToUpper(name);
  for (const char* part : {"REGISTRY", "REPO", "HOST"}) {
    if (absl::StrContains(upper, part)) return "registry.example.com";
  }
  return "dev";
}

// The end of `${...}`, which may contain others; npos if it is not closed.
// `text` starts after the first brace.
size_t ClosingBrace(absl::string_view text) {
  int depth = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::StartsWith(text.substr(i), "${")) ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return absl::string_view::npos;
}

// Enough for defaults in defaults.
constexpr int kMaxDepth = 16;

// The default of a variable of Compose, with the defaults of the variables in
// it; nullopt if one of these has none.
std::optional<std::string> LiteralDefault(absl::string_view text, int depth) {
  std::string out;
  while (!text.empty()) {
    const size_t dollar = text.find('$');
    absl::StrAppend(&out, text.substr(0, dollar));
    if (dollar == absl::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (absl::ConsumePrefix(&text, "$")) {
      out += '$';
      continue;
    }
    if (!absl::ConsumePrefix(&text, "{")) {
      if (NameLength(text) > 0) return std::nullopt;
      out += '$';
      continue;
    }
    const size_t close = ClosingBrace(text);
    if (close == absl::string_view::npos || depth == 0) return std::nullopt;
    absl::string_view rest = text.substr(0, close);
    rest.remove_prefix(NameLength(rest));
    absl::ConsumePrefix(&rest, ":");
    if (!absl::ConsumePrefix(&rest, "-")) return std::nullopt;
    const std::optional<std::string> inner = LiteralDefault(rest, depth - 1);
    if (!inner) return std::nullopt;
    out += *inner;
    text.remove_prefix(close + 1);
  }
  // It would be a variable in the result.
  if (absl::StrContains(out, "${")) return std::nullopt;
  return out;
}

}  // namespace

bool IsCommand(absl::string_view text) {
  static const RE2& command = *new RE2(R"((?s)\$#?!?\(.+\))");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), command);
}

bool Variables::Declares(absl::string_view name) const {
  for (const json::Value& one : declared_) {
    if (one["name"].string_or() == name) return true;
  }
  return false;
}

void Variables::Declare(absl::string_view name,
                        std::optional<std::string> value) {
  for (json::Value& one : declared_) {
    if (one["name"].string_or() != name) continue;
    if (value && one["default"].is_null()) one.Set("default", *value);
    return;
  }
  json::Value variable = json::Object{{"name", name}};
  if (value) variable.Set("default", *std::move(value));
  declared_.push_back(std::move(variable));
}

void Variables::DeclareObject(json::Value variable) {
  if (!Declares(variable["name"].string_or())) {
    declared_.push_back(std::move(variable));
  }
}

void Variables::Know(absl::string_view name, absl::string_view value) {
  known_.emplace(name, value);
}

bool Variables::IsString(const yaml::Node& node) const {
  if (syntax_ != Syntax::kDevSpace6 && syntax_ != Syntax::kCompose) {
    return false;
  }
  return yaml::ResolveScalar(node).type == yaml::ScalarType::kBool &&
         !absl::EqualsIgnoreCase(node.scalar(), "true") &&
         !absl::EqualsIgnoreCase(node.scalar(), "false");
}

std::string Variables::Convert(const yaml::Node& node) {
  if (syntax_ == Syntax::kDevSpace6 && IsCommand(node.scalar())) {
    sink_.Handle(diag::MigrateChanged(
        node.span(),
        absl::StrCat("the command `", node.scalar(), "` is kept as text"),
        absl::StrCat("write a variable as `${NAME}`. ", kNoCommands)));
  }
  return ConvertForShell(node);
}

std::string Variables::ConvertForShell(const yaml::Node& node) {
  // Skaffold reads strings as they are written: `1.10` is no number there.
  const bool as_written = syntax_ == Syntax::kTemplates || IsString(node);
  const std::string text =
      as_written ? std::string(node.scalar()) : yaml::ScalarText(node);
  const Span at = node.span();
  std::string out = text;
  switch (syntax_) {
    case Syntax::kNone:
      if (!declared_.empty()) ReportExpressions(text, at);
      out = Escaped(text);
      break;
    case Syntax::kDevSpace5:
    case Syntax::kDevSpace6:
      // `$!{NAME}` keeps the value a string.
      RE2::GlobalReplace(&out, R"(\$!\{)", "${");
      break;
    case Syntax::kCompose:
      return FromCompose(text, at);
    case Syntax::kTemplates:
      return FromTemplates(text, at);
  }
  NoteUses(out, at);
  return out;
}

// Names that the file declares are variables, all others are literal.
std::string Variables::Escaped(absl::string_view text) const {
  std::string out;
  size_t done = 0;
  for (const config::VariableToken& token :
       config::FindVariables(text).tokens) {
    absl::StrAppend(&out, text.substr(done, token.begin - done));
    if (token.escaped || !Declares(token.name)) out += '$';
    absl::StrAppend(&out, text.substr(token.begin, token.end - token.begin));
    done = token.end;
  }
  return absl::StrCat(out, text.substr(done));
}

void Variables::ReportExpressions(absl::string_view text, Span at) {
  for (const config::VariableToken& token :
       config::FindVariables(text).tokens) {
    if (token.escaped || NameLength(token.name) == token.name.size()) continue;
    sink_.Handle(diag::MigrateChanged(
        at,
        absl::StrCat("the expression `${", token.name, "}` is kept as text"),
        "convert what `docker buildx bake --print` prints, which has it "
        "resolved"));
  }
}

std::string Variables::FromCompose(absl::string_view text, Span at) {
  std::string out;
  while (!text.empty()) {
    const size_t dollar = text.find('$');
    absl::StrAppend(&out, text.substr(0, dollar));
    if (dollar == absl::string_view::npos) return out;
    text.remove_prefix(dollar + 1);
    if (absl::StartsWith(text, "$")) {
      // `$${NAME}` is the literal text `${NAME}` in both.
      absl::StrAppend(&out, absl::StartsWith(text, "${") ? "$$" : "$");
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(Substitute(text, at, out));
  }
  return out;
}

size_t Variables::Substitute(absl::string_view text, Span at,
                             std::string& out) {
  const bool braces = absl::StartsWith(text, "{");
  const size_t begin = braces ? 1 : 0;
  const size_t size = NameLength(text.substr(begin));
  const size_t close = braces ? ClosingBrace(text.substr(1)) : 0;
  if (size == 0 || close == absl::string_view::npos) {
    out += '$';
    return 0;
  }
  const std::string name(text.substr(begin, size));
  const std::string token = absl::StrCat("${", name, "}");
  out += token;
  const size_t end = braces ? close + 2 : size;
  absl::string_view rest = braces ? text.substr(1 + size, close - size) : "";
  // `-`, `?` and `+`, each also after a colon.
  const bool colon = absl::ConsumePrefix(&rest, ":");
  if (absl::ConsumePrefix(&rest, "-")) {
    DeclareDefault(name, rest, at);
  } else if (absl::ConsumePrefix(&rest, "+")) {
    sink_.Handle(diag::MigrateChanged(
        at,
        absl::StrCat("`${", name, colon ? ":+" : "+", rest,
                     "}` becomes the value of `", name, "`"),
        absl::StrCat("pass the value with `--var ", name, "=VALUE`")));
  }
  NoteUses(token, at);
  return end;
}

void Variables::DeclareDefault(const std::string& name, absl::string_view text,
                               Span at) {
  const std::string value =
      LiteralDefault(text, kMaxDepth).value_or(Placeholder(name));
  // An empty default counts as none.
  if (value.empty()) return Declare(name, std::nullopt);
  Declare(name, value);
  for (const json::Value& one : declared_) {
    if (one["name"].string_or() != name) continue;
    const absl::string_view first = one["default"].string_or();
    if (first != value) {
      sink_.Handle(diag::MigrateChanged(
          at,
          absl::StrCat("the default of `", name, "` is `", first,
                       "`, also here, where the file has `", value, "`"),
          "a variable has one default: use another variable here"));
    } else if (absl::StrContains(text, "$")) {
      sink_.Handle(diag::MigrateChanged(
          at,
          absl::StrCat("the default of `", name, "` is `", value, "`, not `",
                       text, "`"),
          "write a default without variables under `vars`"));
    }
  }
}

std::string Variables::FromTemplates(absl::string_view text, Span at) {
  // Escaped first: only the templates are variables.
  std::string out = Escaped(text);
  RE2::GlobalReplace(&out, R"(\{\{\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\})",
                     R"(${\1})");
  if (absl::StrContains(out, "{{")) {
    sink_.Handle(diag::MigrateChanged(
        at, absl::StrCat("the template `", text, "` is kept as text"),
        "write the value, or a variable as `${NAME}`"));
  }
  NoteUses(out, at);
  return out;
}

void Variables::NoteUses(absl::string_view text, Span at) {
  for (const config::VariableToken& token :
       config::FindVariables(text).tokens) {
    if (token.escaped || IsPredefined(token.name)) continue;
    const std::string name(token.name);
    if (used_.emplace(name, at).second) order_.push_back(name);
  }
}

json::Value Variables::Take() {
  for (const std::string& name : order_) Declare(name, std::nullopt);
  for (json::Value& variable : declared_) {
    const auto use = used_.find(std::string(variable["name"].string_or()));
    if (use == used_.end() || !variable["default"].is_null()) continue;
    const auto known = known_.find(use->first);
    if (known != known_.end()) {
      variable.Set("default", known->second);
      continue;
    }
    const std::string value = Placeholder(use->first);
    variable.Set("default", value);
    sink_.Handle(diag::MigrateChanged(
        use->second,
        absl::StrCat("variable `", use->first, "` has no default: `", value,
                     "` is a placeholder"),
        absl::StrCat("write the default under `vars`",
                     syntax_ == Syntax::kCompose ? " (`.env` is not read)" : "",
                     ", or set ", use->first,
                     " in the environment or with `--var`")));
  }
  return json::Array(std::move(declared_));
}

}  // namespace ovenbird::migrate
