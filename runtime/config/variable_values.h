// The values of variables: their sources, and the rules for them. Part of
// variables.h.
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

// The longest string with variables, in bytes: 30 defaults that double each
// other's values would need gigabytes of memory.
inline constexpr size_t kMaxFilledText = size_t{1} << 20;
// The limit for all of these strings together, in bytes.
inline constexpr size_t kMaxFilledTexts = size_t{16} << 20;

// The value of a variable, and where it came from.
struct VariableValue {
  std::string text;
  std::string origin;  // "value of variable `TAG` from --var"
  Span origin_span;    // may be empty
  // It is secret: `password: true`, also of a variable in its default.
  bool password = false;
};

// Resolves variables, each at most once, and remembers which ones were used.
class VariableValues {
 public:
  // `vars` is the value of that key; may be null.
  VariableValues(const yaml::Node* vars, const VariableInput& input,
                 diag::Sink& sink);

  // Returns the variable's value, which lives as long as this object. Returns
  // null, after reporting it at `token`, if the variable has none; `node` is
  // the scalar that has the token.
  const VariableValue* Get(absl::string_view name, Span token,
                           const yaml::Node& node);
  // Returns whether `text`, which variables are being put into, is within the
  // limits.
  bool Fits(absl::string_view text) const {
    return text.size() <= kMaxFilledText &&
           filled_ + text.size() <= kMaxFilledTexts;
  }
  // Counts a finished string towards the limit for all of them.
  void AddFilled(absl::string_view text) { filled_ += text.size(); }
  // Notes that the variable occurs where no value is needed.
  void MarkUsed(absl::string_view name);
  // Warns about each --var that no `${NAME}` uses.
  void ReportUnusedFlags() const;

 private:
  enum class State {
    kNew,
    kBusy,  // its default is being filled
    kFound,
    kMissing,
    kBroken,  // its default could not be filled, which is reported there
  };
  // An item of `vars`; null nodes for keys that are missing or have a wrong
  // type.
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
  // The variables that are busy, in the order of the calls.
  std::vector<std::string> chain_;
  size_t filled_ = 0;
};

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_VARIABLE_VALUES_H_
