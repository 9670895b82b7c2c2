// Generated from testdata/codegen/golden/choice.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/choice.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::choice {
namespace {

namespace config = ::ovenbird::config;

constexpr config::EnumValueInfo kModeValues[] = {
    {"time", 1,
     "Fast.",
     nullptr, nullptr},
    {"full", 2,
     "Slow.",
     nullptr, "use `time`"},
};
constexpr config::EnumInfo kModeInfo = {
    .name = "Mode",
    .docs = "How it is done.",
    .values = kModeValues,
};

constexpr const char* kRootExamples[] = {
    "mode: full\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "mode",
        .member = config::MemberOf<&Root::mode>(),
        .docs = "How.",
        .type = "enum",
        .default_text = "time",
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "One choice.",
    .fields = kRootFields,
    .examples = kRootExamples,
    .defaults = &config::DefaultsOf<Root>,
    .source = &config::SourceOf<Root>,
};

}  // namespace

absl::string_view ToString(Mode value) {
  return config::EnumText(kModeInfo, static_cast<int>(value));
}
const config::EnumInfo& InfoOf(const Mode*) {
  return kModeInfo;
}

void Decode(const ::ovenbird::yaml::Node& node,
            config::decode::Context& context, Root* out) {
  config::decode::DecodeMessage(kRootInfo, node, context, out);
}
void CheckEngine(const Root& value, absl::string_view engine,
                 config::decode::Context& context) {
  config::decode::CheckEngine(kRootInfo, &value, engine, context);
}
void Write(const Root& value, ::ovenbird::Writer& writer) {
  config::WriteChanged(kRootInfo, &value, writer);
}
std::string ToYaml(const Root& value) {
  return config::ToYaml(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
std::string ToJson(const Root& value) {
  return config::ToJson(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
bool operator==(const Root& a, const Root& b) {
  return config::Equal(kRootInfo, &a, &b);
}
const config::MessageInfo& InfoOf(const Root*) {
  return kRootInfo;
}

}  // namespace ovenbird::testdata::golden::choice
