// The values of variables: where they come from and what must hold for them.
// Part of variables.h.
#ifndef OVENBIRD_RUNTIME_CONFIG_VARIABLE_VALUES_H_
#define OVENBIRD_RUNTIME_CONFIG_VARIABLE_VALUES_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/variables.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// No text with variables is longer: 30 defaults that double each other's values
// would take gigabytes of memory.
inline constexpr size_t kMaxFilledText = size_t{1} << 20;
// Nor are all of them together.
inline constexpr size_t kMaxFilledTexts = size_t{16} << 20;

struct VariableValue {
  std::string text;
  std::string origin;  // "value of variable `TAG` from --var"
  Span origin_span;    // may be empty
};

class VariableValues {
 public:
  // `vars`: the section; may be null.
  VariableValues(const yaml::Node* vars, const VariableInput& input,
                 diag::Sink& sink);

  // Null when the variable has no value, which is reported at `token`; `node`
  // is the scalar that has the token.
  const VariableValue* Get(absl::string_view name, Span token,
                           const yaml::Node& node);
  // False: `text`, which variables are being put into, gets too long.
  bool Fits(absl::string_view text) const {
    return text.size() <= kMaxFilledText &&
           filled_ + text.size() <= kMaxFilledTexts;
  }
  // Counts a finished text.
  void AddFilled(absl::string_view text) { filled_ += text.size(); }
  // The variable occurs where no value is needed.
  void MarkUsed(absl::string_view name);
  // Warns of each --var that was never asked for.
  void ReportUnusedFlags() const;

 private:
  enum class State {
    kNew,
    kBusy,  // its default is being filled
    kFound,
    kMissing,
    kBroken,  // its default lacks something, which is reported there
  };
  // An item of `vars`; null nodes for what is not given or has a wrong type.
  struct Definition {
    const yaml::Node* default_value = nullptr;
    const yaml::Node* pattern = nullptr;
    const yaml::Node* message = nullptr;
    const yaml::Node* options = nullptr;
    std::string source = "all";
    bool password = false;
  };
  struct Variable {
    State state = State::kNew;
    VariableValue value;
    std::string reason;  // why a predefined variable has no value
  };

  void ReadDefinitions(const yaml::Node* vars);
  State Resolve(absl::string_view name, Variable* variable);
  bool FindFlag(absl::string_view name, Variable* variable) const;
  bool FindPredefined(absl::string_view name, Variable* variable) const;
  bool FindInEnvironment(absl::string_view name, Variable* variable) const;
  bool FillDefault(absl::string_view name, const yaml::Node& value,
                   Variable* variable);
  void ReportLoop(absl::string_view name, Span token);
  const Definition* DefinitionOf(absl::string_view name) const;
  diag::Diagnostic DescribeMissing(const std::string& name,
                                   const Variable& variable, Span token) const;
  std::string Hint(absl::string_view name) const;
  void Check(const std::string& name, const VariableValue& value, Span token);
  void CheckPattern(const std::string& name, const Definition& definition,
                    const VariableValue& value, Span token);
  void CheckOptions(const std::string& name, const Definition& definition,
                    const VariableValue& value, Span token);

  const VariableInput input_;
  diag::Sink& sink_;
  std::map<std::string, Definition, std::less<>> definitions_;
  std::map<std::string, Variable, std::less<>> variables_;
  std::set<std::string, std::less<>> used_;
  // Those that are busy, in the order of the calls.
  std::vector<std::string> chain_;
  size_t filled_ = 0;
};

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_VARIABLE_VALUES_H_
