#include "runtime/kube/executor_args.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/kube/snapshot_mode.h"
#include "runtime/kube/user_args.h"

namespace ovenbird::kube {
namespace {

// "reg.local:5000/a/b" -> "reg.local:5000".
absl::string_view RegistryOf(absl::string_view full_name) {
  return full_name.substr(0, full_name.find('/'));
}

class Args {
 public:
  explicit Args(const BuildSpec& spec)
      : spec_(spec),
        kaniko_(*spec.kaniko),
        version_(KanikoVersionOf(spec.executor.empty() ? spec.kaniko->image
                                                       : spec.executor)) {}

  std::vector<std::string> Make() {
    const std::string context = ContextPath(spec_);
    Add("dockerfile", absl::StrCat(context, "/", spec_.dockerfile));
    Add("context", absl::StrCat("dir://", context));
    for (const std::string& name : TaggedNames(spec_)) Add("destination", name);
    // The old name works everywhere, but newer versions complain about it.
    Add(Has("snapshot-mode") ? "snapshot-mode" : "snapshotMode",
        ToString(
            kaniko_.snapshot_mode.value_or(DefaultSnapshotMode(version_))));
    if (kaniko_.insecure) Insecure();
    Registries();
    if (!spec_.target.empty()) Add("target", spec_.target);
    if (spec_.platform) {
      AddIfKnown("custom-platform", spec_.platform->ToString());
    }
    for (const auto& [name, value] : spec_.build_args) {
      args_.insert(args_.end(),
                   {"--build-arg", absl::StrCat(name, "=", value)});
    }
    if (kaniko_.cache) Cache();
    KeepVarRun();
    Result();
    Improvements();
    UsersOwn();
    return std::move(args_);
  }

 private:
  bool Has(absl::string_view flag) const {
    return CanPassKanikoFlag(flag, version_);
  }
  void Add(absl::string_view flag, absl::string_view value) {
    args_.push_back(absl::StrCat("--", flag, "=", value));
  }
  void AddIfKnown(absl::string_view flag, absl::string_view value) {
    if (Has(flag)) Add(flag, value);
  }

  // The first two are for the push alone; the others are for the cache and for
  // base images of the same registry.
  void Insecure() {
    args_.insert(args_.end(), {"--insecure", "--skip-tls-verify"});
    const absl::string_view registry = RegistryOf(spec_.cache_repo);
    if (registry == "docker.io") return;
    AddIfKnown("insecure-registry", registry);
    AddIfKnown("skip-tls-verify-registry", registry);
  }

  // Asked for by name: left out only where it is known to be unknown, which is
  // an error of the config before.
  bool MayHave(absl::string_view flag) const {
    return HasFlag(*FindKanikoFlag(flag), version_) != Presence::kNo;
  }

  void Registries() {
    for (const std::string& mirror : kaniko_.registry_mirrors) {
      if (MayHave("registry-mirror")) Add("registry-mirror", mirror);
    }
    if (!MayHave("registry-certificate")) return;
    for (size_t i = 0; i < kaniko_.registry_certificates.size(); ++i) {
      Add("registry-certificate",
          absl::StrCat(kaniko_.registry_certificates[i].registry, "=",
                       RegistryCertificatePath(kaniko_, i)));
    }
  }

  bool PushesNothing() const {
    return spec_.skip_push || !spec_.tar_path.empty();
  }

  // Without a push the cache is read only, for the right to push may be
  // missing; an executor that cannot do that gets none.
  void Cache() {
    if (PushesNothing() && !Has("no-push-cache")) return;
    Add("cache", "true");
    Add("cache-repo", spec_.cache_repo);
    if (PushesNothing()) args_.push_back("--no-push-cache");
  }

  // How the digest, and without a push the image, come back.
  void Result() {
    Add("digest-file", "/dev/termination-log");
    if (PushesNothing()) args_.push_back("--no-push");
    if (spec_.tar_path.empty()) return;
    Add(Has("tar-path") ? "tar-path" : "tarPath", spec_.tar_path);
  }

  // Executors leave /var/run out of the image unless told otherwise.
  void KeepVarRun() {
    for (absl::string_view flag : {"ignore-var-run", "whitelist-var-run"}) {
      if (!Has(flag)) continue;
      Add(flag, "false");
      return;
    }
  }

  void Improvements() {
    // A layer of 500 MB takes 44 MB of memory instead of 1 GB (2 GB with the
    // cache), and half of the time.
    AddIfKnown("compressed-caching", "false");
    // Else it writes colours, to a pipe too.
    AddIfKnown("log-format", "text");
    AddIfKnown("push-retry", "3");
    AddIfKnown("image-download-retry", "3");
  }

  // The spec has what they say about build arguments and the target.
  static bool IsInSpec(const UserArg& arg) {
    return arg.flag == "target" ||
           (arg.flag == "build-arg" && absl::StrContains(arg.value, '='));
  }

  void UsersOwn() {
    size_t next = 0;
    for (const UserArg& arg : UserArgs(kaniko_)) {
      if (!IsInSpec(arg)) continue;
      args_.insert(args_.end(), kaniko_.args.begin() + next,
                   kaniko_.args.begin() + arg.begin);
      next = arg.end;
    }
    args_.insert(args_.end(), kaniko_.args.begin() + next, kaniko_.args.end());
  }

  const BuildSpec& spec_;
  const config::Kaniko& kaniko_;
  const std::optional<KanikoVersion> version_;
  std::vector<std::string> args_;
};

}  // namespace

bool HasPlatformFlag(absl::string_view executor) {
  return CanPassKanikoFlag("custom-platform", KanikoVersionOf(executor));
}

std::string RegistryCertificateFolder(size_t index) {
  return absl::StrCat("/kaniko/registry-ca/", index);
}

std::string RegistryCertificatePath(const config::Kaniko& kaniko,
                                    size_t index) {
  return absl::StrCat(RegistryCertificateFolder(index), "/",
                      kaniko.registry_certificates[index].key);
}

std::vector<std::string> ExecutorArgs(const BuildSpec& spec) {
  return Args(spec).Make();
}

}  // namespace ovenbird::kube
