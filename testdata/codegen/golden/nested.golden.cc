// Generated from testdata/codegen/golden/nested.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/nested.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::nested {
namespace {

namespace config = ::ovenbird::config;

constexpr const char* kRootExamples[] = {
    "part: {}\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "part",
        .member = config::MemberOf<&Root::part>(),
        .docs = "A part.",
        .type = "object",
    },
    {
        .name = "next",
        .member = config::MemberOf<&Root::next>(),
        .docs = "The next one.",
        .type = "object",
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "A section, and itself.",
    .fields = kRootFields,
    .examples = kRootExamples,
    .defaults = &config::DefaultsOf<Root>,
    .source = &config::SourceOf<Root>,
};

constexpr const char* kPartExamples[] = {
    "{}\n",
};
constexpr config::MessageInfo kPartInfo = {
    .name = "Part",
    .title = "Part",
    .docs = "Nothing much.",
    .examples = kPartExamples,
    .defaults = &config::DefaultsOf<Part>,
    .source = &config::SourceOf<Part>,
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

void Decode(const ::ovenbird::yaml::Node& node,
            config::decode::Context& context, Part* out) {
  config::decode::DecodeMessage(kPartInfo, node, context, out);
}
void CheckEngine(const Part& value, absl::string_view engine,
                 config::decode::Context& context) {
  config::decode::CheckEngine(kPartInfo, &value, engine, context);
}
void Write(const Part& value, ::ovenbird::Writer& writer) {
  config::WriteChanged(kPartInfo, &value, writer);
}
std::string ToYaml(const Part& value) {
  return config::ToYaml(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
std::string ToJson(const Part& value) {
  return config::ToJson(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
bool operator==(const Part& a, const Part& b) {
  return config::Equal(kPartInfo, &a, &b);
}
const config::MessageInfo& InfoOf(const Part*) {
  return kPartInfo;
}

}  // namespace ovenbird::testdata::golden::nested
