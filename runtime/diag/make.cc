#include "runtime/diag/make.h"

#include "absl/strings/str_cat.h"

namespace ovenbird::diag {

std::string Expand(absl::string_view text, absl::Span<const Argument> args) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool twice = i + 1 < text.size() && text[i + 1] == c;
    if ((c == '{' || c == '}') && twice) {
      out += c;
      ++i;
      continue;
    }
    const size_t end = c == '{' ? text.find('}', i) : absl::string_view::npos;
    if (end == absl::string_view::npos) {
      out += c;
      continue;
    }
    const absl::string_view name = text.substr(i + 1, end - i - 1);
    absl::string_view value = text.substr(i, end - i + 1);
    for (const Argument& arg : args) {
      if (arg.first == name) value = arg.second;
    }
    absl::StrAppend(&out, value);
    i = end;
  }
  return out;
}

Diagnostic Make(const Rule& rule, Span span, absl::string_view label,
                std::initializer_list<Argument> args) {
  Diagnostic out;
  out.rule = &rule;
  out.severity = rule.severity;
  out.span = span;
  out.message = Expand(rule.text, args);
  out.label = Expand(label, args);
  out.help = Expand(rule.help, args);
  for (const Argument& arg : args) {
    out.args.emplace_back(arg.first, std::string(arg.second));
  }
  return out;
}

}  // namespace ovenbird::diag
