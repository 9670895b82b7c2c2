#include "runtime/plan/secrets.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/suggest.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

using dockerfile::SecretMount;
using kube::BuildSecret;
using Environment =
    std::function<std::optional<std::string>(const std::string&)>;

// As BuildKit's.
constexpr size_t kMaxSize = 500 << 10;

std::string PathOf(const std::string& file, const std::string& folder,
                   const std::string& home) {
  fs::path path = file;
  if (absl::StartsWith(file, "~/") && !home.empty()) {
    path = fs::path(home) / file.substr(2);
  }
  return (fs::absolute(folder) / path).lexically_normal().string();
}

BuildSecret FromConfig(const config::BuildSecret& from,
                       const std::string& folder, const std::string& home) {
  BuildSecret secret;
  secret.id = from.id;
  secret.env = from.env;
  if (!from.file.empty()) secret.file = PathOf(from.file, folder, home);
  if (from.secret) {
    secret.secret_name = from.secret->name;
    secret.secret_key = from.secret->key;
  }
  return secret;
}

bool IsIn(const std::vector<BuildSecret>& secrets, absl::string_view id) {
  return absl::c_any_of(
      secrets, [&](const BuildSecret& secret) { return secret.id == id; });
}

bool IsGiven(const std::vector<GivenSecret>& given, absl::string_view id) {
  return absl::c_any_of(
      given, [&](const GivenSecret& one) { return one.secret.id == id; });
}

bool HasVariable(const SecretMount& mount) {
  return absl::StrContains(mount.id, '$');
}

constexpr char kTooLarge[] = "it is larger than 500 KiB";

std::string Unset(const std::string& variable) {
  return absl::StrCat("the environment variable `", variable, "` is not set");
}

// Returns why there is no value; "": `secret` has it. A path of a config must
// lead to a regular file; on the command line, `<(...)` of a shell is a pipe.
std::string Read(const Environment& environment, bool is_of_config,
                 BuildSecret& secret) {
  if (!secret.secret_name.empty()) return "";
  if (!secret.env.empty()) {
    std::optional<std::string> value = environment(secret.env);
    if (!value) return Unset(secret.env);
    secret.value = *std::move(value);
  } else {
    absl::StatusOr<std::string> content =
        is_of_config ? ReadRegularFile(secret.file, kMaxSize)
                     : ReadFile(secret.file, kMaxSize);
    if (absl::IsOutOfRange(content.status())) return kTooLarge;
    if (!content.ok()) return std::string(content.status().message());
    secret.value = *std::move(content);
  }
  return secret.value.size() > kMaxSize ? kTooLarge : "";
}

// Returns what Read() would of a secret of the config, but opens its file only.
std::string LookFor(const Environment& environment, const BuildSecret& secret) {
  if (!secret.secret_name.empty()) return "";
  if (!secret.env.empty()) {
    const std::optional<std::string> value = environment(secret.env);
    if (!value) return Unset(secret.env);
    return value->size() > kMaxSize ? kTooLarge : "";
  }
  const absl::Status status = CheckRegularFile(secret.file, kMaxSize);
  if (absl::IsOutOfRange(status)) return kTooLarge;
  return std::string(status.message());
}

}  // namespace

absl::StatusOr<BuildSecret> ParseSecretFlag(absl::string_view text,
                                            const Environment& environment) {
  ASSIGN_OR_RETURN(const std::vector<dockerfile::MountOption> options,
                   dockerfile::SplitMount(text));
  BuildSecret secret;
  std::string type;
  for (const dockerfile::MountOption& option : options) {
    if (!option.value) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", option.key, "` is not of the form NAME=VALUE"));
    }
    if (option.key == "id") {
      secret.id = *option.value;
    } else if (option.key == "src" || option.key == "source") {
      secret.file = *option.value;
    } else if (option.key == "env") {
      secret.env = *option.value;
    } else if (option.key == "type" &&
               (*option.value == "file" || *option.value == "env")) {
      type = *option.value;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("`", option.key, "=", *option.value,
                       "` is none of id=ID, src=FILE, env=NAME"));
    }
  }
  if (secret.id.empty()) return absl::InvalidArgumentError("`id` is missing");
  if (type == "env" && secret.env.empty()) {
    secret.env = std::exchange(secret.file, "");
  }
  if (!secret.env.empty() && !secret.file.empty()) {
    return absl::InvalidArgumentError("it has `src` and `env`");
  }
  if (secret.env.empty() && secret.file.empty()) {
    (environment(secret.id) ? secret.env : secret.file) = secret.id;
  }
  if (!secret.file.empty()) {
    secret.file = fs::absolute(secret.file).lexically_normal().string();
  }
  return secret;
}

std::vector<GivenSecret> GivenSecrets(
    const config::BuildOptions* options,
    const std::vector<BuildSecret>& command_line, const std::string& folder,
    const std::string& home) {
  std::vector<GivenSecret> given;
  for (const BuildSecret& secret : command_line) given.push_back({secret, {}});
  if (options == nullptr) return given;
  for (const config::BuildSecret& from : options->secrets) {
    if (IsIn(command_line, from.id)) continue;
    given.push_back({FromConfig(from, folder, home),
                     config::decode::SpanOf(from.source, "id")});
  }
  return given;
}

bool AskedSecrets::MayAskFor(absl::string_view id) const {
  return absl::c_any_of(mounts, [&](const SecretMount& mount) {
    return mount.id == id || HasVariable(mount);
  });
}

void ReportUnused(const std::vector<GivenSecret>& given,
                  const AskedSecrets& asked, const std::string& dockerfile,
                  diag::Sink& sink) {
  std::vector<std::string> ids;
  for (const SecretMount& mount : asked.mounts) ids.push_back(mount.id);
  for (const GivenSecret& one : given) {
    if (one.span.file == nullptr || asked.MayAskFor(one.secret.id)) continue;
    sink.Handle(diag::SecretUnused(one.span, one.secret.id,
                                   absl::StrCat("`", dockerfile, "`"),
                                   DidYouMean(one.secret.id, ids)));
  }
}

void ReportMissing(const std::vector<GivenSecret>& given,
                   const AskedSecrets& asked, diag::Sink& sink) {
  std::set<std::string> told;
  for (const SecretMount& mount : asked.mounts) {
    if (HasVariable(mount) || IsGiven(given, mount.id) ||
        !absl::c_linear_search(asked.stages, mount.stage)) {
      continue;
    }
    if (mount.required) {
      sink.Handle(diag::SecretMissing(mount.span, mount.id));
    } else if (told.insert(mount.id).second) {
      sink.Handle(diag::SecretNotGiven(mount.span, mount.id));
    }
  }
}

std::vector<BuildSecret> ReadSecrets(const std::vector<GivenSecret>& given,
                                     const std::set<std::string>& ids,
                                     const Environment& environment,
                                     diag::Sink& sink) {
  std::vector<BuildSecret> secrets;
  for (const GivenSecret& one : given) {
    if (ids.count(one.secret.id) == 0) continue;
    secrets.push_back(one.secret);
    if (!environment) continue;
    const std::string problem =
        Read(environment, one.span.file != nullptr, secrets.back());
    if (problem.empty()) continue;
    sink.Handle(diag::SecretUnreadable(one.span, one.secret.id, problem));
  }
  return secrets;
}

void LookForSecrets(const std::vector<GivenSecret>& given,
                    const std::set<std::string>& ids,
                    const Environment& environment, diag::Sink& sink) {
  for (const GivenSecret& one : given) {
    if (ids.count(one.secret.id) == 0 || one.span.file == nullptr) continue;
    const std::string problem = LookFor(environment, one.secret);
    if (problem.empty()) continue;
    diag::Diagnostic unreadable =
        diag::SecretUnreadable(one.span, one.secret.id, problem);
    unreadable.severity = diag::Severity::kWarning;
    sink.Handle(std::move(unreadable));
  }
}

}  // namespace ovenbird::plan
