#include "codegen/model_diagnostics.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codegen/docs_text.h"
#include "codegen/names.h"
#include "re2/re2.h"

namespace ovenbird::codegen {
namespace {

namespace pb = google::protobuf;
using schema::DiagnosticRule;

constexpr int kDiagnostic = 50101;

// The verbs with which a help can start: it says what to do. Extend the list
// when a help needs another one.
bool IsImperative(absl::string_view word) {
  static const auto& verbs = *new std::set<absl::string_view>{
      "add",    "clone", "close", "convert", "correct", "create", "give",
      "indent", "keep",  "look",  "mark",    "mount",   "move",   "note",
      "pass",   "put",   "raise", "remove",  "run",     "save",   "see",
      "set",    "start", "store", "use",     "write"};
  return verbs.count(word) > 0;
}

class Reader {
 public:
  Reader(const pb::EnumValueDescriptor* value, Errors* errors)
      : value_(value),
        rule_(value->options().GetExtension(schema::diagnostic)),
        errors_(errors) {}

  Diagnostic Read() {
    Diagnostic out;
    out.function = UpperCamel(value_->name());
    out.docs = DocsOf(value_);
    out.id = rule_.id();
    out.severity = rule_.severity();
    out.text = rule_.text();
    out.label = rule_.label();
    out.help = rule_.help();
    out.args = {rule_.arg().begin(), rule_.arg().end()};
    out.example = rule_.example();
    out.since = rule_.since();
    out.buildkit_check = rule_.buildkit_check();
    out.depends_on_run = rule_.depends_on_run();
    CheckWording();
    CheckArguments();
    if (out.docs.empty()) {
      errors_->Add(value_, absl::StrCat("diagnostic `", value_->name(),
                                        "` has no comment"));
    }
    return out;
  }

 private:
  void Error(int option, const std::string& text) {
    errors_->AddAtOption(value_, {kDiagnostic, option}, text);
  }

  void CheckWording() {
    static const RE2& id = *new RE2("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    if (!RE2::FullMatch(rule_.id(), id)) {
      Error(DiagnosticRule::kIdFieldNumber,
            absl::StrCat("id `", rule_.id(), "` is not in kebab-case"));
    }
    const std::string& text = rule_.text();
    if (text.empty()) {
      Error(DiagnosticRule::kTextFieldNumber,
            absl::StrCat("diagnostic `", value_->name(), "` has no text"));
      return;
    }
    CheckPhrase(DiagnosticRule::kTextFieldNumber, "text", text);
    if (rule_.help().empty()) {
      Error(DiagnosticRule::kHelpFieldNumber,
            absl::StrCat("diagnostic `", value_->name(),
                         "` has no help: say what to do next"));
    } else {
      CheckPhrase(DiagnosticRule::kHelpFieldNumber, "help", rule_.help());
      CheckHelp(rule_.help());
    }
    CheckPhrase(DiagnosticRule::kLabelFieldNumber, "label", rule_.label());
  }

  // clang's discipline: a phrase, no sentence.
  void CheckPhrase(int option, const char* what, const std::string& text) {
    // Names such as Secret, Dockerfile and `${X}` may come first in a text.
    static const RE2& start = *new RE2("^([a-z0-9`{$-]|Secret |Dockerfile )");
    if (option != DiagnosticRule::kHelpFieldNumber && !text.empty() &&
        !RE2::PartialMatch(text, start)) {
      Error(option,
            absl::StrCat(what,
                         " starts neither in lower case nor with a backtick"));
    }
    if (absl::EndsWith(text, ".") && !absl::EndsWith(text, "...")) {
      Error(option, absl::StrCat(what, " ends with a period"));
    }
    static const RE2& contraction = *new RE2(
        R"re((?i)\b(\w+n't|(?:it|that|there|here|what|who|let)'s|\w+'(?:re|ve|ll)|i'm)\b)re");
    std::string found;
    if (RE2::PartialMatch(text, contraction, &found)) {
      Error(option, absl::StrCat(what, " has the contraction `", found, "`"));
    }
    if (std::count(text.begin(), text.end(), '`') % 2 != 0) {
      Error(option, absl::StrCat(what, " has an odd number of backticks"));
    }
    if (text.find('\n') != std::string::npos) {
      Error(option, absl::StrCat(what, " has several lines"));
    }
  }

  void CheckHelp(const std::string& help) {
    if (absl::StartsWith(help, "{")) return;  // The caller's sentence.
    const std::string first = help.substr(0, help.find_first_of(" ,:;"));
    if (IsImperative(first)) return;
    Error(
        DiagnosticRule::kHelpFieldNumber,
        absl::StrCat("help does not start with an imperative: `", first, "`"));
  }

  void CheckArguments() {
    std::set<std::string> declared;
    for (const std::string& arg : rule_.arg()) {
      static const RE2& name = *new RE2("[a-z][a-z0-9_]*");
      if (!RE2::FullMatch(arg, name)) {
        Error(DiagnosticRule::kArgFieldNumber,
              absl::StrCat("`", arg, "` is not a name for an argument"));
      }
      if (!declared.insert(arg).second) {
        Error(DiagnosticRule::kArgFieldNumber,
              absl::StrCat("argument `", arg, "` is declared twice"));
      }
    }
    std::set<std::string> used;
    const std::pair<int, const std::string*> strings[] = {
        {DiagnosticRule::kTextFieldNumber, &rule_.text()},
        {DiagnosticRule::kLabelFieldNumber, &rule_.label()},
        {DiagnosticRule::kHelpFieldNumber, &rule_.help()},
    };
    for (const auto& [option, text] : strings) {
      std::vector<std::string> pieces;
      if (!SplitTemplate(*text, &pieces)) {
        Error(option, absl::StrCat("braces do not pair in \"", *text,
                                   "\"; a brace itself is written twice"));
        continue;
      }
      for (size_t i = 1; i < pieces.size(); i += 2) {
        used.insert(pieces[i]);
        if (declared.count(pieces[i]) == 0) {
          Error(option,
                absl::StrCat("{", pieces[i], "} is not a declared argument"));
        }
      }
    }
    for (const std::string& arg : declared) {
      if (used.count(arg) == 0) {
        Error(DiagnosticRule::kArgFieldNumber,
              absl::StrCat("argument `", arg, "` is not used"));
      }
    }
  }

  const pb::EnumValueDescriptor* value_;
  const DiagnosticRule& rule_;
  Errors* errors_;
};

}  // namespace

bool SplitTemplate(const std::string& text, std::vector<std::string>* pieces) {
  pieces->assign(1, "");
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      pieces->back() += c;
      ++i;
      continue;
    }
    if (c == '}') return false;
    if (c != '{') {
      pieces->back() += c;
      continue;
    }
    const size_t end = text.find('}', i);
    if (end == std::string::npos) return false;
    pieces->push_back(text.substr(i + 1, end - i - 1));
    pieces->emplace_back();
    i = end;
  }
  return true;
}

void ReadDiagnostics(const pb::FileDescriptor* file, Schema* schema,
                     Errors* errors) {
  std::set<std::string> ids;
  std::set<std::string> functions;
  for (int i = 0; i < file->enum_type_count(); ++i) {
    const pb::EnumDescriptor* catalog = file->enum_type(i);
    for (int j = 0; j < catalog->value_count(); ++j) {
      const pb::EnumValueDescriptor* value = catalog->value(j);
      if (!value->options().HasExtension(schema::diagnostic)) {
        errors->Add(value,
                    absl::StrCat("value `", value->name(),
                                 "` has no (ovenbird.schema.diagnostic)"));
        continue;
      }
      Diagnostic diagnostic = Reader(value, errors).Read();
      if (!ids.insert(diagnostic.id).second) {
        errors->AddAtOption(
            value, {kDiagnostic, DiagnosticRule::kIdFieldNumber},
            absl::StrCat("id `", diagnostic.id, "` is used twice"));
      }
      if (!functions.insert(diagnostic.function).second) {
        errors->Add(value, absl::StrCat("name `", diagnostic.function,
                                        "` is used twice"));
      }
      schema->diagnostics.push_back(std::move(diagnostic));
    }
  }
  if (file->message_type_count() > 0) {
    errors->Add(file->message_type(0),
                "a schema of diagnostics has no messages");
  }
}

}  // namespace ovenbird::codegen
