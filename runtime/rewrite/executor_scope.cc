#include "runtime/rewrite/executor_scope.h"

#include <utility>

namespace ovenbird::rewrite {

using dockerfile::Instruction;
using dockerfile::Pair;
using dockerfile::Scope;

ExecutorScope::ExecutorScope(const dockerfile::Executor& executor,
                             const dockerfile::BuildArgs& given, Values globals)
    : keeps_args_(!executor.Can(dockerfile::Capability::kArgOfOtherStage)),
      keeps_redeclared_(executor.Can(dockerfile::Capability::kArgRedeclared)),
      given_(given),
      globals_(std::move(globals)) {}

void ExecutorScope::StartStage(int index, int base,
                               const Scope::Known& initial) {
  stage_ = index;
  if (!keeps_args_) args_.clear();
  env_.clear();
  if (const auto found = env_of_stages_.find(base);
      found != env_of_stages_.end()) {
    env_ = found->second;
  }
  for (const auto& [name, value] : initial) {
    if (value.has_value()) env_[name] = *value;
  }
  env_of_stages_[stage_] = env_;
}

void ExecutorScope::AddArg(const Pair& pair, const Scope& right) {
  if (pair.value.has_value()) {
    // The default, which `--build-arg` overrides when it is looked up.
    args_[pair.name] = right.Find(pair.name).value_or(std::nullopt);
    return;
  }
  const std::optional<std::string> before = FindArg(pair.name);
  if (keeps_redeclared_ && before.has_value()) {
    args_[pair.name] = before;
  } else if (const auto global = globals_.find(pair.name);
             global != globals_.end()) {
    args_[pair.name] = global->second;
  } else {
    args_[pair.name] = std::nullopt;
  }
}

void ExecutorScope::Apply(const Instruction& instruction, const Scope& right) {
  if (instruction.keyword == "ARG") {
    for (const Pair& pair : instruction.pairs) AddArg(pair, right);
  }
  if (instruction.keyword != "ENV") return;
  Values& at_end = env_of_stages_[stage_];
  for (const Pair& pair : instruction.pairs) {
    const std::optional<std::string> value =
        right.Find(pair.name).value_or(std::nullopt);
    if (value.has_value()) {
      env_[pair.name] = at_end[pair.name] = *value;
    } else {
      env_.erase(pair.name);
      at_end.erase(pair.name);
    }
  }
}

std::optional<std::string> ExecutorScope::FindArg(
    const std::string& name) const {
  const auto declared = args_.find(name);
  if (declared == args_.end()) return std::nullopt;
  const auto given = given_.find(name);
  return given == given_.end() ? declared->second : given->second;
}

ExecutorScope::Values ExecutorScope::Args() const {
  Values values;
  for (const auto& [name, declared] : args_) {
    if (const auto value = FindArg(name)) values[name] = *value;
  }
  return values;
}

std::optional<std::string> ExecutorScope::Find(const std::string& name) const {
  // ENV goes before ARG, whichever came last.
  if (const auto found = env_.find(name); found != env_.end()) {
    return found->second;
  }
  return FindArg(name);
}

}  // namespace ovenbird::rewrite
