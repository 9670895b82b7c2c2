#include "runtime/config/variable_text.h"

#include <cstdint>
#include <functional>
#include <string>

namespace ovenbird::config {
namespace {

// Where the text of `node` lies in its file; npos when it was copied.
size_t OffsetInFile(const yaml::Node& node) {
  const std::string& file = node.span().file->text();
  const char* data = node.scalar().data();
  const std::less<const char*> before;
  if (before(data, file.data()) || before(file.data() + file.size(), data)) {
    return absl::string_view::npos;
  }
  return static_cast<size_t>(data - file.data());
}

}  // namespace

VariableTokens FindVariables(absl::string_view text) {
  VariableTokens found;
  size_t at = 0;
  while ((at = text.find("${", at)) != absl::string_view::npos) {
    const size_t name = at + 2;
    const size_t close = text.find('}', name);
    if (close == absl::string_view::npos) {
      found.unclosed = at;
      break;
    }
    if (close > name) {
      size_t begin = at;
      const size_t previous =
          found.tokens.empty() ? 0 : found.tokens.back().end;
      while (begin > previous && text[begin - 1] == '$') --begin;
      found.tokens.push_back(
          {begin, close + 1, text.substr(name, close - name), begin < at});
    }
    at = close + 1;
  }
  return found;
}

Span SpanInScalar(const yaml::Node& node, size_t begin, size_t end) {
  const Span span = node.span();
  if (!span.file || node.anchor()) return span;
  const size_t offset = OffsetInFile(node);
  if (offset != absl::string_view::npos) {
    return {span.file, static_cast<uint32_t>(offset + begin),
            static_cast<uint32_t>(offset + end)};
  }
  // The same characters in the source, if they stand there only once.
  const absl::string_view source =
      absl::string_view(span.file->text())
          .substr(span.begin, span.end - span.begin);
  const absl::string_view part = node.scalar().substr(begin, end - begin);
  const size_t found = source.find(part);
  if (found == absl::string_view::npos || part.empty() ||
      source.find(part, found + 1) != absl::string_view::npos) {
    return span;
  }
  return {span.file, static_cast<uint32_t>(span.begin + found),
          static_cast<uint32_t>(span.begin + found + part.size())};
}

}  // namespace ovenbird::config
