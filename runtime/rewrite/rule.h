// Rules close the gaps of executors: each writes an instruction in parts of the
// language that the executor builds as BuildKit does, or reports at the
// instruction that this is impossible.
#ifndef OVENBIRD_RUNTIME_REWRITE_RULE_H_
#define OVENBIRD_RUNTIME_REWRITE_RULE_H_

#include "absl/types/span.h"
#include "runtime/dockerfile/capability.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A rule, with the instructions and the executors that it applies to.
struct Rule {
  // The rule applies to executors without this capability.
  dockerfile::Capability closes;
  // Keywords of the instructions that it applies to, e.g. "COPY", "ADD".
  std::vector<absl::string_view> keywords;
  void (*apply)(const Site& site, Draft& draft);
};

// Returns the rules for instructions with the keyword, e.g. "COPY", in the
// order in which they are applied.
absl::Span<const Rule* const> RulesFor(absl::string_view keyword);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RULE_H_
