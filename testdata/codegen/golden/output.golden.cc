// Generated from testdata/codegen/golden/output.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/output.h"

#include "runtime/config/from_json.h"
#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::output {
namespace {

namespace config = ::ovenbird::config;

constexpr config::EnumValueInfo kStateValues[] = {
    {"half-baked", 1,
     "In the oven",
     nullptr, nullptr},
    {"done", 2,
     "On the table",
     nullptr, nullptr},
};
constexpr config::EnumInfo kStateInfo = {
    .name = "State",
    .docs = "How far it is.",
    .values = kStateValues,
};

constexpr const char* kReportExamples[] = {
    "{\"version\": 1, \"state\": \"half-baked\", \"loaves\": []}\n",
};
constexpr config::FieldInfo kReportFields[] = {
    {
        .name = "version",
        .member = config::MemberOf<&Report::version>(),
        .flags = config::kRequired,
        .minimum = 1,
        .maximum = 1,
        .docs = "Version of the format.",
        .type = "integer",
    },
    {
        .name = "state",
        .member = config::MemberOf<&Report::state>(),
        .flags = config::kRequired,
        .docs = "How far it is.",
        .type = "enum",
    },
    {
        .name = "loaves",
        .member = config::MemberOf<&Report::loaves>(),
        .flags = config::kRequired | config::kKeepEmpty,
        .docs = "The loaves | rolls.",
        .type = "list of objects",
    },
    {
        .name = "best",
        .member = config::MemberOf<&Report::best>(),
        .docs = "The best one.",
        .type = "object",
        .since = "1.2",
    },
};
constexpr config::MessageInfo kReportInfo = {
    .name = "Report",
    .title = "The report",
    .docs = "What is in the file.",
    .fields = kReportFields,
    .examples = kReportExamples,
    .defaults = &config::DefaultsOf<Report>,
};

constexpr config::CrossRule kLoafRules[] = {
    // degrees needs flour
    {config::CrossRule::kRequires, 0x2, 0x1},
};
constexpr config::FieldInfo kLoafFields[] = {
    {
        .name = "flour",
        .member = config::MemberOf<&Loaf::flour>(),
        .pattern = "[a-z]+",
        .pattern_help = "lower-case letters",
        .docs = "Where it is from.",
        .type = "string",
    },
    {
        .name = "degrees",
        .member = config::MemberOf<&Loaf::degrees>(),
        .minimum = 0,
        .docs = "How hot, and for whom.",
        .type = "number",
    },
    {
        .name = "guests",
        .member = config::MemberOf<&Loaf::guests>(),
        .docs = "Names by guest.",
        .type = "map of string to string",
    },
    {
        .name = "extra",
        .member = config::MemberOf<&Loaf::extra>(),
        .docs = "Whatever comes with it.",
        .type = "any YAML",
    },
    {
        .name = "cut",
        .member = config::MemberOf<&Loaf::cut>(),
        .docs = "Whether it is cut.",
        .type = "boolean",
    },
};
constexpr config::MessageInfo kLoafInfo = {
    .name = "Loaf",
    .title = "A loaf of bread",
    .docs = "A loaf.",
    .fields = kLoafFields,
    .rules = kLoafRules,
    .defaults = &config::DefaultsOf<Loaf>,
};

}  // namespace

absl::string_view ToString(State value) {
  return config::EnumText(kStateInfo, static_cast<int>(value));
}
const config::EnumInfo& InfoOf(const State*) {
  return kStateInfo;
}

void FromJson(const ::ovenbird::json::Value& json, Report* out) {
  config::ReadJson(kReportInfo, json, out);
}
void Write(const Report& value, ::ovenbird::Writer& writer) {
  config::WriteSet(kReportInfo, &value, writer);
}
std::string ToYaml(const Report& value) {
  return config::ToYaml(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
std::string ToJson(const Report& value) {
  return config::ToJson(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
bool operator==(const Report& a, const Report& b) {
  return config::Equal(kReportInfo, &a, &b);
}
const config::MessageInfo& InfoOf(const Report*) {
  return kReportInfo;
}

void FromJson(const ::ovenbird::json::Value& json, Loaf* out) {
  config::ReadJson(kLoafInfo, json, out);
}
void Write(const Loaf& value, ::ovenbird::Writer& writer) {
  config::WriteSet(kLoafInfo, &value, writer);
}
std::string ToYaml(const Loaf& value) {
  return config::ToYaml(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
std::string ToJson(const Loaf& value) {
  return config::ToJson(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
bool operator==(const Loaf& a, const Loaf& b) {
  return config::Equal(kLoafInfo, &a, &b);
}
const config::MessageInfo& InfoOf(const Loaf*) {
  return kLoafInfo;
}

}  // namespace ovenbird::testdata::golden::output
