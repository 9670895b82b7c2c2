// Generated from testdata/codegen/golden/rules.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/rules.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::rules {
namespace {

namespace config = ::ovenbird::config;

constexpr const char* kRootExamples[] = {
    "green: true\n",
};
constexpr config::CrossRule kRootRules[] = {
    // exactly one of red, green
    {config::CrossRule::kExactlyOne, 0x3, 0x0},
    // red needs blue
    {config::CrossRule::kRequires, 0x1, 0x4},
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "red",
        .member = config::MemberOf<&Root::red>(),
        .docs = "A colour.",
        .type = "boolean",
    },
    {
        .name = "green",
        .member = config::MemberOf<&Root::green>(),
        .docs = "A colour.",
        .type = "boolean",
    },
    {
        .name = "blue",
        .member = config::MemberOf<&Root::blue>(),
        .docs = "A colour.",
        .type = "boolean",
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "Rules between fields.",
    .fields = kRootFields,
    .rules = kRootRules,
    .examples = kRootExamples,
    .defaults = &config::DefaultsOf<Root>,
    .source = &config::SourceOf<Root>,
};

}  // namespace

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

}  // namespace ovenbird::testdata::golden::rules
