// Generated from testdata/codegen/golden/required.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/required.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::required {
namespace {

namespace config = ::ovenbird::config;

constexpr const char* kRoot_word_examples[] = {
    "abc",
};
constexpr const char* kRootExamples[] = {
    "word: abc\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "word",
        .member = config::MemberOf<&Root::word>(),
        .flags = config::kRequired,
        .pattern = "[a-z]{3}",
        .pattern_help = "a word of three letters",
        .docs = "A word.",
        .type = "string",
        .examples = kRoot_word_examples,
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "One value that must be there.",
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

}  // namespace ovenbird::testdata::golden::required
