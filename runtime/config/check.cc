#include "runtime/config/check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/config/quantity.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {
namespace {

using Strings = std::vector<std::pair<std::string, std::string>>;

std::string Path(const std::string& key, absl::string_view below) {
  return absl::StrCat("images.", key, ".", below);
}

void Report(diag::Diagnostic diagnostic, std::string path, diag::Sink& sink) {
  diagnostic.config_path = std::move(path);
  sink.Handle(std::move(diagnostic));
}

void CheckNames(const Config& config, diag::Sink& sink) {
  absl::flat_hash_map<std::string, size_t> first;
  for (size_t i = 0; i < config.images.size(); ++i) {
    const auto& [key, image] = config.images[i];
    if (image.image.empty()) continue;
    Span at = decode::SpanOf(image.source, "image");
    auto [it, inserted] = first.try_emplace(image.image, i);
    if (!inserted) {
      const auto& [other, other_image] = config.images[it->second];
      Report(diag::SameImageTwice(at, image.image, other)
                 .WithLabel(decode::SpanOf(other_image.source, "image"),
                            "given here"),
             Path(key, "image"), sink);
    }
    if (!absl::StrContains(image.image, '/')) {
      Report(diag::OfficialImage(at, image.image), Path(key, "image"), sink);
    }
  }
}

// Paths of the kaniko container that the build itself uses.
constexpr std::pair<absl::string_view, absl::string_view> kOwnPaths[] = {
    {"/context", "the build context"},
    {"/kaniko", "kaniko's own files"},
    {"/kaniko/.docker", "the registry logins"},
    {"/dev", "the devices"},
    {"/proc", "the kernel's files"},
    {"/", "the whole container"},
};

void CheckMounts(const std::string& key, const Kaniko& kaniko,
                 diag::Sink& sink) {
  bool own_login = kaniko.pull_secret.empty() && !kaniko.skip_pull_secret_mount;
  for (size_t i = 0; i < kaniko.additional_mounts.size(); ++i) {
    const Mount& mount = kaniko.additional_mounts[i];
    absl::string_view path = mount.mount_path;
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    for (const auto& [own, what] : kOwnPaths) {
      // A config.json of one's own is a fair use when no login is mounted.
      if (own == "/kaniko/.docker" && own_login) continue;
      if (path != own) continue;
      Report(diag::MountOverOwn(decode::SpanOf(mount.source, "mountPath"), path,
                                what),
             Path(key, absl::StrCat("build.kaniko.additionalMounts.", i)),
             sink);
    }
  }
}

void CheckResources(const std::string& key, const Kaniko& kaniko,
                    diag::Sink& sink) {
  if (!kaniko.resources) return;
  for (const auto& [name, request] : kaniko.resources->requests) {
    for (const auto& [limited, limit] : kaniko.resources->limits) {
      if (name != limited) continue;
      std::optional<double> asked = QuantityValue(request);
      std::optional<double> allowed = QuantityValue(limit);
      if (!asked || !allowed || *asked <= *allowed) continue;
      const yaml::Node* requests =
          kaniko.resources->source == nullptr
              ? nullptr
              : kaniko.resources->source->Find("requests");
      Report(diag::RequestAboveLimit(decode::SpanOf(requests, name), name,
                                     request, limit),
             Path(key, "build.kaniko.resources.requests"), sink);
    }
  }
}

void CheckTolerations(const std::string& key, const Kaniko& kaniko,
                      diag::Sink& sink) {
  for (const Toleration& toleration : kaniko.tolerations) {
    bool exists = toleration.operator_ == TolerationOperator::kExists;
    absl::string_view problem;
    absl::string_view advice;
    absl::string_view field = "operator";
    if (exists && toleration.value && !toleration.value->empty()) {
      problem = "operator `Exists` and a value";
      advice = "leave `value` out, or write `operator: Equal`";
      field = "value";
    } else if (!exists && (!toleration.key || toleration.key->empty())) {
      problem = "no key, and its operator is not `Exists`";
      advice = "add `key`, or write `operator: Exists` to tolerate all taints";
    } else if (toleration.toleration_seconds &&
               toleration.effect != TaintEffect::kNoExecute) {
      problem = "`tolerationSeconds`, and its effect is not `NoExecute`";
      advice = "write `effect: NoExecute`, or leave `tolerationSeconds` out";
      field = "tolerationSeconds";
    }
    if (problem.empty()) continue;
    Report(diag::BadToleration(decode::SpanOf(toleration.source, field),
                               problem, advice),
           Path(key, "build.kaniko.tolerations"), sink);
  }
}

void CheckOwnKeys(const std::string& key, const Kaniko& kaniko,
                  absl::string_view field, const Strings& entries,
                  diag::Sink& sink) {
  const yaml::Node* mapping =
      kaniko.source == nullptr ? nullptr : kaniko.source->Find(field);
  for (const auto& [name, value] : entries) {
    if (!absl::StartsWith(name, "ovenbird.dev/") &&
        name != "app.kubernetes.io/managed-by") {
      continue;
    }
    Report(diag::OwnLabel(decode::KeySpanOf(mapping, name), field, name),
           Path(key, absl::StrCat("build.kaniko.", field)), sink);
  }
}

void CheckKaniko(const std::string& key, const Kaniko& kaniko,
                 diag::Sink& sink) {
  CheckMounts(key, kaniko, sink);
  CheckResources(key, kaniko, sink);
  CheckTolerations(key, kaniko, sink);
  CheckOwnKeys(key, kaniko, "labels", kaniko.labels, sink);
  CheckOwnKeys(key, kaniko, "annotations", kaniko.annotations, sink);
}

void CheckHookStep(const Config& config, const HookStep& step,
                   absl::string_view field, diag::Sink& sink) {
  if (!step.images || step.images->empty() || *step.images == "all") return;
  std::vector<std::string> keys;
  for (const auto& [key, image] : config.images) {
    if (key == *step.images) return;
    keys.push_back(key);
  }
  std::string hint = DidYouMean(*step.images, keys);
  sink.Handle(diag::HookUnknownImage(
      decode::SpanOf(step.source, "images"), field, *step.images, hint,
      keys.empty() ? "(none)" : absl::StrJoin(keys, ", ")));
}

void CheckHook(const Config& config, const Hook& hook, diag::Sink& sink) {
  if (!hook.when || (!hook.when->before && !hook.when->after)) {
    sink.Handle(diag::HookNeverRuns(
        hook.source == nullptr ? Span()
                               : decode::SpanOf(hook.source, "command")));
    return;
  }
  if (hook.when->before) {
    CheckHookStep(config, *hook.when->before, "when.before.images", sink);
  }
  if (hook.when->after) {
    CheckHookStep(config, *hook.when->after, "when.after.images", sink);
  }
  const yaml::Node* args =
      hook.source == nullptr ? nullptr : hook.source->Find("args");
  for (size_t i = 0; i < hook.args.size(); ++i) {
    const std::string& argument = hook.args[i];
    size_t quote = argument.find("='");
    if (quote == std::string::npos || argument.back() != '\'' ||
        quote + 2 == argument.size()) {
      continue;
    }
    sink.Handle(diag::HookLiteralQuotes(
        args != nullptr && i < args->items().size() ? args->items()[i]->span()
                                                    : Span(),
        argument));
  }
}

}  // namespace

void Check(const Config& config, diag::Sink& sink) {
  CheckNames(config, sink);
  for (const auto& [key, image] : config.images) {
    if (image.build && image.build->kaniko) {
      CheckKaniko(key, *image.build->kaniko, sink);
    }
  }
  for (const Hook& hook : config.hooks) CheckHook(config, hook, sink);
}

}  // namespace ovenbird::config
