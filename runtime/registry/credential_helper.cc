#include "runtime/registry/credential_helper.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::registry {
namespace {

// Helpers say on stdout (docker's own) or stderr why they failed.
absl::string_view WhatItSays(const SubprocessResult& result) {
  absl::string_view out = absl::StripAsciiWhitespace(result.out);
  return out.empty() ? absl::StripAsciiWhitespace(result.err) : out;
}

}  // namespace

absl::StatusOr<std::optional<Credentials>> AskCredentialHelper(
    const std::string& helper, const std::string& server, Cancellation* cancel,
    absl::Duration timeout) {
  const std::string program = absl::StrCat("docker-credential-", helper);
  // A name with a slash would run a program from anywhere.
  if (absl::StrContains(helper, '/')) {
    return absl::InvalidArgumentError(
        absl::StrCat("credential helper `", helper,
                     "` has a slash; write only the NAME of "
                     "docker-credential-NAME, a program in PATH"));
  }
  Subprocess process;
  process.argv = {program, "get"};
  process.stdin_data = server;
  process.timeout = timeout;
  process.cancel = cancel;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  if (absl::IsNotFound(result.status())) {
    return absl::NotFoundError(absl::StrCat("credential helper `", program,
                                            "` is not installed on this "
                                            "machine (not in PATH)"));
  }
  if (!result.ok()) return result.status();
  if (!result->ok()) {
    const absl::string_view says = WhatItSays(*result);
    if (absl::StrContains(says, "credentials not found")) return std::nullopt;
    return absl::UnknownError(absl::StrCat(
        "`", program, " get` for ", server, " failed with ", result->Describe(),
        says.empty() ? "" : ": ", says.substr(0, says.find('\n'))));
  }
  absl::StatusOr<json::Value> answer = json::Parse(result->out);
  if (!answer.ok() || answer->as_object() == nullptr) {
    return absl::UnknownError(absl::StrCat("`", program, " get` for ", server,
                                           " did not answer with JSON"));
  }
  const absl::string_view secret = (*answer)["Secret"].string_or();
  if (secret.empty()) return std::nullopt;
  Credentials credentials;
  // The protocol's mark for an OAuth refresh token.
  if ((*answer)["Username"].string_or() == "<token>") {
    credentials.identity_token = std::string(secret);
  } else {
    credentials.username = std::string((*answer)["Username"].string_or());
    credentials.password = std::string(secret);
  }
  return credentials;
}

}  // namespace ovenbird::registry
