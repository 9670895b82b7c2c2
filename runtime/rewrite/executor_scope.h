// The variables of kaniko where they differ from BuildKit's. Source: the code
// for build arguments and ENV in v0.17.1 to v1.24.0 and chainguard v1.25.6.
#ifndef OVENBIRD_RUNTIME_REWRITE_EXECUTOR_SCOPE_H_
#define OVENBIRD_RUNTIME_REWRITE_EXECUTOR_SCOPE_H_

#include <map>
#include <optional>
#include <string>

#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::rewrite {

// The variables of an executor while it builds the stages that are sent, in
// order.
class ExecutorScope {
 public:
  using Values = std::map<std::string, std::string>;

  // `given`: the executor's `--build-arg` flags. `globals`: ARG before the
  // first FROM, as the executor resolves them. `given` must outlive the scope.
  ExecutorScope(const dockerfile::Executor& executor,
                const dockerfile::BuildArgs& given, Values globals);

  // Starts a stage; `base` is the index of the stage that it starts from, or
  // -1. `initial`: ENV of a stage without a base image; empty with one.
  void StartStage(int index, int base, const dockerfile::Scope::Known& initial);
  // Takes an instruction into account as it is sent. `right`: BuildKit's
  // variables after it, from which the values are taken that the instruction
  // sets.
  void Apply(const dockerfile::Instruction& instruction,
             const dockerfile::Scope& right);

  // Returns the value that the executor uses; nullopt: unset, or defined by the
  // base image.
  std::optional<std::string> Find(const std::string& name) const;
  // Returns the build arguments that RUN and expansions see.
  Values Args() const;
  // Returns the value in Args(), without the cost of the others; nullopt: it
  // has none.
  std::optional<std::string> FindArg(const std::string& name) const;

 private:
  void AddArg(const dockerfile::Pair& pair, const dockerfile::Scope& right);

  const bool keeps_args_;  // those of earlier stages
  const bool keeps_redeclared_;
  const dockerfile::BuildArgs& given_;
  const Values globals_;
  // Variables declared by ARG; nullopt: without a value.
  std::map<std::string, std::optional<std::string>> args_;
  Values env_;
  std::map<int, Values> env_of_stages_;
  int stage_ = 0;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_EXECUTOR_SCOPE_H_
