// Generated from testdata/codegen/golden/objects.proto by its schema_library
// rule. Do not edit: change the schema.
#include "testdata/codegen/golden/objects.h"

#include "runtime/config/from_json.h"
#include "runtime/config/reflect.h"

namespace ovenbird::testdata::golden::objects {
namespace {

namespace config = ::ovenbird::config;

constexpr config::FieldInfo kPodFields[] = {
    {
        .name = "kind",
        .member = config::MemberOf<&Pod::kind>(),
        .type = "string",
        .default_text = "Pod",
    },
    {
        .name = "args",
        .member = config::MemberOf<&Pod::args>(),
        .flags = config::kKeepEmpty,
        .type = "list of strings",
    },
};
constexpr config::MessageInfo kPodInfo = {
    .name = "Pod",
    .title = "Pod",
    .docs = "A little of a pod.",
    .fields = kPodFields,
    .defaults = &config::DefaultsOf<Pod>,
};

}  // namespace

void FromJson(const ::ovenbird::json::Value& json, Pod* out) {
  config::ReadJson(kPodInfo, json, out);
}
void Write(const Pod& value, ::ovenbird::Writer& writer) {
  config::WriteSet(kPodInfo, &value, writer);
}
std::string ToYaml(const Pod& value) {
  return config::ToYaml(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
std::string ToJson(const Pod& value) {
  return config::ToJson(
      [&](::ovenbird::Writer& writer) { Write(value, writer); });
}
bool operator==(const Pod& a, const Pod& b) {
  return config::Equal(kPodInfo, &a, &b);
}
const config::MessageInfo& InfoOf(const Pod*) {
  return kPodInfo;
}

}  // namespace ovenbird::testdata::golden::objects
