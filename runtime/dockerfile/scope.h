// Variables of a stage while its instructions are gone through.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::dockerfile {

// True for arguments that need no ARG: proxies, and what names the platform.
bool IsPredefinedArg(absl::string_view name);

// A text with its variables put in.
struct Expanded {
  std::string text;
  // A variable in it that has no value in this file: it may come from the base
  // image's ENV.
  std::string unknown;
  // Where a value begins that only the executor knows (TARGETARCH ...): the
  // text is right up to there.
  std::optional<size_t> known_size;
  // The text can't be expanded: why.
  std::string error;
};

class Scope {
 public:
  using Values = std::map<std::string, std::string>;

  // `build_args` must outlive the scope.
  Scope(const Values* build_args, char escape)
      : build_args_(build_args), escape_(escape) {}

  // ARG before the first FROM.
  void AddGlobal(const Instruction& arg);
  // A new stage that starts from an image, or from the stage with scope `base`.
  Scope NewStage(const Scope* base) const;

  // ARG and ENV; others change nothing.
  void Apply(const Instruction& instruction);
  Expanded Expand(absl::string_view text) const;
  // For FROM: only what stands before the first one counts.
  Expanded ExpandGlobal(absl::string_view text) const;

 private:
  // nullopt: declared, without value.
  using Args = std::map<std::string, std::optional<std::string>>;

  void AddArg(const Pair& pair, Args& args, bool in_stage);
  Expanded Expand(absl::string_view text, const Values& env,
                  const Args& args) const;

  const Values* build_args_;
  char escape_;
  Args global_;
  Args args_;
  Values env_;
};

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SCOPE_H_
