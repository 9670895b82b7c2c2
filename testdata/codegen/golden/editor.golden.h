// Generated from testdata/codegen/golden/editor.proto by its schema_library
// rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_EDITOR_H_
#define TESTDATA_CODEGEN_GOLDEN_EDITOR_H_

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

namespace ovenbird::testdata::golden::editor {

struct Root;
struct Part;

// A part.
struct Part {
  // Its size.
  std::optional<int32_t> size;
  // Its weight.
  std::optional<int32_t> weight;
  // Its name.
  std::optional<std::string> name;
  // Notes on it.
  std::vector<std::pair<std::string, std::string>> notes;
  // What it was decoded from; null when it was not.
  const ::ovenbird::yaml::Node* source = nullptr;
};

// What editors show.
struct Root {
  // A tool.
  std::string tool = "old";
  // Kept for other programs.
  std::optional<bool> habit;
  // A part.
  ::ovenbird::config::Boxed<Part> part;
  // Several of them.
  std::vector<Part> parts;
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

void Decode(const ::ovenbird::yaml::Node& node,
            ::ovenbird::config::decode::Context& context, Part* out);
void CheckEngine(const Part& value, absl::string_view engine,
                 ::ovenbird::config::decode::Context& context);
void Write(const Part& value, ::ovenbird::Writer& writer);
std::string ToYaml(const Part& value);
std::string ToJson(const Part& value);
bool operator==(const Part& a, const Part& b);
const ::ovenbird::config::MessageInfo& InfoOf(const Part*);

}  // namespace ovenbird::testdata::golden::editor

#endif  // TESTDATA_CODEGEN_GOLDEN_EDITOR_H_
