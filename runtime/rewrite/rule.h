// A rule closes one gap of executors: it writes an instruction out in parts of
// the language that the executor builds as BuildKit does, or reports at the
// instruction that it cannot.
#ifndef OVENBIRD_RUNTIME_REWRITE_RULE_H_
#define OVENBIRD_RUNTIME_REWRITE_RULE_H_

#include "absl/types/span.h"
#include "runtime/dockerfile/capability.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

struct Rule {
  // The rule is applied where the executor lacks it.
  dockerfile::Capability closes;
  // Of the instructions that it looks at: "COPY", "ADD".
  std::vector<absl::string_view> keywords;
  void (*apply)(const Site& site, Draft& draft);
};

// All rules, in the order in which they are applied to an instruction.
absl::Span<const Rule> Rules();

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_RULE_H_
