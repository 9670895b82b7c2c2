#include "runtime/dockerfile/build_args.h"

#include <algorithm>
#include <set>

#include "runtime/dockerfile/scope.h"

namespace ovenbird::dockerfile {
namespace {

void CollectArgs(const std::vector<Instruction>& instructions,
                 std::set<std::string>& names) {
  for (const Instruction& instruction : instructions) {
    if (instruction.keyword == "ARG") {
      for (const Pair& pair : instruction.pairs) names.insert(pair.name);
    }
    CollectArgs(instruction.trigger, names);
  }
}

}  // namespace

std::vector<std::string> DeclaredArgs(const Dockerfile& dockerfile) {
  std::set<std::string> names;
  CollectArgs(dockerfile.global_args, names);
  for (const Stage& stage : dockerfile.stages) {
    CollectArgs(stage.instructions, names);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> UndeclaredArgs(const Dockerfile& dockerfile,
                                        const BuildArgs& build_args) {
  const std::vector<std::string> declared = DeclaredArgs(dockerfile);
  std::vector<std::string> undeclared;
  for (const auto& [name, value] : build_args) {
    if (!IsPredefinedArg(name) &&
        !std::binary_search(declared.begin(), declared.end(), name)) {
      undeclared.push_back(name);
    }
  }
  return undeclared;
}

}  // namespace ovenbird::dockerfile
