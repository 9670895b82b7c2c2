// The reference in Markdown: an index, and a page for each section or message.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codegen/docs_markdown.h"
#include "codegen/formats.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/names.h"

namespace ovenbird::codegen {
namespace {

std::string PageName(const Message& message) {
  return absl::StrCat(Kebab(message.name), ".md");
}

std::string YamlBlock(const std::string& yaml) {
  std::string text = yaml;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return absl::StrCat("```yaml\n", text, "\n```\n\n");
}

// "cache: true", or the value below its key.
std::string FieldExample(const Field& field, const std::string& example) {
  const bool lines = example.find('\n') != std::string::npos;
  if (!lines) return absl::StrCat(field.name, ": ", example);
  std::string out = absl::StrCat(field.name, ":");
  for (const auto line : absl::StrSplit(example, '\n')) {
    if (line.empty()) continue;
    absl::StrAppend(&out, "\n  ", line);
  }
  return out;
}

std::string Bounds(bool has_low, int64_t low, bool has_high, int64_t high) {
  if (has_low && has_high) return absl::StrCat(low, " to ", high);
  if (has_low) return absl::StrCat("at least ", low);
  return absl::StrCat("at most ", high);
}

std::string LinkedType(const Field& field) {
  std::string type = TypeText(field);
  if (field.kind != Kind::kMessage) return type;
  return absl::StrCat("[", type, "](", PageName(*field.message), ")");
}

void AppendFacts(const Field& field, std::string* out) {
  const FieldRule& rule = field.rule;
  const auto fact = [&](const char* name, const std::string& text) {
    absl::StrAppend(out, "- ", name, ": ", text, "\n");
  };
  fact("Type", LinkedType(field));
  if (rule.required()) {
    absl::StrAppend(out, "- Required\n");
  } else {
    const std::string text = DefaultText(field);
    fact("Default", text.empty() ? "none" : text);
  }
  if (rule.has_recommended()) fact("Recommended", Code(rule.recommended()));
  if (rule.has_format()) {
    fact("Format", PatternOf(rule.format()).words);
  }
  if (rule.has_key_format()) {
    fact("Format of the keys", PatternOf(rule.key_format()).words);
  }
  if (rule.has_pattern()) {
    fact("Format",
         absl::StrCat(rule.pattern_help(), " (", Code(rule.pattern()), ")"));
  }
  if ((rule.has_minimum() || rule.has_maximum()) &&
      rule.format() != schema::FILE_MODE) {
    fact("Range", Bounds(rule.has_minimum(), rule.minimum(), rule.has_maximum(),
                         rule.maximum()));
  }
  if (rule.has_min_size() || rule.has_max_size()) {
    fact(field.shape == Shape::kOne ? "Length" : "Number of items",
         Bounds(rule.has_min_size(), rule.min_size(), rule.has_max_size(),
                rule.max_size()));
  }
  if (rule.has_unique_by()) {
    fact("Items", absl::StrCat("unique by ", Code(rule.unique_by())));
  } else if (rule.unique()) {
    fact("Items", "unique");
  }
  if (rule.engines_size() > 0) {
    fact("Engines", absl::StrJoin(rule.engines(), ", "));
  }
  if (rule.has_since()) fact("Since", rule.since());
  if (rule.has_deprecated()) fact("Deprecated", rule.deprecated());
  for (const schema::NoEffect& note : rule.no_effect()) {
    fact("No effect", note.why());
  }
  absl::StrAppend(out, "\n");
}

void AppendValues(const Enum& entry, std::string* out) {
  absl::StrAppend(out, "| Value | Meaning |\n|---|---|\n");
  for (const EnumValue& value : entry.values) {
    std::string meaning = Cell(value.docs);
    if (!value.since.empty()) {
      absl::StrAppend(&meaning, " Since ", value.since, ".");
    }
    if (!value.deprecated.empty()) {
      absl::StrAppend(&meaning, " Deprecated: ", value.deprecated, ".");
    }
    absl::StrAppend(out, "| ", Code(value.text), " | ", meaning, " |\n");
  }
  absl::StrAppend(out, "\n");
}

std::string RuleSentence(const Message& message, const CrossRule& rule) {
  const auto names = [&](const std::vector<int>& fields) {
    return absl::StrJoin(fields, ", ", [&](std::string* out, int field) {
      absl::StrAppend(out, Code(message.fields[field].name));
    });
  };
  switch (rule.type) {
    case CrossRule::kExactlyOne:
      return absl::StrCat("Exactly one of ", names(rule.fields),
                          " must be given.");
    case CrossRule::kAtMostOne:
      return absl::StrCat("At most one of ", names(rule.fields),
                          " can be given.");
    case CrossRule::kRequires:
      return absl::StrCat(names(rule.fields), " requires ",
                          names(rule.required), ".");
  }
  return "";
}

std::string DefaultCell(const Field& field) {
  return Cell(field.rule.required() ? "required" : DefaultText(field));
}

void AppendOptions(const Message& message, std::string* out) {
  absl::StrAppend(out,
                  "## Options\n\n| Option | Type | Default | |\n"
                  "|---|---|---|---|\n");
  for (const Field& field : message.fields) {
    absl::StrAppend(out, "| [", Code(field.name), "](#", Anchor(field.name),
                    ") | ", Cell(LinkedType(field)), " | ", DefaultCell(field),
                    " | ", Cell(FirstSentence(field.docs)), " |\n");
  }
  absl::StrAppend(out, "\n");
  for (const CrossRule& rule : message.rules) {
    absl::StrAppend(out, RuleSentence(message, rule), "\n\n");
  }
  for (const Field& field : message.fields) {
    absl::StrAppend(out, "### ", Code(field.name), "\n\n", field.docs, "\n\n");
    AppendFacts(field, out);
    if (field.kind == Kind::kEnum) AppendValues(*field.enumeration, out);
    for (const std::string& example : field.rule.example()) {
      absl::StrAppend(out, YamlBlock(FieldExample(field, example)));
    }
  }
}

std::string MessagePage(const Schema& schema, const Message& message) {
  std::string out = Banner(schema);
  // Titles that are paths have characters that Markdown would read.
  const bool path = message.title.find_first_of("*._") != std::string::npos;
  absl::StrAppend(&out, "# ", path ? Code(message.title) : message.title,
                  "\n\n", message.docs, "\n\n");
  for (const std::string& example : message.examples) {
    absl::StrAppend(&out, YamlBlock(example));
  }
  if (!message.fields.empty()) AppendOptions(message, &out);
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

// Objects below `message`, indented; each page is listed where it first
// appears.
void AppendTree(const Message& message, int depth,
                std::set<const Message*>* seen, std::string* out) {
  for (const Field& field : message.fields) {
    if (field.kind != Kind::kMessage) continue;
    const char* suffix = field.shape == Shape::kList  ? "[*]"
                         : field.shape == Shape::kMap ? ".*"
                                                      : "";
    absl::StrAppend(out, std::string(static_cast<size_t>(2 * depth), ' '),
                    "- [", Code(absl::StrCat(field.name, suffix)), "](",
                    PageName(*field.message),
                    "): ", FirstSentence(field.message->docs), "\n");
    if (seen->insert(field.message).second) {
      AppendTree(*field.message, depth + 1, seen, out);
    }
  }
}

std::vector<Output> ConfigDocs(const Schema& schema) {
  std::string index = Banner(schema);
  absl::StrAppend(&index, "# ",
                  schema.title.empty() ? schema.file : schema.title, "\n\n",
                  schema.docs, "\n\n");
  if (schema.root != nullptr) {
    absl::StrAppend(&index, "- [the file](", PageName(*schema.root),
                    "): ", FirstSentence(schema.root->docs), "\n");
    std::set<const Message*> seen = {schema.root};
    AppendTree(*schema.root, 1, &seen, &index);
  }
  std::vector<Output> pages = {{"README.md", index}};
  for (const auto& message : schema.all_messages) {
    pages.push_back({PageName(*message), MessagePage(schema, *message)});
  }
  return pages;
}

std::string SeverityWord(schema::Severity severity) {
  return severity == schema::ERROR     ? "error"
         : severity == schema::WARNING ? "warning"
                                       : "note";
}

std::vector<Output> DiagnosticDocs(const Schema& schema) {
  std::string index = Banner(schema);
  absl::StrAppend(&index, "# ", schema.title, "\n\n", schema.docs,
                  "\n\n| Message | Severity | Text |\n|---|---|---|\n");
  std::vector<Output> pages;
  for (const Diagnostic& diagnostic : schema.diagnostics) {
    const std::string severity = SeverityWord(diagnostic.severity);
    const std::string page = absl::StrCat(diagnostic.id, ".md");
    absl::StrAppend(&index, "| [", diagnostic.id, "](", page, ") | ", severity,
                    " | ", Cell(diagnostic.text), " |\n");
    std::string text = Banner(schema);
    absl::StrAppend(&text, "# ", diagnostic.id, "\n\n", severity, ": ",
                    diagnostic.text, "\n\n", diagnostic.docs,
                    "\n\nHelp: ", diagnostic.help, "\n");
    if (!diagnostic.since.empty()) {
      absl::StrAppend(&text, "\nSince ", diagnostic.since, ".\n");
    }
    if (!diagnostic.example.empty()) {
      std::string block = YamlBlock(diagnostic.example);
      block.pop_back();
      absl::StrAppend(&text, "\n", "For example:\n\n", block);
    }
    pages.push_back({page, text});
  }
  pages.insert(pages.begin(), {"README.md", index});
  return pages;
}

}  // namespace

std::vector<Output> GenerateDocs(const Schema& schema) {
  if (schema.kind == schema::DIAGNOSTICS) return DiagnosticDocs(schema);
  if (schema.kind == schema::OUTPUT) {
    return {{PageName(*schema.root), GenerateOutputPage(schema)}};
  }
  return ConfigDocs(schema);
}

}  // namespace ovenbird::codegen
