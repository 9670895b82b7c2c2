#include "runtime/yaml/at.h"

#include <string>

namespace ovenbird::yaml {

diag::Diagnostic At(const Node& node, diag::Diagnostic diagnostic) {
  if (node.anchor()) diagnostic.WithLabel(node.anchor(), "the value itself");
  for (const Origin* origin = node.origin(); origin; origin = origin->next) {
    diagnostic.WithNote(std::string(origin->text), origin->span);
  }
  return diagnostic;
}

absl::string_view Describe(const Node& node) {
  switch (node.kind()) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a string";
    case Kind::kSequence:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
  }
  return "";
}

}  // namespace ovenbird::yaml
