// Generated from testdata/codegen/golden/objects.proto by its schema_library
// rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_OBJECTS_H_
#define TESTDATA_CODEGEN_GOLDEN_OBJECTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/writer.h"
#include "runtime/config/boxed.h"
#include "runtime/config/field_info.h"

namespace ovenbird::testdata::golden::objects {

struct Pod;

// A little of a pod.
struct Pod {
  std::string kind = "Pod";
  std::vector<std::string> args;
};

// FromJson reads what it knows and ignores the rest, values of another
// type included. Write leaves out what is not set, in the order of the schema.

void FromJson(const ::ovenbird::json::Value& json, Pod* out);
void Write(const Pod& value, ::ovenbird::Writer& writer);
std::string ToYaml(const Pod& value);
std::string ToJson(const Pod& value);
bool operator==(const Pod& a, const Pod& b);
const ::ovenbird::config::MessageInfo& InfoOf(const Pod*);

}  // namespace ovenbird::testdata::golden::objects

#endif  // TESTDATA_CODEGEN_GOLDEN_OBJECTS_H_
