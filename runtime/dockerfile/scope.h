// Variables of a stage while its instructions are gone through.
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

// True for arguments that need no ARG: proxies, and what names the platform.
bool IsPredefinedArg(absl::string_view name);

// Stands in a text for a value that only the executor knows.
inline constexpr char kExecutorsOwn = '\x01';

// A text with its variables put in.
struct Expanded {
  std::string text;
  // Cut at blanks outside of quotes.
  std::vector<std::string> words;
  // A variable in it that has no value in this file: it may come from the base
  // image's ENV.
  std::string unknown;
  // Where a value begins that only the executor knows (TARGETARCH ...): the
  // text is right up to there.
  std::optional<size_t> known_size;
  // The text can't be expanded: why.
  std::string error;
  // The error is one of syntax, not of a value.
  bool bad_syntax = false;

  // All of its variables have values, and it could be expanded.
  bool IsKnown() const {
    return unknown.empty() && !known_size.has_value() && error.empty();
  }
};

// The variables that an instruction sees: those of the stages and global
// arguments below it are shared, not copied.
class Scope {
 public:
  using Values = std::map<std::string, std::string>;
  // What is wrong with the value of a pair of ENV or ARG.
  using OnProblem =
      std::function<void(const Pair& pair, const Expanded& value)>;

  // `build_args` must outlive the scope.
  Scope(const Values* build_args, char escape);

  // ARG before the first FROM.
  void AddGlobal(const Instruction& arg, const OnProblem& on_problem);
  // A new stage that starts from an image.
  Scope NewStage() const;
  // A new stage that starts from `scratch`: there are no other variables.
  Scope NewEmptyStage() const;
  // A new stage that starts from an image whose ENV is known: there are no
  // other variables.
  Scope NewStageWith(const Values& env) const;
  // A new stage that starts from the stage with scope `base`, which must not
  // change any more.
  Scope NewStageFrom(const Scope& base) const;

  // ARG and ENV; others change nothing.
  void Apply(const Instruction& instruction, const OnProblem& on_problem);
  Expanded Expand(absl::string_view text) const;
  // A here-document: quotes are plain characters.
  Expanded ExpandHeredoc(absl::string_view text) const;
  // For FROM: only what stands before the first one counts.
  Expanded ExpandGlobal(absl::string_view text) const;

  // Variables by name: the value; nullopt: known to be unset.
  using Known = std::map<std::string, std::optional<std::string>>;
  // Returns the variables that this file sets, those of the stages below
  // included, without those whose value only the executor knows.
  Known All() const;
  // Returns the same of ARG before the first FROM.
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

  struct Shared {
    const Values* build_args;
    char escape;
    Layer globals;
    // Bytes of all expansions so far.
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
