// Build secrets: which are given, which the Dockerfile asks for, their values.
#ifndef OVENBIRD_RUNTIME_PLAN_SECRETS_H_
#define OVENBIRD_RUNTIME_PLAN_SECRETS_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/secret_mounts.h"
#include "runtime/kube/build_spec.h"

namespace ovenbird::plan {

// A secret that the user gives.
struct GivenSecret {
  // Without its value.
  kube::BuildSecret secret;
  // Of the ID in the config; no file: it is from the command line.
  Span span;
};

// Parses the value of `--secret`, by docker's rules: `id=ID` with `src=FILE` or
// `env=NAME`; with neither, the variable ID, or the file ID if it is not set.
// kInvalidArgument if it is not such a value.
absl::StatusOr<kube::BuildSecret> ParseSecretFlag(
    absl::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment);

// Returns the secrets of the config and of the command line, which come first
// and take the place of those with their IDs. `folder` is the config's; `~`
// means `home`. `options` may be null.
std::vector<GivenSecret> GivenSecrets(
    const config::BuildOptions* options,
    const std::vector<kube::BuildSecret>& command_line,
    const std::string& folder, const std::string& home);

// A Dockerfile's mounts of secrets.
struct AskedSecrets {
  std::vector<dockerfile::SecretMount> mounts;
  // The stages that are built.
  std::vector<int> stages;

  // Returns whether any stage names the secret, or may do so by a variable.
  bool MayAskFor(absl::string_view id) const;
};

// Reports to `sink` the secrets of the config that the file `dockerfile` does
// not ask for.
void ReportUnused(const std::vector<GivenSecret>& given,
                  const AskedSecrets& asked, const std::string& dockerfile,
                  diag::Sink& sink);

// Reports to `sink` the secrets that are asked for but not given.
void ReportMissing(const std::vector<GivenSecret>& given,
                   const AskedSecrets& asked, diag::Sink& sink);

// Returns the secrets with these IDs, in the order of `given`, with their
// values; reports those whose value cannot be read. Without `environment` no
// value is read.
std::vector<kube::BuildSecret> ReadSecrets(
    const std::vector<GivenSecret>& given, const std::set<std::string>& ids,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment,
    diag::Sink& sink);

// Warns of secrets of the config with these IDs that have no value here and
// now. Opens their files, but reads none; a file of the command line may be a
// pipe, and is left alone.
void LookForSecrets(
    const std::vector<GivenSecret>& given, const std::set<std::string>& ids,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment,
    diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_SECRETS_H_
