// The variables of a stage while its instructions are followed in order.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/shell_words.h"

namespace ovenbird::dockerfile {

// Returns whether the argument needs no ARG: proxies, and platform names
// (TARGETARCH ...).
bool IsPredefinedArg(absl::string_view name);

// The placeholder in a text for a value that only the executor knows.
inline constexpr char kExecutorsOwn = '\x01';

// A text with its variables expanded.
struct Expanded {
  std::string text;
  // The text cut at white space outside of quotes.
  std::vector<std::string> words;
  // The first variable that has no value in this file: it may come from the
  // base image's ENV.
  std::string unknown;
  // The offset of a value that only the executor knows (TARGETARCH ...): the
  // text is correct up to there.
  std::optional<size_t> known_size;
  // The reason why the text cannot be expanded; empty if it can.
  std::string error;
  // The error is one of syntax, not of a value.
  bool bad_syntax = false;

  // Returns whether all of its variables have values, and it could be expanded.
  bool IsKnown() const {
    return unknown.empty() && !known_size.has_value() && error.empty();
  }
};

// The variables that an instruction sees. The variables of global arguments and
// of stages below are shared, not copied.
class Scope {
 public:
  using Values = std::map<std::string, std::string>;
  // Gets each pair of ENV or ARG whose value cannot be expanded.
  using OnProblem =
      std::function<void(const Pair& pair, const Expanded& value)>;

  // `build_args` must outlive the scope.
  Scope(const Values* build_args, char escape);

  // Adds the variables of an ARG before the first FROM.
  void AddGlobal(const Instruction& arg, const OnProblem& on_problem);
  // Returns the scope of a new stage that starts from an image with an unknown
  // ENV.
  Scope NewStage() const;
  // Returns the scope of a new stage that starts from `scratch`: no variables
  // but PATH.
  Scope NewEmptyStage() const;
  // Returns the scope of a new stage that starts from an image with this ENV
  // and no other variables.
  Scope NewStageWith(const Values& env) const;
  // Returns the scope of a new stage that starts from the stage with scope
  // `base`, which must not change any more.
  Scope NewStageFrom(const Scope& base) const;

  // Adds the variables of ARG or ENV; ignores other instructions.
  void Apply(const Instruction& instruction, const OnProblem& on_problem);
  // Returns the text with the variables of the stage.
  Expanded Expand(absl::string_view text) const;
  // Returns the content of a here-document with its variables: quotes are
  // ordinary characters.
  Expanded ExpandHeredoc(absl::string_view text) const;
  // Returns the text of a FROM: only ARGs before the first FROM count.
  Expanded ExpandGlobal(absl::string_view text) const;

  // Values by the name of the variable; nullopt: known to be unset.
  using Known = std::map<std::string, std::optional<std::string>>;
  // Returns the variables that this file sets, those of the stages below
  // included, without those whose value only the executor knows.
  Known All() const;
  // Returns the variable as in All(), without the cost of the others; the outer
  // nullopt: it is not in All().
  std::optional<std::optional<std::string>> Find(absl::string_view name) const;
  // Returns the variables of ARGs before the first FROM, without those whose
  // value only the executor knows.
  Known Globals() const;

 private:
  struct Value {
    enum State { kSet, kUnset, kUnknown };
    State state = kSet;
    std::string text;
  };
  // The variables of a stage, and of the stage that it starts from.
  struct Layer {
    std::map<std::string, Value, std::less<>> values;
    std::shared_ptr<const Layer> below;
    // Whether a variable that is in no layer is known to be unset.
    bool closed = false;

    const Value* Find(absl::string_view name) const;
    bool IsClosed() const;
  };
  static Known KnownOf(const Layer& layer);
  // Whether KnownOf has the variable.
  static bool IsKnown(const Value& value);

  struct Shared {
    const Values* build_args;
    char escape;
    Layer globals;
    // The total size of all expansions so far, in bytes.
    size_t expanded = 0;
  };

  explicit Scope(std::shared_ptr<Shared> shared);
  void AddArg(const Pair& pair, Layer& layer, const OnProblem& on_problem);
  Expanded Expand(absl::string_view text, const Layer& layer,
                  ShellOptions options) const;

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Layer> layer_;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_
