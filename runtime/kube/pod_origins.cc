#include "runtime/kube/pod_origins.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/json.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/object_json.h"

namespace ovenbird::kube {
namespace {

constexpr PodOrigin kOrigins[] = {
    {"metadata.namespace", "namespace"},
    {"metadata.labels.%queue", "queue"},
    {"metadata.labels", "labels"},
    {"metadata.annotations", "annotations"},
    {"spec.activeDeadlineSeconds", "timeout"},
    {"spec.serviceAccountName", "serviceAccount"},
    {"spec.priorityClassName", "priorityClassName"},
    {"spec.runtimeClassName", "runtimeClassName"},
    {"spec.schedulerName", "schedulerName"},
    {"spec.nodeSelector", "nodeSelector"},
    {"spec.affinity", "affinity"},
    {"spec.tolerations", "tolerations"},
    {"spec.topologySpreadConstraints", "topologySpreadConstraints"},
    {"spec.hostUsers", "hostUsers"},
    {"spec.imagePullSecrets", "imagePullSecrets"},
    {"spec.initContainers.@context.image", "initImage"},
    {"spec.initContainers.@context.env.@*", "initEnv.*"},
    {"spec.initContainers.@context.resources", "resources"},
    {"spec.initContainers.@volumes.image", "initImage"},
    {"spec.initContainers.@volumes.env.@*", "initEnv.*"},
    {"spec.initContainers.@volumes.resources", "resources"},
    {"spec.containers.@kaniko.image", "image"},
    {"spec.containers.@kaniko.command", "command"},
    {"spec.containers.@kaniko.env.@*", "env.*"},
    {"spec.containers.@kaniko.resources", "resources"},
    {"spec.containers.@kaniko.securityContext", "securityContext"},
    {"spec.containers.@kaniko.volumeMounts.@additional-volume-#",
     "additionalMounts.#"},
    {"spec.volumes.@additional-volume-#.secret.secretName",
     "additionalMounts.#.secret.name"},
    {"spec.volumes.@additional-volume-#", "additionalMounts.#"},
    {"spec.volumes.@docker-config.secret.secretName", "pullSecret"},
    {"spec.volumes.@registry-ca-#.configMap.name",
     "registryCertificates.#.configMap"},
    {"spec.volumes.@registry-ca-#.configMap.items.0.key",
     "registryCertificates.#.key"},
    {"spec.volumes.@registry-ca-#", "registryCertificates.#"},
    {"spec.volumes.@run-mount-#.persistentVolumeClaim.claimName",
     "cacheVolumes.%cache.claim"},
    {"spec.volumes.@build-secret-#.secret.secretName",
     "options.secrets.%secret.secret.name"},
    {"spec.volumes.@build-secret-#.secret.items.0.key",
     "options.secrets.%secret.secret.key"},
};

bool IsNumber(absl::string_view text) {
  size_t number = 0;
  return absl::SimpleAtoi(text, &number);
}

// The field of an object or the item of a list; null if there is none.
const json::Value& Child(const json::Value& value, absl::string_view step) {
  static const json::Value& none = *new json::Value();
  const json::Array* items = value.as_array();
  if (items == nullptr) return value[step];
  size_t index = 0;
  return absl::SimpleAtoi(step, &index) && index < items->size()
             ? (*items)[index]
             : none;
}

// What `*` or `#` of the pattern is in `name`; empty for a pattern without
// them. Nullopt: another name.
std::optional<std::string> MatchName(absl::string_view pattern,
                                     absl::string_view name) {
  if (name.empty()) return std::nullopt;
  if (pattern == "*") return std::string(name);
  if (!absl::ConsumeSuffix(&pattern, "#")) {
    return name == pattern ? std::optional(std::string()) : std::nullopt;
  }
  if (!absl::ConsumePrefix(&name, pattern) || !IsNumber(name)) {
    return std::nullopt;
  }
  return std::string(name);
}

// A field that fits a row: what `*` or `#` is, and the steps after the row's.
struct Match {
  std::string found;
  FieldPath rest;
};

std::optional<Match> MatchRow(absl::string_view pattern, const json::Value& pod,
                              const FieldPath& field) {
  Match match;
  const json::Value* value = &pod;
  size_t depth = 0;
  for (absl::string_view step : absl::StrSplit(pattern, '.')) {
    if (depth == field.size()) return std::nullopt;
    const std::string& given = field[depth++];
    value = &Child(*value, given);
    if (step == "%queue") step = kQueueLabel;
    if (!absl::ConsumePrefix(&step, "@")) {
      if (step != given) return std::nullopt;
      continue;
    }
    std::optional<std::string> found =
        MatchName(step, (*value)["name"].string_or());
    if (!found) return std::nullopt;
    if (!found->empty()) match.found = *std::move(found);
  }
  match.rest.assign(field.begin() + static_cast<ptrdiff_t>(depth), field.end());
  return match;
}

// The index in the config of the build secret `id`; empty if it comes from a
// flag.
std::string IndexOfSecret(const BuildSpec& spec, const std::string& id) {
  if (!spec.kaniko->options) return "";
  const auto& secrets = spec.kaniko->options->secrets;
  for (size_t i = 0; i < secrets.size(); ++i) {
    if (secrets[i].id == id) return absl::StrCat(i);
  }
  return "";
}

// A step of a row's option; empty if there is no such option.
std::string Filled(const BuildSpec& spec, absl::string_view step,
                   const std::string& found) {
  if (step == "*" || step == "#") return found;
  size_t index = 0;
  if (step == "%cache" && absl::SimpleAtoi(found, &index)) {
    return index < spec.run_mounts.size() ? spec.run_mounts[index].id : "";
  }
  if (step == "%secret" && absl::SimpleAtoi(found, &index)) {
    return index < spec.secrets.size()
               ? IndexOfSecret(spec, spec.secrets[index].id)
               : "";
  }
  return std::string(step);
}

json::Value PodOf(const BuildSpec& spec) {
  return AsJson(MakeManifest(spec).pod);
}

}  // namespace

FieldPath ParseFieldPath(absl::string_view field) {
  FieldPath path;
  std::string step;
  const auto end_step = [&] {
    if (!step.empty()) path.push_back(std::exchange(step, ""));
  };
  // Brackets contain indices and keys of maps, which may have dots.
  int depth = 0;
  for (const char c : field) {
    if (depth == 0 && (c == '.' || c == '[')) end_step();
    if (c == '[' && depth++ == 0) continue;
    if (c == ']' && depth > 0 && --depth == 0) {
      end_step();
      continue;
    }
    if (depth > 0 || c != '.') step += c;
  }
  end_step();
  return path;
}

absl::Span<const PodOrigin> PodOrigins() { return kOrigins; }

FieldPath OriginOf(const BuildSpec& spec, absl::string_view field) {
  return OriginOf(spec, ParseFieldPath(field));
}

FieldPath OriginOf(const BuildSpec& spec, const FieldPath& field) {
  const json::Value pod = PodOf(spec);
  for (const PodOrigin& origin : kOrigins) {
    const std::optional<Match> match = MatchRow(origin.pod, pod, field);
    // The label may also come from `labels`.
    if (!match || (origin.config == "queue" && spec.kaniko->queue.empty())) {
      continue;
    }
    FieldPath result;
    for (absl::string_view step : absl::StrSplit(origin.config, '.')) {
      result.push_back(Filled(spec, step, match->found));
      if (result.back().empty()) return {};
    }
    result.insert(result.end(), match->rest.begin(), match->rest.end());
    return result;
  }
  return {};
}

}  // namespace ovenbird::kube
