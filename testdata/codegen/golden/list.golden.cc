// Generated from testdata/codegen/golden/list.proto by its schema_library rule.
// Do not edit: change the schema.
#include "testdata/codegen/golden/list.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::list {
namespace {

namespace config = ::ovenbird::config;

constexpr const char* kRoot_tags_examples[] = {
    "[a, b]",
};
constexpr const char* kRootExamples[] = {
    "tags: [a]\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "tags",
        .member = config::MemberOf<&Root::tags>(),
        .flags = config::kUnique,
        .max_size = 3,
        .docs = "Tags.",
        .type = "list of strings",
        .default_text = "[]",
        .examples = kRoot_tags_examples,
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "One list.",
    .fields = kRootFields,
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

}  // namespace ovenbird::testdata::golden::list
