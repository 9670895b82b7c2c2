// A problem in a file or flag of the user: what is wrong, where, and what to do
// next. Failures of the environment (cluster, registry, disk) are absl::Status
// instead.
//
// Functions that codegen/ generates from schema/diagnostics.proto make
// diagnostics, for example `diag::UnknownField(span, field, parent)`; the
// caller then adds labels, notes and fixes.
#ifndef OVENBIRD_RUNTIME_DIAG_DIAGNOSTIC_H_
#define OVENBIRD_RUNTIME_DIAG_DIAGNOSTIC_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"

namespace ovenbird::diag {

// An error makes the command fail; a warning only with --strict.
enum class Severity { kError, kWarning, kNote };

// One row of the generated catalogue; lives forever.
struct Rule {
  const char* id;                   // "unknown-field"
  Severity severity;                // as declared; --strict may raise it
  const char* text;                 // "unknown field `{field}` in {parent}"
  const char* help;                 // may be ""
  const char* docs;                 // Markdown: the comment in the schema
  const char* example = "";         // a YAML document that provokes it, or ""
  const char* buildkit_check = "";  // BuildKit's name of the same check, or ""
  // Servers, flags or the machine decide, so that a run without it says nothing
  // about the next one.
  bool depends_on_run = false;
};

// A secondary span that the message is about, with a text.
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

// Replaces the text at `span`.
struct Edit {
  Span span;
  std::string text;
};

// A change that fixes the problem. `safe`: a tool may apply it without asking.
struct Fix {
  std::string title;
  std::vector<Edit> edits;
  bool safe = false;
};

// One problem, ready to be shown.
struct Diagnostic {
  const Rule* rule = nullptr;
  Severity severity = Severity::kError;
  std::string message;
  std::vector<std::pair<absl::string_view, std::string>> args;
  // The path in the config: "images.backend.build.kaniko"; may be empty.
  std::string config_path;
  Span span;
  std::string label;  // text next to the caret
  std::string help;
  std::vector<Label> labels;
  std::vector<Note> notes;
  std::vector<Fix> fixes;

  // Appends a label, a note or a fix, and returns this diagnostic.
  Diagnostic& WithLabel(Span at, std::string text) &;
  Diagnostic& WithNote(std::string text, Span at = {}) &;
  Diagnostic& WithFix(Fix fix) &;
  Diagnostic&& WithLabel(Span at, std::string text) &&;
  Diagnostic&& WithNote(std::string text, Span at = {}) &&;
  Diagnostic&& WithFix(Fix fix) &&;
};

// Receives diagnostics one by one. Not thread-safe.
class Sink {
 public:
  virtual ~Sink() = default;
  // Receives a diagnostic; every span in it must stay valid until it has been
  // shown.
  virtual void Handle(Diagnostic diagnostic) = 0;
};

// Keeps all diagnostics, and counts errors and warnings.
class Collector : public Sink {
 public:
  void Handle(Diagnostic diagnostic) override;
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  // Returns the diagnostics by file, position, then order of arrival, without
  // repetitions (same span, rule and message). Diagnostics without a file come
  // first.
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
