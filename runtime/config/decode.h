// Located YAML -> generated structs. The generated
// `Decode(node, context, &out)` is a line that calls this library with the
// message's table.
//
// Decoding does not stop at a problem; each is reported at its own token:
// unknown keys (with the field that was probably meant, at this level, above or
// below), wrong types, enum values, formats, bounds, missing fields, rules
// between fields, duplicates.
#ifndef OVENBIRD_RUNTIME_CONFIG_DECODE_H_
#define OVENBIRD_RUNTIME_CONFIG_DECODE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/field_info.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config::decode {

// The path where decoding is, and the sink for its problems. Not thread-safe.
class Context {
 public:
  // `sink` must outlive it.
  explicit Context(diag::Sink* sink) : sink_(sink) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Returns the path for messages: "images.backend.build.tags[0]"; empty at the
  // top.
  std::string Path() const;
  // Returns the path in words: "`images.backend.build`" or "the top level".
  std::string Place() const;
  // Returns the innermost field's name with the indices and keys after it:
  // "tags[0]".
  std::string FieldText() const;

  // Reports the diagnostic with the path, and with notes on the origin of
  // `value` (variable, profile). Reports nothing if `value` lacks a variable's
  // value, which is an error already.
  void Report(diag::Diagnostic diagnostic, const yaml::Node* value);

  // While it lives, decoding is below this key or item. To decode an image on
  // its own: Scope images(&context, "images"), image(&context, "backend", key).
  class Scope {
   public:
    // A field or an entry of a map; `key_span` is the span of the key.
    Scope(Context* context, absl::string_view key, Span key_span = {});
    // An item of a list.
    Scope(Context* context, size_t index);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Context* context_;
  };

  // The rest is for the library's own use.

  // A message that is being decoded.
  struct Level {
    const MessageInfo* message;
    size_t depth;  // steps of the path above it
  };
  // While it lives, decoding is inside the message.
  class MessageScope {
   public:
    MessageScope(Context* context, const MessageInfo& message);
    ~MessageScope();
    MessageScope(const MessageScope&) = delete;
    MessageScope& operator=(const MessageScope&) = delete;

   private:
    Context* context_;
  };
  // Returns the messages that are being decoded, the outermost first.
  const std::vector<Level>& levels() const { return levels_; }
  // Returns the path of the first `depth` steps.
  std::string PathTo(size_t depth) const;
  // Returns the span of the innermost step's key in the file; empty for an item
  // of a list.
  Span key_span() const;

 private:
  struct Step {
    absl::string_view key;
    size_t index;
    bool is_index;
    bool is_field;
    Span key_span;
  };

  diag::Sink* sink_;
  std::vector<Step> steps_;
  std::vector<Level> levels_;
};

// Returns the span of a field's value, else of its key, else (no such field) of
// `source` itself. Empty if `source` is null.
Span SpanOf(const yaml::Node* source, absl::string_view field);
// Returns the span of a field's key; without such a field that of `source`.
// Empty if `source` is null.
Span KeySpanOf(const yaml::Node* source, absl::string_view field);
// Returns whether the field is present and not null; false if `source` is null.
bool IsGiven(const yaml::Node* source, absl::string_view field);

// Decodes `node` into `out`, a message of `info`'s type with its defaults.
// Problems go to `context`; a field with a wrong value keeps its default. A
// null node counts as an empty mapping.
void DecodeMessage(const MessageInfo& info, const yaml::Node& node,
                   Context& context, void* out);

// Warns about each option that differs from its default and that `engine` does
// not honour. Follows the messages in `message`.
void CheckEngine(const MessageInfo& info, const void* message,
                 absl::string_view engine, Context& context);

}  // namespace ovenbird::config::decode

#endif  // OVENBIRD_RUNTIME_CONFIG_DECODE_H_
