// Generated from testdata/codegen/golden/editor.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/editor.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::editor {
namespace {

namespace config = ::ovenbird::config;

constexpr const char* kRoot_tool_examples[] = {
    "new",
    "other",
};
constexpr const char* kRoot_part_examples[] = {
    "size: 1\n"
    "name: \"1.0$\"\n"
    "notes: {}\n",
};
constexpr const char* kRoot_parts_examples[] = {
    "- size: 1\n",
};
constexpr const char* kRootExamples[] = {
    "part: {size: 1}\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "tool",
        .member = config::MemberOf<&Root::tool>(),
        .docs = "A tool.",
        .type = "string",
        .default_text = "old",
        .examples = kRoot_tool_examples,
    },
    {
        .name = "habit",
        .member = config::MemberOf<&Root::habit>(),
        .docs = "Kept for other programs.",
        .type = "boolean",
    },
    {
        .name = "part",
        .member = config::MemberOf<&Root::part>(),
        .docs = "A part.",
        .type = "object",
        .examples = kRoot_part_examples,
    },
    {
        .name = "parts",
        .member = config::MemberOf<&Root::parts>(),
        .docs = "Several of them.",
        .type = "list of objects",
        .examples = kRoot_parts_examples,
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "What editors show.",
    .fields = kRootFields,
    .examples = kRootExamples,
    .defaults = &config::DefaultsOf<Root>,
    .source = &config::SourceOf<Root>,
};

constexpr const char* kPart_size_examples[] = {
    "1",
};
constexpr const char* kPart_weight_examples[] = {
    "1",
};
constexpr const char* kPart_name_examples[] = {
    "^a",
};
constexpr const char* kPart_notes_examples[] = {
    "a: b\n",
};
constexpr const char* kPartExamples[] = {
    "size: 1\n",
};
constexpr config::FieldInfo kPartFields[] = {
    {
        .name = "size",
        .member = config::MemberOf<&Part::size>(),
        .docs = "Its size.",
        .type = "integer",
        .examples = kPart_size_examples,
    },
    {
        .name = "weight",
        .member = config::MemberOf<&Part::weight>(),
        .docs = "Its weight.",
        .type = "integer",
        .examples = kPart_weight_examples,
    },
    {
        .name = "name",
        .member = config::MemberOf<&Part::name>(),
        .docs = "Its name.",
        .type = "string",
        .examples = kPart_name_examples,
    },
    {
        .name = "notes",
        .member = config::MemberOf<&Part::notes>(),
        .docs = "Notes on it.",
        .type = "map of string to string",
        .examples = kPart_notes_examples,
    },
};
constexpr config::MessageInfo kPartInfo = {
    .name = "Part",
    .title = "part",
    .docs = "A part.",
    .fields = kPartFields,
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

}  // namespace ovenbird::testdata::golden::editor
