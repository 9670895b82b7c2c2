#include "runtime/config/variable_values.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "re2/re2.h"
#include "runtime/base/suggest.h"
#include "runtime/config/variable_text.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::config {
namespace {

constexpr absl::string_view kPredefined[] = {
    "DEVSPACE_RANDOM", "DEVSPACE_TIMESTAMP",       "DEVSPACE_GIT_COMMIT",
    "DEVSPACE_SPACE",  "DEVSPACE_SPACE_NAMESPACE", "DEVSPACE_USERNAME"};

constexpr size_t kShortHash = 8;

const yaml::Node* FindScalar(const yaml::Node& mapping, absl::string_view key) {
  const yaml::Node* node = mapping.Find(key);
  return node && node->is_scalar() ? node : nullptr;
}

template <typename Names>
std::string QuotedList(const Names& names, absl::string_view separator) {
  return absl::StrJoin(
      names, separator, [](std::string* out, const auto& name) {
        absl::StrAppend(out, "`", absl::string_view(name), "`");
      });
}

}  // namespace

VariableValues::VariableValues(const yaml::Node* vars,
                               const VariableInput& input, diag::Sink& sink)
    : input_(input), sink_(sink) {
  ReadDefinitions(vars);
}

// What is wrong with the section itself, decoding reports.
void VariableValues::ReadDefinitions(const yaml::Node* vars) {
  if (vars == nullptr) return;
  for (const yaml::Node* item : vars->items()) {
    const yaml::Node* name = FindScalar(*item, "name");
    if (name == nullptr) continue;
    Definition definition;
    definition.default_value = FindScalar(*item, "default");
    definition.pattern = FindScalar(*item, "validationPattern");
    definition.message = FindScalar(*item, "validationMessage");
    definition.options = item->Find("options");
    if (const yaml::Node* source = FindScalar(*item, "source")) {
      definition.source = std::string(source->scalar());
    }
    if (const yaml::Node* password = FindScalar(*item, "password")) {
      definition.password = yaml::ResolveScalar(*password).boolean;
    }
    // Of two with one name the first counts, as in DevSpace.
    definitions_.emplace(absl::StripAsciiWhitespace(name->scalar()),
                         definition);
  }
}

const VariableValues::Definition* VariableValues::DefinitionOf(
    absl::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : &found->second;
}

void VariableValues::MarkUsed(absl::string_view name) {
  if (used_.find(name) == used_.end()) used_.emplace(name);
}

bool VariableValues::FindFlag(absl::string_view name,
                              Variable* variable) const {
  for (auto flag = input_.flags.rbegin(); flag != input_.flags.rend(); ++flag) {
    if (flag->name != name) continue;
    variable->value = {
        flag->value, absl::StrCat("value of variable `", name, "` from --var"),
        flag->value_span};
    return true;
  }
  return false;
}

// Their names are found in any case, as in DevSpace.
bool VariableValues::FindPredefined(absl::string_view name,
                                    Variable* variable) const {
  const std::string upper = absl::AsciiStrToUpper(name);
  std::string& text = variable->value.text;
  if (upper == "DEVSPACE_RANDOM") {
    text = input_.surroundings->Random();
  } else if (upper == "DEVSPACE_TIMESTAMP") {
    text = absl::StrCat(absl::ToUnixSeconds(input_.surroundings->Now()));
  } else if (upper == "DEVSPACE_GIT_COMMIT") {
    const absl::StatusOr<std::string> commit = input_.surroundings->GitCommit();
    if (!commit.ok()) {
      variable->reason = std::string(commit.status().message());
      return false;
    }
    text = commit->substr(0, kShortHash);
  } else if (upper == "DEVSPACE_SPACE" || upper == "DEVSPACE_USERNAME" ||
             absl::StartsWith(upper, "DEVSPACE_SPACE_")) {
    variable->reason = "DevSpace Cloud, which set it, no longer exists";
    return false;
  } else {
    return false;
  }
  variable->value.origin =
      absl::StrCat("value of the predefined variable `", name, "`");
  return true;
}

bool VariableValues::FindInEnvironment(absl::string_view name,
                                       Variable* variable) const {
  const Definition* definition = DefinitionOf(name);
  if (definition &&
      (definition->source == "input" || definition->source == "none")) {
    return false;
  }
  const std::optional<std::string> value = input_.surroundings->Variable(name);
  if (!value) return false;
  variable->value = {
      *value,
      absl::StrCat("value of variable `", name, "` from the environment"),
      {}};
  return true;
}

// A default may have variables itself. False when one of them has no value.
bool VariableValues::FillDefault(absl::string_view name,
                                 const yaml::Node& value, Variable* variable) {
  const absl::string_view text = value.scalar();
  std::string filled;
  size_t done = 0;
  bool complete = true;
  bool password = false;
  for (const VariableToken& token : FindVariables(text).tokens) {
    const Span span = SpanInScalar(value, token.begin, token.end);
    absl::StrAppend(&filled, text.substr(done, token.begin - done));
    done = token.end;
    if (token.escaped) {
      absl::StrAppend(
          &filled, text.substr(token.begin + 1, token.end - token.begin - 1));
    } else if (const VariableValue* other = Get(token.name, span, value)) {
      filled += other->text;
      password |= other->password;
    } else {
      complete = false;
    }
    if (!Fits(filled)) {
      sink_.Handle(yaml::At(value, diag::VariableTooLong(span, token.name)));
      return false;
    }
  }
  absl::StrAppend(&filled, text.substr(done));
  AddFilled(filled);
  variable->value = {
      std::move(filled),
      absl::StrCat("value of variable `", name, "` from its default"),
      value.span(), password};
  return complete;
}

VariableValues::State VariableValues::Resolve(absl::string_view name,
                                              Variable* variable) {
  if (FindFlag(name, variable) || FindPredefined(name, variable) ||
      FindInEnvironment(name, variable)) {
    return State::kFound;
  }
  const Definition* definition = DefinitionOf(name);
  const yaml::Node* value = definition ? definition->default_value : nullptr;
  if (value == nullptr || value->scalar().empty()) return State::kMissing;
  return FillDefault(name, *value, variable) ? State::kFound : State::kBroken;
}

std::string VariableValues::Hint(absl::string_view name) const {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(name);
  std::vector<absl::string_view> candidates;
  for (const auto& [known, definition] : definitions_) {
    candidates.push_back(known);
  }
  for (const VariableFlag& flag : input_.flags) {
    candidates.push_back(flag.name);
  }
  candidates.insert(candidates.end(), std::begin(kPredefined),
                    std::end(kPredefined));
  if (trimmed != name && std::find(candidates.begin(), candidates.end(),
                                   trimmed) != candidates.end()) {
    return "spaces around the name are part of the name";
  }
  return DidYouMean(name, candidates);
}

diag::Diagnostic VariableValues::DescribeMissing(const std::string& name,
                                                 const Variable& variable,
                                                 Span token) const {
  if (!variable.reason.empty()) {
    return diag::VariableUnavailable(token, name, variable.reason);
  }
  const Definition* definition = DefinitionOf(name);
  if (definition && definition->source == "env") {
    return diag::VariableNotInEnvironment(token, name);
  }
  if (definition && definition->source == "none") {
    return diag::VariableWithoutDefault(token, name);
  }
  return diag::VariableUnset(token, name, Hint(name));
}

void VariableValues::ReportLoop(absl::string_view name, Span token) {
  const auto start = std::find(chain_.begin(), chain_.end(), name);
  std::vector<std::string> circle(start, chain_.end());
  circle.emplace_back(name);
  sink_.Handle(diag::VariableLoop(token, QuotedList(circle, " -> ")));
}

const VariableValue* VariableValues::Get(absl::string_view name, Span token,
                                         const yaml::Node& node) {
  MarkUsed(name);
  const auto entry = variables_.try_emplace(std::string(name)).first;
  Variable& variable = entry->second;
  if (variable.state == State::kNew) {
    variable.state = State::kBusy;
    chain_.push_back(entry->first);
    variable.state = Resolve(entry->first, &variable);
    chain_.pop_back();
    const Definition* definition = DefinitionOf(name);
    variable.value.password |= definition != nullptr && definition->password;
    if (variable.state == State::kFound) {
      Check(entry->first, variable.value, token);
      const Definition* definition = DefinitionOf(name);
      if (definition && definition->password && input_.passwords) {
        input_.passwords->push_back(variable.value.text);
      }
    }
  }
  switch (variable.state) {
    case State::kFound:
      return &variable.value;
    case State::kBusy:
      ReportLoop(name, token);
      return nullptr;
    case State::kMissing:
      sink_.Handle(
          yaml::At(node, DescribeMissing(entry->first, variable, token)));
      return nullptr;
    case State::kNew:
    case State::kBroken:
      break;
  }
  return nullptr;
}

void VariableValues::Check(const std::string& name, const VariableValue& value,
                           Span token) {
  const Definition* definition = DefinitionOf(name);
  if (definition == nullptr) return;
  if (definition->pattern) CheckPattern(name, *definition, value, token);
  if (definition->options) CheckOptions(name, *definition, value, token);
}

void VariableValues::CheckPattern(const std::string& name,
                                  const Definition& definition,
                                  const VariableValue& value, Span token) {
  const absl::string_view text = definition.pattern->scalar();
  const RE2 pattern({text.data(), text.size()}, RE2::Quiet);
  if (!pattern.ok()) {
    sink_.Handle(diag::BadPattern(definition.pattern->span(),
                                  "validationPattern", text, pattern.error()));
    return;
  }
  if (RE2::PartialMatch(value.text, pattern)) return;
  const absl::string_view shown =
      definition.password ? absl::string_view("***") : value.text;
  const std::string advice =
      definition.message
          ? std::string(definition.message->scalar())
          : absl::StrCat("give it a value that matches, with `--var ", name,
                         "=VALUE` or in the environment");
  sink_.Handle(diag::VariablePattern(token, name, shown, text, advice)
                   .WithNote(value.origin, value.origin_span)
                   .WithLabel(definition.pattern->span(), "the pattern"));
}

void VariableValues::CheckOptions(const std::string& name,
                                  const Definition& definition,
                                  const VariableValue& value, Span token) {
  std::vector<absl::string_view> options;
  for (const yaml::Node* option : definition.options->items()) {
    if (!option->is_scalar()) continue;
    if (option->scalar() == value.text) return;
    options.push_back(option->scalar());
  }
  if (options.empty()) return;
  const absl::string_view shown =
      definition.password ? absl::string_view("***") : value.text;
  sink_.Handle(diag::VariableNotAnOption(token, name, shown,
                                         DidYouMean(value.text, options),
                                         QuotedList(options, ", "))
                   .WithNote(value.origin, value.origin_span));
}

void VariableValues::ReportUnusedFlags() const {
  const std::vector<absl::string_view> used(used_.begin(), used_.end());
  for (const VariableFlag& flag : input_.flags) {
    if (used_.find(flag.name) != used_.end()) continue;
    sink_.Handle(diag::UnusedVariableFlag(
        flag.span, flag.name, DidYouMean(flag.name, used),
        used.empty() ? "none" : QuotedList(used, ", ")));
  }
}

}  // namespace ovenbird::config
