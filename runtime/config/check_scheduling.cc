#include "runtime/config/check_scheduling.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "runtime/config/boxed.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {
namespace {

using decode::Context;
using decode::SpanOf;

constexpr absl::string_view kRequired =
    "requiredDuringSchedulingIgnoredDuringExecution";
constexpr absl::string_view kPreferred =
    "preferredDuringSchedulingIgnoredDuringExecution";

const yaml::Node* ValueOf(const yaml::Node* source, absl::string_view field) {
  return source == nullptr ? nullptr : source->Find(field);
}

struct Problem {
  absl::string_view problem;
  absl::string_view advice;
};

bool IsInteger(const std::string& text) {
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number);
}

// The operators of nodes have the names of those of labels, and two more.
std::optional<Problem> ProblemOf(absl::string_view op,
                                 const std::vector<std::string>& values) {
  if (op == "In" || op == "NotIn") {
    if (!values.empty()) return std::nullopt;
    return Problem{"no values", "add the values, such as `values: [builds]`"};
  }
  if (op == "Exists" || op == "DoesNotExist") {
    if (values.empty()) return std::nullopt;
    return Problem{"values", "remove `values`, or write `operator: In`"};
  }
  if (values.size() != 1) {
    return Problem{"not exactly one value",
                   "write one integer, such as `values: [\"8\"]`"};
  }
  if (IsInteger(values[0])) return std::nullopt;
  return Problem{"a value that is not an integer",
                 "write one integer, such as `values: [\"8\"]`"};
}

// Requirements of nodes or of other objects.
template <typename Requirement>
void CheckRequirements(absl::string_view field,
                       const std::vector<Requirement>& requirements,
                       Context& context) {
  const Context::Scope scope(&context, field);
  for (size_t i = 0; i < requirements.size(); ++i) {
    const Requirement& requirement = requirements[i];
    // Without an operator or a key there is an error already.
    if (decode::IsGiven(requirement.source, "operator") &&
        !requirement.key.empty()) {
      const absl::string_view op = ToString(requirement.operator_);
      const std::optional<Problem> found = ProblemOf(op, requirement.values);
      if (!found) continue;
      const Context::Scope item(&context, i);
      context.Report(diag::BadRequirement(SpanOf(requirement.source, "values"),
                                          requirement.key, op, found->problem,
                                          found->advice),
                     ValueOf(requirement.source, "values"));
    }
  }
}

void CheckTerm(const NodeSelectorTerm& term, Context& context) {
  CheckRequirements("matchExpressions", term.match_expressions, context);
}

void CheckSelector(absl::string_view field,
                   const Boxed<LabelSelector>& selector, Context& context) {
  if (!selector) return;
  const Context::Scope scope(&context, field);
  CheckRequirements("matchExpressions", selector->match_expressions, context);
}

void CheckTerm(const PodAffinityTerm& term, Context& context) {
  CheckSelector("labelSelector", term.label_selector, context);
  CheckSelector("namespaceSelector", term.namespace_selector, context);
}

void CheckNodes(const NodeAffinity& affinity, Context& context) {
  const Context::Scope scope(&context, "nodeAffinity");
  if (affinity.required_during_scheduling_ignored_during_execution) {
    const Context::Scope required(&context, kRequired);
    const Context::Scope terms(&context, "nodeSelectorTerms");
    const std::vector<NodeSelectorTerm>& all =
        affinity.required_during_scheduling_ignored_during_execution
            ->node_selector_terms;
    for (size_t i = 0; i < all.size(); ++i) {
      const Context::Scope item(&context, i);
      CheckTerm(all[i], context);
    }
  }
  const Context::Scope preferred(&context, kPreferred);
  const std::vector<PreferredNodes>& all =
      affinity.preferred_during_scheduling_ignored_during_execution;
  for (size_t i = 0; i < all.size(); ++i) {
    const Context::Scope item(&context, i);
    const Context::Scope preference(&context, "preference");
    // Without it there is an error already.
    if (all[i].preference) CheckTerm(*all[i].preference, context);
  }
}

void CheckPods(absl::string_view field, const PodAffinity& affinity,
               Context& context) {
  const Context::Scope scope(&context, field);
  {
    const Context::Scope required(&context, kRequired);
    const std::vector<PodAffinityTerm>& all =
        affinity.required_during_scheduling_ignored_during_execution;
    for (size_t i = 0; i < all.size(); ++i) {
      const Context::Scope item(&context, i);
      CheckTerm(all[i], context);
    }
  }
  const Context::Scope preferred(&context, kPreferred);
  const std::vector<PreferredPods>& all =
      affinity.preferred_during_scheduling_ignored_during_execution;
  for (size_t i = 0; i < all.size(); ++i) {
    const Context::Scope item(&context, i);
    const Context::Scope term(&context, "podAffinityTerm");
    if (all[i].pod_affinity_term) CheckTerm(*all[i].pod_affinity_term, context);
  }
}

void CheckAffinity(const Affinity& affinity, Context& context) {
  const Context::Scope scope(&context, "affinity");
  if (affinity.node_affinity) CheckNodes(*affinity.node_affinity, context);
  if (affinity.pod_affinity) {
    CheckPods("podAffinity", *affinity.pod_affinity, context);
  }
  if (affinity.pod_anti_affinity) {
    CheckPods("podAntiAffinity", *affinity.pod_anti_affinity, context);
  }
}

const TopologySpreadConstraint* FindEarlier(
    const std::vector<TopologySpreadConstraint>& all, size_t index) {
  for (size_t i = 0; i < index; ++i) {
    if (all[i].topology_key == all[index].topology_key &&
        all[i].when_unsatisfiable == all[index].when_unsatisfiable) {
      return &all[i];
    }
  }
  return nullptr;
}

void CheckSpread(const std::vector<TopologySpreadConstraint>& all,
                 Context& context) {
  const Context::Scope scope(&context, "topologySpreadConstraints");
  for (size_t i = 0; i < all.size(); ++i) {
    const TopologySpreadConstraint& constraint = all[i];
    const Context::Scope item(&context, i);
    CheckSelector("labelSelector", constraint.label_selector, context);
    // Without them there is an error already.
    if (constraint.topology_key.empty() ||
        !decode::IsGiven(constraint.source, "whenUnsatisfiable")) {
      continue;
    }
    if (const TopologySpreadConstraint* first = FindEarlier(all, i)) {
      context.Report(
          diag::BadTopologySpread(
              SpanOf(constraint.source, "topologyKey"),
              "the `topologyKey` and `whenUnsatisfiable` of an earlier one",
              "keep one of them, or change its `topologyKey`")
              .WithLabel(SpanOf(first->source, "topologyKey"),
                         "first given here"),
          ValueOf(constraint.source, "topologyKey"));
    }
    if (constraint.min_domains &&
        constraint.when_unsatisfiable != WhenUnsatisfiable::kDoNotSchedule) {
      context.Report(diag::BadTopologySpread(
                         SpanOf(constraint.source, "minDomains"),
                         "`minDomains`, and does not have `whenUnsatisfiable: "
                         "DoNotSchedule`",
                         "remove `minDomains`, or write `whenUnsatisfiable: "
                         "DoNotSchedule`"),
                     ValueOf(constraint.source, "minDomains"));
    }
  }
}

}  // namespace

void CheckScheduling(const Kaniko& kaniko, Context& context) {
  if (kaniko.affinity) CheckAffinity(*kaniko.affinity, context);
  CheckSpread(kaniko.topology_spread_constraints, context);
}

}  // namespace ovenbird::config
