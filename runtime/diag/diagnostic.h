// A problem in something the user wrote: what, where, and what to do next.
// Failures of the environment (cluster, registry, disk) are absl::Status
// instead.
//
// Diagnostics are made by the functions that codegen/ makes from
// schema/diagnostics.proto, for example `diag::UnknownField(span, field,
// parent)`; the caller then adds labels, notes and fixes.
#ifndef OVENBIRD_RUNTIME_DIAG_DIAGNOSTIC_H_
#define OVENBIRD_RUNTIME_DIAG_DIAGNOSTIC_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"

namespace ovenbird::diag {

enum class Severity { kError, kWarning, kNote };

// One row of the generated catalogue; lives for ever.
struct Rule {
  const char* id;            // "unknown-field"
  Severity severity;         // as declared; --strict may raise it
  const char* text;          // "unknown field `{field}` in {parent}"
  const char* help;          // "" when there is none
  const char* docs;          // Markdown: the comment in the schema
  const char* example = "";  // a YAML document that provokes it, or ""
};

// A place that the message speaks of besides the primary one.
struct Label {
  Span span;
  std::string text;  // may be empty
};

// Further text below the message; with a span it is shown with its own location
// line.
struct Note {
  std::string text;
  Span span;
};

struct Edit {
  Span span;
  std::string text;
};

// A change that mends the problem. `safe`: a tool may apply it unasked.
struct Fix {
  std::string title;
  std::vector<Edit> edits;
  bool safe = false;
};

struct Diagnostic {
  const Rule* rule = nullptr;
  Severity severity = Severity::kError;
  std::string message;
  std::vector<std::pair<absl::string_view, std::string>> args;
  // Where in the config: "images.backend.build.kaniko"; may be empty.
  std::string config_path;
  Span span;
  std::string label;  // text beside the caret
  std::string help;
  std::vector<Label> labels;
  std::vector<Note> notes;
  std::vector<Fix> fixes;

  Diagnostic& WithLabel(Span at, std::string text) &;
  Diagnostic& WithNote(std::string text, Span at = {}) &;
  Diagnostic& WithFix(Fix fix) &;
  Diagnostic&& WithLabel(Span at, std::string text) &&;
  Diagnostic&& WithNote(std::string text, Span at = {}) &&;
  Diagnostic&& WithFix(Fix fix) &&;
};

// Takes diagnostics one by one. Not thread-safe.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Handle(Diagnostic diagnostic) = 0;
};

// Keeps what it is given. `Sorted()`: by file, place, then order of arrival,
// with repetitions (same place, rule and message) dropped. What has no place
// comes first.
class Collector : public Sink {
 public:
  void Handle(Diagnostic diagnostic) override;
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  std::vector<Diagnostic> Sorted() const;
  bool has_errors() const { return errors_ > 0; }
  int errors() const { return errors_; }
  int warnings() const { return warnings_; }

 private:
  std::vector<Diagnostic> diagnostics_;
  int errors_ = 0;
  int warnings_ = 0;
};

}  // namespace ovenbird::diag

#endif  // OVENBIRD_RUNTIME_DIAG_DIAGNOSTIC_H_
