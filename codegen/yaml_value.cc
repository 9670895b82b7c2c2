#include "codegen/yaml_value.h"

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"
#include "yaml-cpp/yaml.h"

namespace ovenbird::codegen {
namespace {

std::string PlainScalar(const std::string& text) {
  static const RE2& null = *new RE2("~|null|Null|NULL|");
  static const RE2& yes = *new RE2("(?i)y|yes|on|true");
  static const RE2& no = *new RE2("(?i)n|no|off|false");
  static const RE2& octal = *new RE2("0[0-7]+");
  static const RE2& number =
      *new RE2("[-+]?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?");
  if (RE2::FullMatch(text, null)) return "null";
  if (RE2::FullMatch(text, yes)) return "true";
  if (RE2::FullMatch(text, no)) return "false";
  if (RE2::FullMatch(text, octal)) {
    int value = 0;
    for (const char c : text) value = value * 8 + (c - '0');
    return absl::StrCat(value);
  }
  if (RE2::FullMatch(text, number)) {
    return text[0] == '+' ? text.substr(1) : text;
  }
  return JsonString(text);
}

std::string ToJson(const YAML::Node& node) {
  std::string out;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return "null";
    case YAML::NodeType::Scalar:
      return node.Tag() == "?" ? PlainScalar(node.Scalar())
                               : JsonString(node.Scalar());
    case YAML::NodeType::Sequence:
      for (const YAML::Node& item : node) {
        absl::StrAppend(&out, out.empty() ? "" : ",", ToJson(item));
      }
      return absl::StrCat("[", out, "]");
    case YAML::NodeType::Map:
      for (const auto& entry : node) {
        absl::StrAppend(&out, out.empty() ? "" : ",",
                        JsonString(entry.first.Scalar()), ":",
                        ToJson(entry.second));
      }
      return absl::StrCat("{", out, "}");
  }
  return out;
}

// A scalar as it is written in YAML.
std::string SnippetScalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() != "?") {
    return JsonString(
        absl::StrReplaceAll(JsonString(text), {{"\\", "\\\\"}, {"$", "\\$"}}));
  }
  // Editors put quotes around "true".
  if (text == "true" || text == "false") return text;
  // They remove one `^` at the start.
  const std::string raw = absl::StartsWith(text, "^") ? "^" + text : text;
  return JsonString(absl::StrReplaceAll(raw, {{"\\", "\\\\"}, {"$", "\\$"}}));
}

std::string ToSnippet(const YAML::Node& node) {
  std::string out;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return "\"\"";
    case YAML::NodeType::Scalar:
      return SnippetScalar(node);
    case YAML::NodeType::Sequence:
      // Editors write nothing for an empty container.
      if (node.size() == 0) return "\"[]\"";
      for (const YAML::Node& item : node) {
        absl::StrAppend(&out, out.empty() ? "" : ",", ToSnippet(item));
      }
      return absl::StrCat("[", out, "]");
    case YAML::NodeType::Map:
      if (node.size() == 0) return "\"{}\"";
      for (const auto& entry : node) {
        absl::StrAppend(&out, out.empty() ? "" : ",",
                        JsonString(entry.first.Scalar()), ":",
                        ToSnippet(entry.second));
      }
      return absl::StrCat("{", out, "}");
  }
  return out;
}

}  // namespace

std::string YamlToSnippet(const std::string& yaml) {
  return ToSnippet(YAML::Load(yaml));
}

std::string JsonString(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", std::string(1, c));
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof(code), "\\u%04x", c);
      out += code;
    } else {
      out += c;
    }
  }
  return absl::StrCat(out, "\"");
}

bool YamlToJson(const std::string& yaml, std::string* json, std::string* why) {
  try {
    *json = ToJson(YAML::Load(yaml));
    return true;
  } catch (const YAML::Exception& e) {
    *why = absl::StrCat(e.msg, " in line ", e.mark.line + 1, " of it");
    return false;
  }
}

}  // namespace ovenbird::codegen
