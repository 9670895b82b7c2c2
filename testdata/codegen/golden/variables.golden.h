// Generated from testdata/codegen/golden/variables.proto by its schema_library
// rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_VARIABLES_H_
#define TESTDATA_CODEGEN_GOLDEN_VARIABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/writer.h"
#include "runtime/config/boxed.h"
#include "runtime/config/decode.h"
#include "runtime/config/field_info.h"
#include "runtime/yaml/node.h"

namespace ovenbird::testdata::golden::variables {

struct Root;

// How loud.
enum class Volume : int {
  // Nobody hears it.
  kLow = 1,
  // Everybody does.
  kHigh = 2,
};
// Returns the value as in the document; empty for other numbers.
absl::string_view ToString(Volume value);
const ::ovenbird::config::EnumInfo& InfoOf(const Volume*);

// A machine.
struct Root {
  // What it is called.
  std::optional<std::string> name;
  // What it says.
  std::optional<std::string> greeting;
  // How many there are.
  int32_t count = 1;
  // Whether it runs.
  std::optional<bool> runs;
  // How loud it is.
  std::optional<Volume> volume;
  // Notes by name; names have no variables.
  std::vector<std::pair<std::string, std::string>> notes;
  // What it was decoded from; null when it was not.
  const ::ovenbird::yaml::Node* source = nullptr;
};

// Decode reports all problems of `node` to the context; `out` has the
// defaults for what is missing or wrong. CheckEngine warns at options that are
// given and that `engine` has no use for. Write leaves out what is at its
// default, so that decoding its output gives an equal value. == does not
// compare `source`.

void Decode(const ::ovenbird::yaml::Node& node,
            ::ovenbird::config::decode::Context& context, Root* out);
void CheckEngine(const Root& value, absl::string_view engine,
                 ::ovenbird::config::decode::Context& context);
void Write(const Root& value, ::ovenbird::Writer& writer);
std::string ToYaml(const Root& value);
std::string ToJson(const Root& value);
bool operator==(const Root& a, const Root& b);
const ::ovenbird::config::MessageInfo& InfoOf(const Root*);

}  // namespace ovenbird::testdata::golden::variables

#endif  // TESTDATA_CODEGEN_GOLDEN_VARIABLES_H_
