#include "runtime/rewrite/rule.h"

#include <vector>

#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {

using dockerfile::Capability;

absl::Span<const Rule> Rules() {
  static const auto& rules = *new std::vector<Rule>{
      {Capability::kUnnamedStage, {"COPY"}, NameStages},
  };
  return rules;
}

}  // namespace ovenbird::rewrite
