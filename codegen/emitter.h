// Writes text from templates that look like the text.
#ifndef OVENBIRD_CODEGEN_EMITTER_H_
#define OVENBIRD_CODEGEN_EMITTER_H_

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::codegen {

// A template is a raw string with named holes:
//
//   e.Emit({{"name", "Image"}, {"members", [&] { ... e.Emit(...); }}}, R"cc(
//     struct $name$ {
//       $members$;
//     };
//   )cc");
//
// - The indentation of the template's first line is removed from all lines; the
//   output of a callback is indented to its hole's column.
// - A value of several lines is indented to its hole's column.
// - A callback's hole has a line of its own; one ";" or "," after it is
//   dropped (it makes the template C++ for clang-format).
// - A line that has only holes, all of them empty, is dropped.
// - `//~` starts a comment on the template: that line is not emitted.
// - `$$` is a dollar sign.
//
// An unknown or unused name is a bug of the generator: the program prints the
// template line and aborts.
class Emitter {
 public:
  // A string, or a callback that emits the content.
  using Value = std::variant<std::string, std::function<void()>>;
  // The name of a hole, without the dollar signs, and what fills it.
  struct Hole {
    Hole(std::string name, std::string text)
        : name(std::move(name)), value(std::move(text)) {}
    Hole(std::string name, const char* text)
        : name(std::move(name)), value(std::string(text)) {}
    Hole(std::string name, std::function<void()> callback)
        : name(std::move(name)), value(std::move(callback)) {}
    std::string name;
    Value value;
  };

  // Appends the template with its holes filled; every hole must be used.
  void Emit(const std::vector<Hole>& holes, absl::string_view text);
  // Appends a template without holes.
  void Emit(absl::string_view text) { Emit({}, text); }
  // Appends an empty line, unless there is one already, or a block or the text
  // has just begun.
  void Gap();

  // Returns what was emitted so far.
  const std::string& text() const { return text_; }

 private:
  void EmitLine(const std::vector<Hole>& holes, absl::string_view line,
                std::vector<bool>* used);
  void AppendLine(absl::string_view line);

  std::string text_;
  std::string indent_;
};

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_EMITTER_H_
