// A Dockerfile, read: instructions and stages, with the place of each part.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_DOCKERFILE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_DOCKERFILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/dockerfile/lines.h"

namespace ovenbird::dockerfile {

// Texts are as written (quotes, escapes and variables not resolved), except
// that continued lines are joined.
struct Word {
  std::string text;
  Span span;
};

// `--from=base`, `--link`. Quotes are resolved, variables not.
struct Flag {
  std::string name;
  std::optional<std::string> value;
  Span span;
};

// NAME or NAME=VALUE of ARG, ENV and LABEL.
struct Pair {
  std::string name;
  std::optional<std::string> value;
  Span span;
};

struct Heredoc {
  std::string name;
  std::string content;  // leading tabs are gone where `<<-` asks for it
  bool expand = true;   // false: `<<"EOF"`, variables stay as they are
  Span span;            // the content in the file
};

struct Instruction {
  std::string keyword;  // in capitals
  Span keyword_span;
  Span span;  // with its here-documents
  std::vector<Flag> flags;
  // All behind the flags.
  std::string text;
  Span text_span;
  // The line it stands in, and where in that the text starts.
  std::shared_ptr<const LogicalLine> line;
  size_t text_begin = 0;
  // The text is a JSON list of strings, which are the words.
  bool exec_form = false;
  // Separated by blanks: FROM, COPY, ADD, VOLUME, EXPOSE and exec forms.
  std::vector<Word> words;
  std::vector<Pair> pairs;
  std::vector<Heredoc> heredocs;
  // ONBUILD: the instruction behind it.
  std::vector<Instruction> trigger;

  // Last flag of that name; null.
  const Flag* FindFlag(absl::string_view name) const;
  // Where the bytes [begin, end) of `text` stand in the file.
  Span SpanOfText(size_t begin, size_t end) const {
    return line->SpanOf(text_begin + begin, text_begin + end);
  }
};

struct Stage {
  int index = 0;
  std::string name;  // in lower case; "" when it has none
  Span name_span;
  Word base;
  Instruction from;
  // Without FROM.
  std::vector<Instruction> instructions;
  // Offset in the file behind its last line: where the next FROM starts.
  uint32_t end = 0;

  // "stage `build`" or "stage 1".
  std::string Shown() const;
};

struct Dockerfile {
  const SourceFile* file = nullptr;
  // From the directives at the top.
  char escape = '\\';
  Word syntax;
  // ARG before the first FROM.
  std::vector<Instruction> global_args;
  std::vector<Stage> stages;
  // Its last line is to be continued.
  bool open = false;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_DOCKERFILE_H_
