#include "runtime/report/sarif.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/format_text.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/report/command_text.h"
#include "runtime/report/message_page.h"
#include "runtime/report/region.h"
#include "runtime/report/text.h"

namespace ovenbird::report {
namespace {

using diag::Diagnostic;
using json::Array;
using json::Object;
using json::Value;

// Rules by id with their place in the table.
using RuleTable = std::map<std::string, std::pair<const diag::Rule*, int64_t>>;

RuleTable CollectRules(absl::Span<const Diagnostic> diagnostics) {
  RuleTable rules;
  for (const Diagnostic& d : diagnostics) {
    if (d.rule) rules[d.rule->id].first = d.rule;
  }
  int64_t index = 0;
  for (auto& [id, rule] : rules) rule.second = index++;
  return rules;
}

Value Text(absl::string_view text) { return Object{{"text", text}}; }

// The first sentence of the documentation: the message itself has holes.
std::string Title(const diag::Rule& rule) {
  const absl::string_view docs = rule.docs;
  for (size_t i = docs.find('.'); i != docs.npos; i = docs.find('.', i + 1)) {
    if (i + 1 == docs.size() || absl::ascii_isspace(docs[i + 1])) {
      return absl::StrReplaceAll(docs.substr(0, i), {{"\n", " "}});
    }
  }
  return docs.empty() ? rule.id : std::string(docs);
}

Value RuleObject(const diag::Rule& rule) {
  Value object = Object{
      {"id", rule.id},
      {"shortDescription", Text(Title(rule))},
      {"helpUri", MessagePage(rule.id)},
      {"defaultConfiguration", Object{{"level", SeverityName(rule.severity)}}}};
  const absl::string_view docs = rule.docs;
  if (!docs.empty()) {
    object.Set("fullDescription", Text(docs));
    object.Set("help", Object{{"text", docs}, {"markdown", docs}});
  }
  return object;
}

bool IsUriCharacter(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("-._~/", c);
}

std::string PercentEncode(absl::string_view path) {
  std::string out;
  for (char c : path) {
    if (IsUriCharacter(c)) {
      out += c;
    } else {
      out += FormatText("%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// Relative to the root where it can be.
std::string Uri(absl::string_view file, const SarifOptions& options) {
  const std::string from_top = FromTop(file, options.root);
  absl::string_view name = from_top;
  while (absl::ConsumePrefix(&name, "./")) {
  }
  const std::string encoded = PercentEncode(name);
  return absl::StartsWith(encoded, "/") ? absl::StrCat("file://", encoded)
                                        : encoded;
}

Value RegionObject(Span span) {
  const Region region = RegionOf(span);
  return Object{{"startLine", region.start.line},
                {"startColumn", region.start.column},
                {"endLine", region.end.line},
                {"endColumn", region.end.column}};
}

Value Artifact(Span span, const SarifOptions& options) {
  return Object{{"uri", Uri(span.file->name(), options)}};
}

Value PhysicalLocation(Span span, const SarifOptions& options) {
  Value location = Object{{"artifactLocation", Artifact(span, options)}};
  // Code hosts show a result at a line only, also that of a file that cannot be
  // read.
  location.Set("region", HasRegion(span) ? RegionObject(span)
                                         : Value(Object{{"startLine", 1}}));
  return location;
}

Array Locations(const Diagnostic& d, const SarifOptions& options) {
  Value location = Object{};
  if (IsInFile(d.span)) {
    location.Set("physicalLocation", PhysicalLocation(d.span, options));
  }
  if (!d.config_path.empty()) {
    location.Set("logicalLocations",
                 Array{Object{{"fullyQualifiedName", d.config_path}}});
  }
  if (location.members().empty()) return {};
  return {std::move(location)};
}

void AddRelated(Span span, absl::string_view text, const SarifOptions& options,
                Array* related) {
  if (!IsInFile(span)) return;
  Value location =
      Object{{"id", static_cast<int64_t>(related->size())},
             {"physicalLocation", PhysicalLocation(span, options)}};
  if (!text.empty()) location.Set("message", Text(text));
  related->push_back(std::move(location));
}

Value FixObject(const diag::Fix& fix, const SarifOptions& options) {
  // One change per file, in the order of the edits.
  Array changes;
  std::vector<const SourceFile*> files;
  for (const diag::Edit& edit : fix.edits) {
    if (!IsInFile(edit.span)) continue;
    size_t i = 0;
    while (i < files.size() && files[i] != edit.span.file) ++i;
    if (i == files.size()) {
      files.push_back(edit.span.file);
      changes.push_back(
          Object{{"artifactLocation", Artifact(edit.span, options)},
                 {"replacements", Array{}}});
    }
    Value replacement = Object{{"deletedRegion", RegionObject(edit.span)},
                               {"insertedContent", Text(edit.text)}};
    changes[i].as_object()->back().second.as_array()->push_back(
        std::move(replacement));
  }
  return Object{{"description", Text(fix.title)},
                {"artifactChanges", std::move(changes)}};
}

std::string MessageText(const Diagnostic& d) {
  std::string text = d.message;
  if (!d.label.empty()) absl::StrAppend(&text, ": ", d.label);
  if (!d.help.empty()) absl::StrAppend(&text, "\nHelp: ", d.help);
  for (const diag::Note& note : d.notes) {
    if (!IsInFile(note.span)) absl::StrAppend(&text, "\nNote: ", note.text);
  }
  return text;
}

// Several of the same rule at the same config path are told apart by number.
using Occurrences = std::map<std::string, int>;

Value Fingerprints(const Diagnostic& d, Occurrences* occurrences) {
  const std::string what =
      absl::StrCat(d.rule ? d.rule->id : "", "\n", d.config_path);
  const int number = ++(*occurrences)[what];
  const std::string digest = ToHex(Sha256Of(what)).substr(0, 16);
  return Object{{"ruleAndConfigPath/v1", absl::StrCat(digest, ":", number)}};
}

Value ResultObject(const Diagnostic& d, const RuleTable& rules,
                   const SarifOptions& options, Occurrences* occurrences) {
  Value result = Object{};
  if (d.rule) {
    result.Set("ruleId", d.rule->id);
    result.Set("ruleIndex", rules.at(d.rule->id).second);
  }
  result.Set("level", SeverityName(d.severity));
  result.Set("message", Text(MessageText(d)));
  result.Set("locations", Locations(d, options));
  Array related;
  for (const diag::Label& label : d.labels) {
    AddRelated(label.span, label.text, options, &related);
  }
  for (const diag::Note& note : d.notes) {
    AddRelated(note.span, note.text, options, &related);
  }
  if (!related.empty()) result.Set("relatedLocations", std::move(related));
  Array fixes;
  for (const diag::Fix& fix : d.fixes) {
    fixes.push_back(FixObject(fix, options));
  }
  if (!fixes.empty()) result.Set("fixes", std::move(fixes));
  result.Set("partialFingerprints", Fingerprints(d, occurrences));
  return result;
}

}  // namespace

std::string RenderSarif(absl::Span<const Diagnostic> diagnostics,
                        const SarifOptions& options) {
  const RuleTable rules = CollectRules(diagnostics);
  Array rule_objects;
  for (const auto& [id, rule] : rules) {
    rule_objects.push_back(RuleObject(*rule.first));
  }
  Value driver =
      Object{{"name", "ovenbird"}, {"informationUri", "https://ovenbird.dev"}};
  if (!options.tool_version.empty()) {
    driver.Set("version", options.tool_version);
  }
  driver.Set("rules", std::move(rule_objects));
  Array results;
  Occurrences occurrences;
  for (const Diagnostic& d : diagnostics) {
    results.push_back(ResultObject(d, rules, options, &occurrences));
  }
  const Value run = Object{{"tool", Object{{"driver", std::move(driver)}}},
                           {"columnKind", "unicodeCodePoints"},
                           {"results", std::move(results)}};
  const Value log =
      Object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
             {"version", "2.1.0"},
             {"runs", Array{run}}};
  return JsonWithoutCommands(json::Write(log, true) + "\n");
}

}  // namespace ovenbird::report
