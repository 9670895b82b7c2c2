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

void ExecutorScope::AddArg(const Pair& pair, const Scope::Known& right) {
  if (pair.value.has_value()) {
    // The default, which `--build-arg` overrides when it is looked up.
    const auto value = right.find(pair.name);
    args_[pair.name] = value == right.end() ? std::nullopt : value->second;
    return;
  }
  if (keeps_redeclared_ && Args().count(pair.name) > 0) {
    args_[pair.name] = Args().at(pair.name);
  } else if (const auto global = globals_.find(pair.name);
             global != globals_.end()) {
    args_[pair.name] = global->second;
  } else {
    args_[pair.name] = std::nullopt;
  }
}

void ExecutorScope::Apply(const Instruction& instruction,
                          const Scope::Known& right) {
  if (instruction.keyword == "ARG") {
    for (const Pair& pair : instruction.pairs) AddArg(pair, right);
  }
  if (instruction.keyword != "ENV") return;
  for (const Pair& pair : instruction.pairs) {
    const auto value = right.find(pair.name);
    if (value != right.end() && value->second.has_value()) {
      env_[pair.name] = *value->second;
    } else {
      env_.erase(pair.name);
    }
  }
  env_of_stages_[stage_] = env_;
}

ExecutorScope::Values ExecutorScope::Args() const {
  Values values;
  for (const auto& [name, value] : args_) {
    if (const auto given = given_.find(name); given != given_.end()) {
      values[name] = given->second;
    } else if (value.has_value()) {
      values[name] = *value;
    }
  }
  return values;
}

std::optional<std::string> ExecutorScope::Find(const std::string& name) const {
  // ENV goes before ARG, whichever came last.
  if (const auto found = env_.find(name); found != env_.end()) {
    return found->second;
  }
  const Values args = Args();
  const auto found = args.find(name);
  return found == args.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace ovenbird::rewrite
