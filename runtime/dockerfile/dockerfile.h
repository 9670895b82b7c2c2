// A parsed Dockerfile: instructions and stages, with the span of each part.
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

// One word of an instruction. Texts are as written (quotes, escapes and
// variables not resolved), except that continued lines are joined.
struct Word {
  std::string text;
  Span span;
};

// A flag: `--from=base`, `--link`. Quotes are resolved, variables are not.
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

// A here-document of an instruction.
struct Heredoc {
  std::string name;
  std::string content;  // without leading tabs for `<<-`
  bool expand = true;   // false: `<<"EOF"`, variables stay as they are
  Span span;            // the content and the line that ends it
};

// One instruction, FROM included.
struct Instruction {
  std::string keyword;  // in capitals
  Span keyword_span;
  Span span;  // with its here-documents
  std::vector<Flag> flags;
  // Everything after the flags.
  std::string text;
  Span text_span;
  // The instruction's line, and the offset of `text` in it.
  std::shared_ptr<const LogicalLine> line;
  size_t text_begin = 0;
  // The text is a JSON list of strings, which are the words.
  bool exec_form = false;
  // Separated by white space: of FROM, COPY, ADD, VOLUME, EXPOSE; and the
  // strings of an exec form.
  std::vector<Word> words;
  std::vector<Pair> pairs;
  std::vector<Heredoc> heredocs;
  // ONBUILD: the instruction after it; empty if that is unknown.
  std::vector<Instruction> trigger;

  // Returns the last flag of that name; null if the instruction has none.
  const Flag* FindFlag(absl::string_view name) const;
  // Returns the bytes of the file that bytes [begin, end) of `text` were read
  // from.
  Span SpanOfText(size_t begin, size_t end) const {
    return line->SpanOf(text_begin + begin, text_begin + end);
  }
};

// A stage: FROM and the instructions after it.
struct Stage {
  int index = 0;
  std::string name;  // in lower case; may be empty
  Span name_span;
  Word base;
  Instruction from;
  // Without FROM.
  std::vector<Instruction> instructions;
  // Offset in the file after its last line: the start of the next FROM's line.
  uint32_t end = 0;

  // Returns the stage's name for messages: "stage `build`" or "stage 1" (from
  // 0).
  std::string Shown() const;
};

// A whole Dockerfile.
struct Dockerfile {
  const SourceFile* file = nullptr;
  // From the directives at the top.
  char escape = '\\';
  Word syntax;
  // The ARG instructions before the first FROM.
  std::vector<Instruction> global_args;
  std::vector<Stage> stages;
  // Its last line ends with the escape character.
  bool open = false;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_DOCKERFILE_H_
