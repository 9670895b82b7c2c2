#include "runtime/build/cluster/rejected_fields.h"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/build/cluster/sent_field.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/object_json.h"
#include "runtime/kube/pod_origins.h"
#include "runtime/yaml/node.h"

namespace ovenbird::build {
namespace {

using config::decode::Context;

// A value of the config and the path to it in `kaniko`.
struct Place {
  const yaml::Node* node = nullptr;
  Span span;
  Span key_span;  // empty for an item of a list
  kube::FieldPath path;
};

// The server writes `namespace` for an item of `namespaces`.
const yaml::Entry* FindEntry(const yaml::Node& node, absl::string_view key) {
  const yaml::Entry* entry = node.FindEntry(key);
  return entry != nullptr ? entry : node.FindEntry(absl::StrCat(key, "s"));
}

// Moves to the value of the key; false if there is none.
bool Enter(absl::string_view key, Place& place) {
  size_t index = 0;
  if (place.node->is_sequence() && absl::SimpleAtoi(key, &index) &&
      index < place.node->items().size()) {
    place.node = place.node->items()[index];
    place.span = place.node->span();
    place.key_span = {};
  } else if (const yaml::Entry* entry = FindEntry(*place.node, key)) {
    key = entry->key();
    place.node = entry->value();
    place.span = place.node->span();
    place.key_span = entry->key_span();
  } else {
    return false;
  }
  place.path.emplace_back(key);
  return true;
}

// The server may name a map or a list, or a value by its key, and quotes what
// is wrong with it: a key or a value.
void EnterQuoted(const std::string& value, Place& place) {
  if (value.empty()) return;
  if (value == place.path.back() && place.node->scalar() != value &&
      place.key_span) {
    place.span = place.key_span;
    return;
  }
  for (const yaml::Entry& entry : place.node->entries()) {
    if (entry.key() != value && entry.value()->scalar() != value) continue;
    const bool is_key = entry.key() == value;
    place.node = entry.value();
    place.span = is_key ? entry.key_span() : entry.value()->span();
    place.path.emplace_back(entry.key());
    return;
  }
  for (size_t i = 0; i < place.node->items().size(); ++i) {
    const yaml::Node* item = place.node->items()[i];
    if (item->scalar() != value) continue;
    place.node = item;
    place.span = item->span();
    place.path.push_back(std::to_string(i));
    return;
  }
}

// A limit without a request is a request, too, and the server rejects both.
void UseLimit(const yaml::Node& kaniko, kube::FieldPath& path) {
  if (path.size() < 3 || path[0] != "resources" || path[1] != "requests") {
    return;
  }
  const yaml::Node* resources = kaniko.Find("resources");
  if (resources == nullptr) return;
  const yaml::Node* requests = resources->Find("requests");
  if (requests == nullptr || requests->Find(path[2]) == nullptr) {
    path[1] = "limits";
  }
}

// Moves `context` along the path, as long as `scopes` live.
void Follow(const kube::FieldPath& path, Context& context,
            std::deque<Context::Scope>& scopes) {
  for (const std::string& step : path) {
    size_t index = 0;
    if (absl::SimpleAtoi(step, &index)) {
      scopes.emplace_back(&context, index);
    } else {
      scopes.emplace_back(&context, absl::string_view(step));
    }
  }
}

// "resources.limits.cpu"
std::string TextOf(const kube::FieldPath& path) {
  Context context(nullptr);
  std::deque<Context::Scope> scopes;
  Follow(path, context, scopes);
  return context.Path();
}

void Report(const Place& place, const std::string& problem, Context& context) {
  std::deque<Context::Scope> scopes;
  Follow(place.path, context, scopes);
  context.Report(
      diag::RejectedByCluster(place.span, TextOf(place.path), problem),
      place.node);
}

}  // namespace

std::vector<diag::Diagnostic> LocateRejectedFields(
    const std::vector<RejectedField>& fields, const kube::BuildSpec& spec) {
  diag::Collector found;
  Context context(&found);
  const Context::Scope images(&context, "images");
  const Context::Scope image(&context, spec.key);
  const Context::Scope build(&context, "build");
  const Context::Scope kaniko(&context, "kaniko");
  if (fields.empty()) return {};
  const json::Value pod = kube::AsJson(kube::MakeManifest(spec).pod);
  for (const RejectedField& field : fields) {
    kube::FieldPath origin = kube::OriginOf(
        spec,
        FindSentField(pod, kube::ParseFieldPath(field.field), field.problem));
    Place place;
    place.node = spec.kaniko->source;
    // Without the option in the file it has its default.
    if (place.node == nullptr || origin.empty()) continue;
    UseLimit(*place.node, origin);
    size_t depth = 0;
    while (depth < origin.size() && Enter(origin[depth], place)) ++depth;
    if (depth == 0) continue;
    EnterQuoted(QuotedValue(field.problem), place);
    Report(place, field.problem, context);
  }
  return found.diagnostics();
}

void NameOptions(const kube::BuildSpec& spec, Failure& failure) {
  std::vector<diag::Diagnostic> located =
      LocateRejectedFields(failure.rejected, spec);
  if (located.empty()) return;
  failure.kind = FailureKind::kConfig;
  failure.diagnostics = std::move(located);
  failure.hint = "fix the values that are marked in the config";
}

}  // namespace ovenbird::build
