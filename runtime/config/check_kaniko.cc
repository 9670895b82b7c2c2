#include "runtime/config/check_kaniko.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/clean_path.h"
#include "runtime/config/check_scheduling.h"
#include "runtime/config/quantity.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {
namespace {

using decode::Context;
using decode::KeySpanOf;
using decode::SpanOf;
using Strings = std::vector<std::pair<std::string, std::string>>;

const yaml::Node* ValueOf(const yaml::Node* source, absl::string_view field) {
  return source == nullptr ? nullptr : source->Find(field);
}

// Paths of the kaniko container that the build itself uses.
constexpr std::pair<absl::string_view, absl::string_view> kOwnPaths[] = {
    {"/", "the whole container"},    {"/context", "the build context"},
    {"/dev", "the devices"},         {"/kaniko", "kaniko's own files"},
    {"/proc", "the kernel's files"}, {"/kaniko/executor", "kaniko itself"},
    {"/sys", "the kernel's files"},
};
constexpr absl::string_view kLoginPath = "/kaniko/.docker";

absl::string_view Hidden(absl::string_view path, const Kaniko& kaniko) {
  for (const auto& [own, what] : kOwnPaths) {
    if (path == own) return what;
  }
  // A login of one's own is a fair use of that path.
  const bool has_login =
      !kaniko.pull_secret.empty() && !kaniko.skip_pull_secret_mount;
  return path == kLoginPath && has_login ? "the credentials of `pullSecret`"
                                         : "";
}

// The API server takes two spellings of one path, and the second mount hides
// the first.
const Mount* FindEarlier(const std::vector<Mount>& mounts, size_t index) {
  const std::string path = CleanPath(mounts[index].mount_path);
  for (size_t i = 0; i < index; ++i) {
    // Equal ones are known already.
    if (mounts[i].mount_path == mounts[index].mount_path) return nullptr;
    if (CleanPath(mounts[i].mount_path) == path) return &mounts[i];
  }
  return nullptr;
}

void CheckMounts(const Kaniko& kaniko, Context& context) {
  const Context::Scope scope(&context, "additionalMounts");
  for (size_t i = 0; i < kaniko.additional_mounts.size(); ++i) {
    const Mount& mount = kaniko.additional_mounts[i];
    if (mount.mount_path.empty()) continue;
    const Context::Scope item(&context, i);
    const Context::Scope field(&context, "mountPath");
    if (const Mount* first = FindEarlier(kaniko.additional_mounts, i)) {
      context.Report(diag::DuplicateItem(SpanOf(mount.source, "mountPath"),
                                         mount.mount_path, "additionalMounts")
                         .WithLabel(SpanOf(first->source, "mountPath"),
                                    "first given here"),
                     ValueOf(mount.source, "mountPath"));
      continue;
    }
    const absl::string_view hidden =
        Hidden(CleanPath(mount.mount_path), kaniko);
    if (hidden.empty()) continue;
    context.Report(diag::MountOverOwn(SpanOf(mount.source, "mountPath"),
                                      mount.mount_path, hidden),
                   ValueOf(mount.source, "mountPath"));
  }
}

class ResourceChecker {
 public:
  ResourceChecker(const Resources& resources, Context& context)
      : resources_(resources), context_(context) {}

  void Check() {
    const Context::Scope scope(&context_, "resources");
    Negative("requests", resources_.requests);
    Negative("limits", resources_.limits);
    for (const auto& [name, request] : resources_.requests) {
      for (const auto& [limited, limit] : resources_.limits) {
        if (name == limited) Compare(name, request, limit);
      }
    }
  }

 private:
  const yaml::Node* Section(absl::string_view name) const {
    return ValueOf(resources_.source, name);
  }

  void Negative(absl::string_view section, const Strings& amounts) {
    const Context::Scope scope(&context_, section);
    for (const auto& [name, amount] : amounts) {
      const std::optional<double> value = QuantityValue(amount);
      if (!value.has_value() || *value >= 0) continue;
      const Context::Scope entry(&context_, name);
      context_.Report(diag::OutOfRange(SpanOf(Section(section), name), name,
                                       amount, "at least 0"),
                      ValueOf(Section(section), name));
    }
  }

  void Compare(const std::string& name, const std::string& request,
               const std::string& limit) {
    const std::optional<double> asked = QuantityValue(request);
    const std::optional<double> allowed = QuantityValue(limit);
    if (!asked || !allowed || *asked <= *allowed) return;
    const Context::Scope scope(&context_, "requests");
    const Context::Scope entry(&context_, name);
    context_.Report(
        diag::RequestAboveLimit(SpanOf(Section("requests"), name), name,
                                request, limit)
            .WithLabel(SpanOf(Section("limits"), name), "the limit"),
        ValueOf(Section("requests"), name));
  }

  const Resources& resources_;
  Context& context_;
};

struct TolerationProblem {
  absl::string_view problem;
  absl::string_view advice;
  absl::string_view field;
};

// As the API server checks it.
std::optional<TolerationProblem> ProblemOf(const Toleration& toleration) {
  const bool exists = toleration.operator_ == TolerationOperator::kExists;
  if (exists && toleration.value && !toleration.value->empty()) {
    return TolerationProblem{"the operator `Exists` and a value",
                             "remove `value`, or write `operator: Equal`",
                             "value"};
  }
  if (!exists && (!toleration.key || toleration.key->empty())) {
    return TolerationProblem{
        "no key, and its operator is not `Exists`",
        "add `key`, or write `operator: Exists` to tolerate all taints",
        "operator"};
  }
  if (toleration.toleration_seconds &&
      toleration.effect != TaintEffect::kNoExecute) {
    return TolerationProblem{
        "`tolerationSeconds`, and its effect is not `NoExecute`",
        "write `effect: NoExecute`, or remove `tolerationSeconds`",
        "tolerationSeconds"};
  }
  return std::nullopt;
}

void CheckTolerations(const Kaniko& kaniko, Context& context) {
  const Context::Scope scope(&context, "tolerations");
  for (size_t i = 0; i < kaniko.tolerations.size(); ++i) {
    const Toleration& toleration = kaniko.tolerations[i];
    const std::optional<TolerationProblem> found = ProblemOf(toleration);
    if (!found.has_value()) continue;
    const Context::Scope item(&context, i);
    context.Report(diag::BadToleration(SpanOf(toleration.source, found->field),
                                       found->problem, found->advice),
                   ValueOf(toleration.source, found->field));
  }
}

void CheckOwnKeys(absl::string_view field, const Strings& entries,
                  const Kaniko& kaniko, Context& context) {
  const Context::Scope scope(&context, field);
  const yaml::Node* mapping = ValueOf(kaniko.source, field);
  for (const auto& [name, value] : entries) {
    if (!absl::StartsWith(name, "ovenbird.dev/") &&
        name != "app.kubernetes.io/managed-by") {
      continue;
    }
    const Context::Scope entry(&context, name);
    context.Report(diag::OwnLabel(KeySpanOf(mapping, name), field, name),
                   ValueOf(mapping, name));
  }
}

// The pod's deadline is in whole seconds, 32 bits.
void CheckTimeout(const Kaniko& kaniko, Context& context) {
  absl::Duration timeout;
  if (!absl::ParseDuration(kaniko.timeout, &timeout)) return;
  const absl::Duration most =
      absl::Seconds(std::numeric_limits<int32_t>::max());
  if (timeout >= absl::Seconds(1) && timeout <= most) return;
  const Context::Scope scope(&context, "timeout");
  context.Report(
      diag::OutOfRange(
          SpanOf(kaniko.source, "timeout"), "timeout", kaniko.timeout,
          absl::StrCat("from `1s` to `", absl::FormatDuration(most), "`")),
      ValueOf(kaniko.source, "timeout"));
}

// A profile's name is needed with `Localhost`, and only there.
template <typename Profile>
void CheckProfile(absl::string_view field, const Profile& profile,
                  absl::string_view example, Context& context) {
  if (!profile.has_value()) return;
  const Context::Scope scope(&context, field);
  const bool local = profile->type == ProfileType::kLocalhost;
  const bool named = profile->localhost_profile.has_value();
  if (local && !named) {
    context.Report(
        diag::MissingField(SpanOf(profile->source, "type"), "localhostProfile",
                           context.Place(), example),
        ValueOf(profile->source, "type"));
  } else if (named && !local) {
    context.Report(
        diag::MissingCompanion(KeySpanOf(profile->source, "localhostProfile"),
                               "localhostProfile", "`type: Localhost`",
                               context.Place()),
        profile->source);
  }
}

class SecurityChecker {
 public:
  SecurityChecker(const SecurityContext& security, Context& context)
      : security_(security), context_(context) {}

  void Check() {
    const Context::Scope scope(&context_, "securityContext");
    if (security_.run_as_non_root.value_or(false)) {
      Cannot("runAsNonRoot", "true", "kaniko must be root");
    }
    if (security_.run_as_user.value_or(0) != 0) {
      Cannot("runAsUser", absl::StrCat(*security_.run_as_user),
             "kaniko must be root: 0");
    }
    if (security_.read_only_root_filesystem.value_or(false)) {
      Cannot("readOnlyRootFilesystem", "true",
             "kaniko unpacks the image there");
    }
    if (security_.privileged.value_or(false) &&
        !security_.allow_privilege_escalation.value_or(true)) {
      context_.Report(
          diag::SeveralOf(
              KeySpanOf(security_.source, "allowPrivilegeEscalation"),
              "`privileged: true` and `allowPrivilegeEscalation: false`",
              context_.Place())
              .WithLabel(KeySpanOf(security_.source, "privileged"),
                         "first one"),
          security_.source);
    }
    CheckProfile("seccompProfile", security_.seccomp_profile,
                 "profiles/kaniko.json", context_);
    CheckProfile("appArmorProfile", security_.app_armor_profile, "kaniko",
                 context_);
  }

 private:
  void Cannot(absl::string_view field, absl::string_view value,
              absl::string_view reason) {
    const Context::Scope scope(&context_, field);
    context_.Report(diag::KanikoCannotRun(SpanOf(security_.source, field),
                                          field, value, reason),
                    ValueOf(security_.source, field));
  }

  const SecurityContext& security_;
  Context& context_;
};

}  // namespace

void CheckKaniko(const Kaniko& kaniko, Context& context) {
  CheckMounts(kaniko, context);
  if (kaniko.resources) ResourceChecker(*kaniko.resources, context).Check();
  CheckTolerations(kaniko, context);
  CheckScheduling(kaniko, context);
  CheckOwnKeys("labels", kaniko.labels, kaniko, context);
  CheckOwnKeys("annotations", kaniko.annotations, kaniko, context);
  CheckTimeout(kaniko, context);
  if (kaniko.security_context) {
    SecurityChecker(*kaniko.security_context, context).Check();
  }
}

}  // namespace ovenbird::config
