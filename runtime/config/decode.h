// Located YAML -> generated structs. The generated `Decode(node, context,
// &out)` is a line that calls this library with the message's table.
//
// All problems are reported at once, each at its own token: unknown keys (with
// what was probably meant, at this level, above or below), wrong types, enum
// values, formats, bounds, missing fields, rules between fields, duplicates.
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

// Where decoding is, and where its problems go. Not thread-safe.
class Context {
 public:
  // `sink` must outlive it.
  explicit Context(diag::Sink* sink) : sink_(sink) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // "images.backend.build.tags[0]"; empty at the top.
  std::string Path() const;
  // "`images.backend.build`" or "the top level".
  std::string Place() const;
  // The innermost option's name with what follows it: "tags[0]".
  std::string FieldText() const;

  // Adds the path, and notes on where the value came from (variable, profile).
  void Report(diag::Diagnostic diagnostic, const yaml::Node* value);

  // While it lives, decoding is below this key or item. To decode an image on
  // its own: Scope images(&context, "images"), image(&context, "backend", key).
  class Scope {
   public:
    // A field or an entry of a map; `key_span` is the key's own place.
    Scope(Context* context, absl::string_view key, Span key_span = {});
    // An item of a list.
    Scope(Context* context, size_t index);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Context* context_;
  };

  // The rest is for the library itself.

  // A message that is being decoded.
  struct Level {
    const MessageInfo* message;
    size_t depth;  // steps of the path above it
  };
  class MessageScope {
   public:
    MessageScope(Context* context, const MessageInfo& message);
    ~MessageScope();
    MessageScope(const MessageScope&) = delete;
    MessageScope& operator=(const MessageScope&) = delete;

   private:
    Context* context_;
  };
  // The outermost first.
  const std::vector<Level>& levels() const { return levels_; }
  // Path of the first `depth` steps.
  std::string PathTo(size_t depth) const;
  // The innermost step's own key in the file; empty for an item of a list.
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

// The place of a field's value; where it has none, of its key; without the key,
// of `source` itself. Empty when `source` is null.
Span SpanOf(const yaml::Node* source, absl::string_view field);
// The place of a field's key; without the key, of `source`.
Span KeySpanOf(const yaml::Node* source, absl::string_view field);
// True when the field is there and not null.
bool IsGiven(const yaml::Node* source, absl::string_view field);

// `out` is a message of `info`'s type, with its defaults.
void DecodeMessage(const MessageInfo& info, const yaml::Node& node,
                   Context& context, void* out);

// Warns at each option that is given, differs from its default and is not among
// those that `engine` honours.
void CheckEngine(const MessageInfo& info, const void* message,
                 absl::string_view engine, Context& context);

}  // namespace ovenbird::config::decode

#endif  // OVENBIRD_RUNTIME_CONFIG_DECODE_H_
