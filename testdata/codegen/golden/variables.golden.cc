// Generated from testdata/codegen/golden/variables.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/variables.h"

#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::variables {
namespace {

namespace config = ::ovenbird::config;

constexpr config::EnumValueInfo kVolumeValues[] = {
    {"low", 1,
     "Nobody hears it.",
     nullptr, nullptr},
    {"high", 2,
     "Everybody does.",
     nullptr, nullptr},
};
constexpr config::EnumInfo kVolumeInfo = {
    .name = "Volume",
    .docs = "How loud.",
    .values = kVolumeValues,
};

constexpr const char* kRoot_name_examples[] = {
    "web",
};
constexpr const char* kRoot_greeting_examples[] = {
    "hello",
};
constexpr const char* kRoot_count_examples[] = {
    "2",
};
constexpr const char* kRoot_runs_examples[] = {
    "true",
};
constexpr const char* kRoot_volume_examples[] = {
    "high",
};
constexpr const char* kRoot_notes_examples[] = {
    "{a: b}",
};
constexpr const char* kRootExamples[] = {
    "name: ${NAME}\n",
};
constexpr config::FieldInfo kRootFields[] = {
    {
        .name = "name",
        .member = config::MemberOf<&Root::name>(),
        .format = config::Format::kDnsLabel,
        .docs = "What it is called.",
        .type = "string",
        .examples = kRoot_name_examples,
    },
    {
        .name = "greeting",
        .member = config::MemberOf<&Root::greeting>(),
        .docs = "What it says.",
        .type = "string",
        .examples = kRoot_greeting_examples,
    },
    {
        .name = "count",
        .member = config::MemberOf<&Root::count>(),
        .minimum = 1,
        .docs = "How many there are.",
        .type = "integer",
        .default_text = "1",
        .examples = kRoot_count_examples,
    },
    {
        .name = "runs",
        .member = config::MemberOf<&Root::runs>(),
        .docs = "Whether it runs.",
        .type = "boolean",
        .examples = kRoot_runs_examples,
    },
    {
        .name = "volume",
        .member = config::MemberOf<&Root::volume>(),
        .docs = "How loud it is.",
        .type = "enum",
        .examples = kRoot_volume_examples,
    },
    {
        .name = "notes",
        .member = config::MemberOf<&Root::notes>(),
        .key_format = config::Format::kDnsLabel,
        .docs = "Notes by name; names have no variables.",
        .type = "map of string to string",
        .examples = kRoot_notes_examples,
    },
};
constexpr config::MessageInfo kRootInfo = {
    .name = "Root",
    .title = "Root",
    .docs = "A machine.",
    .fields = kRootFields,
    .examples = kRootExamples,
    .defaults = &config::DefaultsOf<Root>,
    .source = &config::SourceOf<Root>,
};

}  // namespace

absl::string_view ToString(Volume value) {
  return config::EnumText(kVolumeInfo, static_cast<int>(value));
}
const config::EnumInfo& InfoOf(const Volume*) {
  return kVolumeInfo;
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

}  // namespace ovenbird::testdata::golden::variables
