// Reads the documentation of a declaration: its comment in the .proto file.
#ifndef OVENBIRD_CODEGEN_DOCS_TEXT_H_
#define OVENBIRD_CODEGEN_DOCS_TEXT_H_

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"

namespace ovenbird::codegen {

// Returns the lines of a raw proto comment without the space after `//`,
// without trailing spaces and without empty lines at the start and the end.
inline std::string CommentText(const std::string& raw) {
  std::vector<std::string> lines = absl::StrSplit(raw, '\n');
  for (std::string& line : lines) {
    absl::StripTrailingAsciiWhitespace(&line);
    if (!line.empty() && line[0] == ' ') line.erase(0, 1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  return absl::StrJoin(lines, "\n");
}

// Returns the comment before the declaration, else the one after it on its
// line; empty if it has neither.
template <typename Descriptor>
std::string DocsOf(const Descriptor* descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor->GetSourceLocation(&location)) return "";
  const std::string before = CommentText(location.leading_comments);
  return before.empty() ? CommentText(location.trailing_comments) : before;
}

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_DOCS_TEXT_H_
