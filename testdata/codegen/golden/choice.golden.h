// Generated from testdata/codegen/golden/choice.proto by its schema_library
// rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_CHOICE_H_
#define TESTDATA_CODEGEN_GOLDEN_CHOICE_H_

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

namespace ovenbird::testdata::golden::choice {

struct Root;

// How it is done.
enum class Mode : int {
  // Fast.
  kTime = 1,
  // Slow.
  kFull = 2,
};
// Returns the value as in the document; empty for other numbers.
absl::string_view ToString(Mode value);
const ::ovenbird::config::EnumInfo& InfoOf(const Mode*);

// One choice.
struct Root {
  // How.
  Mode mode = Mode::kTime;
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

}  // namespace ovenbird::testdata::golden::choice

#endif  // TESTDATA_CODEGEN_GOLDEN_CHOICE_H_
