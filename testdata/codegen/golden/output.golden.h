// Generated from testdata/codegen/golden/output.proto by its schema_library
// rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_OUTPUT_H_
#define TESTDATA_CODEGEN_GOLDEN_OUTPUT_H_

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

namespace ovenbird::testdata::golden::output {

struct Report;
struct Loaf;

// How far it is.
enum class State : int {
  // In the oven
  kHalfBaked = 1,
  // On the table
  kDone = 2,
};
// Returns the value as in the document; empty for other numbers.
absl::string_view ToString(State value);
const ::ovenbird::config::EnumInfo& InfoOf(const State*);

// A loaf.
struct Loaf {
  // Where it is from.
  std::optional<std::string> flour;
  // How hot, and for whom.
  std::optional<double> degrees;
  // Names by guest.
  std::vector<std::pair<std::string, std::string>> guests;
  // Whatever comes with it.
  ::ovenbird::json::Value extra;
  // Whether it is cut.
  std::optional<bool> cut;
};

// What is in the file.
struct Report {
  // Version of the format.
  int32_t version = 0;
  // How far it is.
  State state = State::kHalfBaked;
  // The loaves | rolls.
  std::vector<Loaf> loaves;
  // The best one.
  ::ovenbird::config::Boxed<Loaf> best;
};

// FromJson reads what it knows and ignores the rest, values of another
// type included. Write leaves out what is not set, in the order of the schema.

void FromJson(const ::ovenbird::json::Value& json, Report* out);
void Write(const Report& value, ::ovenbird::Writer& writer);
std::string ToYaml(const Report& value);
std::string ToJson(const Report& value);
bool operator==(const Report& a, const Report& b);
const ::ovenbird::config::MessageInfo& InfoOf(const Report*);

void FromJson(const ::ovenbird::json::Value& json, Loaf* out);
void Write(const Loaf& value, ::ovenbird::Writer& writer);
std::string ToYaml(const Loaf& value);
std::string ToJson(const Loaf& value);
bool operator==(const Loaf& a, const Loaf& b);
const ::ovenbird::config::MessageInfo& InfoOf(const Loaf*);

}  // namespace ovenbird::testdata::golden::output

#endif  // TESTDATA_CODEGEN_GOLDEN_OUTPUT_H_
