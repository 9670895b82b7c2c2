#include "runtime/build/kaniko_log.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/build/dockerfile_line.h"
#include "runtime/registry/digest.h"

namespace ovenbird::build {
namespace {

constexpr size_t kFirstLines = 20;
constexpr size_t kLastLines = 20;
constexpr size_t kOutputLines = 10;  // of a command
constexpr int kMaxTriggers = 1'000'000;

// A part of kaniko's message, what it means, what to do. The first row whose
// `all` parts are in the message wins: the special ones stand first.
struct Cause {
  absl::string_view part;
  absl::string_view also;  // must be in the message too; may be empty
  absl::string_view what;
  absl::string_view hint;
  absl::string_view hint_here = {};  // without a cluster; empty: the same
};
constexpr Cause kCauses[] = {
    {"server gave HTTP response to HTTPS client", "",
     "the registry uses plain HTTP, but kaniko connected over HTTPS",
     "set `insecure: true` under `kaniko`; for a base image on another such "
     "host, add `args: [\"--insecure-registry=HOST:PORT\"]`"},
    {"certificate signed by unknown authority", "",
     "kaniko does not trust the registry's certificate",
     "mount the CA with `additionalMounts` and pass "
     "`--registry-certificate=HOST=/path/ca.crt` in `args` (kaniko 0.19 and "
     "later), or for tests `--skip-tls-verify`"},
    {"x509: certificate", "", "kaniko rejects the registry's certificate",
     "check its names and dates: `openssl s_client -connect HOST:PORT`"},
    {"executable file not found in $PATH", "docker-credential",
     "the Docker config names a credential helper that the kaniko image lacks",
     "use a Secret with `auths`, or with `ecr-login`, `gcr` or `acr-env` if "
     "the image has that helper; a `credsStore` of your machine does not work "
     "in the cluster"},
    {"parsing config file", "", "the mounted Docker config is not JSON",
     "check the value of the Secret; shell quotes are a common cause"},
    {"error checking push permissions", "UNAUTHORIZED",
     "the registry refused the push: not logged in, or no permission to push",
     "log in with `docker login REGISTRY`, or check the Secret in "
     "`pullSecret`"},
    {"error checking push permissions", "DENIED",
     "the registry refused the push: the account has no permission to push "
     "there",
     "check the permissions of the repository"},
    {"error checking push permissions", "NAME_UNKNOWN",
     "the repository does not exist in the registry",
     "create it first; ECR, for example, does not create repositories on push"},
    {"error checking push permissions", "connection refused",
     "kaniko cannot reach the registry",
     "use a registry address that the cluster can reach; in a pod, 127.0.0.1 "
     "and localhost are the pod itself",
     "check the address; nothing listens on that address and port of this "
     "machine's network"},
    {"error checking push permissions", "no such host",
     "kaniko cannot resolve the registry's name",
     "check the name, and the cluster's DNS",
     "check the name, and this machine's DNS"},
    {"error checking push permissions", "", "the registry refused the push",
     ""},
    {"error pushing image", "UNAUTHORIZED",
     "the registry refused the push: not logged in, or no permission to push",
     "log in again; a token can expire during a long build"},
    {"error pushing image", "connection refused",
     "the registry could not be reached for the push",
     "check that it works, and build again; it was reachable before the build"},
    {"error pushing image", "", "the push failed", ""},
    {"UNAUTHORIZED", "Action:pull",
     "a base image could not be pulled: not logged in to its registry",
     "log in with `docker login` to the registry of that FROM line; "
     "Ovenbird then gives kaniko those credentials too"},
    {"UNAUTHORIZED", "",
     "the registry refused access: not logged in, or no permission", ""},
    {"TOOMANYREQUESTS", "", "the registry's rate limit is reached",
     "log in to it, or use a mirror: `args: [\"--registry-mirror=HOST\"]`"},
    {"MANIFEST_UNKNOWN", "", "a base image does not exist",
     "check the name and tag in the FROM line"},
    {"manifest unknown", "", "a base image does not exist",
     "check the name and tag in the FROM line"},
    {"is not a valid target build stage", "",
     "the Dockerfile has no such stage", "check `options.target`"},
    {"Error finding target stage", "", "the Dockerfile has no such stage",
     "check `options.target`"},
    {"parse error", "ockerfile", "kaniko cannot parse the Dockerfile", ""},
    {"unknown instruction", "", "kaniko cannot parse the Dockerfile", ""},
    {"unknown flag", "", "this kaniko version does not know a flag",
     "check `args` against the version of the kaniko image"},
    {"/kaniko/Dockerfile: operation not permitted", "",
     "kaniko does not run as root in its container",
     "remove `runAsUser` from `securityContext`; kaniko unpacks and changes a "
     "root file system"},
    {"/kaniko/Dockerfile: permission denied", "",
     "kaniko does not run as root in its container",
     "remove `runAsUser` from `securityContext`; kaniko unpacks and changes a "
     "root file system"},
    {"/kaniko/Dockerfile: read-only file system", "",
     "kaniko's container is read-only",
     "remove `readOnlyRootFilesystem` from `securityContext`"},
    {"peration not permitted", "failed to execute command",
     "a command of the Dockerfile needs more permissions than the container "
     "has",
     "find out which capability it needs, and add it to "
     "`securityContext.capabilities` under `kaniko`"},
    {"kaniko should only be run inside of a container", "",
     "kaniko does not see that it runs in a container",
     "check that `env` does not change `container=kube`, which Ovenbird sets "
     "for this"},
    {"read-only file system", "", "an instruction writes to a mounted path",
     "mount the Secrets and ConfigMaps of `additionalMounts` where the "
     "Dockerfile does not write; they are read-only"},
    {"could not save file", "/proc/",
     "kaniko cannot copy the whole file system of another stage",
     "copy only the folders that are needed: `COPY --from=STAGE /usr /usr`"},
    {"signal: killed", "", "a RUN command was killed",
     "raise `resources.limits.memory`; the most common cause is too little "
     "memory",
     "free memory on this machine, or give Docker's VM more; the most common "
     "cause is too little memory"},
    {"no space left on device", "", "the build's disk is full",
     "raise `ephemeral-storage` in `resources`, or delete files in the same "
     "RUN",
     "free disk space where this machine stores its containers, or delete "
     "files in the same RUN"},
    {"no such host", "", "a host name could not be resolved",
     "check the name, and the cluster's DNS",
     "check the name, and this machine's DNS"},
    {"server misbehaving", "", "a host name could not be resolved",
     "check the cluster's DNS", "check this machine's DNS"},
    {"i/o timeout", "", "a registry did not answer in time",
     "check that the cluster reaches it", "check that this machine reaches it"},
    {"connection refused", "", "a registry could not be reached",
     "check the address; in a pod, 127.0.0.1 and localhost are the pod itself",
     "check the address; nothing listens on that address and port of this "
     "machine's network"},
};

// Parts of messages about what may work an hour later, without a change of the
// user's files.
constexpr absl::string_view kMayPass[] = {
    "connection refused",   "connection reset by peer",
    "i/o timeout",          "no such host",
    "server misbehaving",   "TLS handshake timeout",
    "TOOMANYREQUESTS",      "500 Internal Server Error",
    "502 Bad Gateway",      "503 Service Unavailable",
    "504 Gateway Time-out", "504 Gateway Timeout",
};

// "INFO Running: [/bin/sh -c make]": the output of the command follows.
bool StartsCommand(absl::string_view line) {
  const size_t at = line.find(" Running: [");
  return absl::StartsWith(line, "INFO") && at < 20;
}

// Whether the line is kaniko's own, not one of a command.
bool HasLevel(absl::string_view line) {
  constexpr absl::string_view kLevels[] = {"TRAC", "DEBU", "INFO", "WARN",
                                           "ERRO"};
  return std::any_of(
      std::begin(kLevels), std::end(kLevels),
      [&](absl::string_view level) { return absl::StartsWith(line, level); });
}

std::string WithoutColour(absl::string_view line) {
  std::string plain;
  plain.reserve(line.size());
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b' && i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && !absl::ascii_isalpha(line[i])) ++i;
      continue;
    }
    if (line[i] != '\r') plain += line[i];
  }
  return plain;
}

// The line that says why: the first "Error:" (flags: usage follows it), else
// the last "error ..." line, else the last line.
absl::string_view CauseLine(const std::vector<std::string>& first,
                            const std::deque<std::string>& last) {
  for (const std::string& line : first) {
    if (absl::StartsWith(line, "Error: ")) return line;
  }
  for (auto line = last.rbegin(); line != last.rend(); ++line) {
    if (absl::StartsWith(*line, "error ") || absl::StartsWith(*line, "Error")) {
      return *line;
    }
  }
  return last.empty() ? absl::string_view() : absl::string_view(last.back());
}

// `time="..." level=info msg="..."`, as --log-format=text writes it: the level
// and what follows "msg=".
bool SplitText(absl::string_view line, absl::string_view& level,
               absl::string_view& message) {
  if (!absl::ConsumePrefix(&line, "time=")) return false;
  size_t at = line.find(" level=");
  if (at == absl::string_view::npos) return false;
  line.remove_prefix(at + 7);
  at = line.find(" msg=");
  if (at == absl::string_view::npos) return false;
  level = line.substr(0, at);
  message = line.substr(at + 5);
  return true;
}

// Go's strconv.Quote, or the bare word that needs no quotes.
std::string Unquoted(absl::string_view text) {
  if (text.size() < 2 || text.front() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string result;
  // Go's escapes are C's, but for \u and \U, which name the same characters.
  return absl::CUnescape(text, &result) ? result : std::string(text);
}

// Of "INFO Executing 2 build triggers", with seconds or without; else 0.
int TriggersIn(absl::string_view line) {
  int count = 0;
  if (!absl::ConsumePrefix(&line, "INFO") ||
      !absl::ConsumeSuffix(&line, " build triggers")) {
    return 0;
  }
  constexpr absl::string_view kBefore = " Executing ";
  const size_t at = line.find(kBefore);
  if (at == absl::string_view::npos ||
      !absl::SimpleAtoi(line.substr(at + kBefore.size()), &count)) {
    return 0;
  }
  // A RUN instruction can print such a line, too, with any number.
  return std::clamp(count, 0, kMaxTriggers);
}

// Returns what a command has printed before kaniko's line that starts it: the
// two streams of a container reach its log in any order. `last`: the lines
// before.
std::deque<std::string> EarlyOutput(const std::deque<std::string>& last) {
  std::deque<std::string> early;
  for (auto line = last.rbegin(); line != last.rend(); ++line) {
    if (!InstructionOf(*line).empty()) return early;
    if (!HasLevel(*line)) early.push_front(*line);
  }
  return {};
}

}  // namespace

std::string ReadableLine(absl::string_view line) {
  absl::string_view level, message;
  if (SplitText(line, level, message)) {
    return absl::StrCat(absl::AsciiStrToUpper(level.substr(0, 4)), " ",
                        Unquoted(message));
  }
  // logrus: the level in colour, then the seconds.
  if (absl::StartsWith(line, "\x1b[") && absl::StrContains(line, "\x1b[0m[")) {
    return std::string(absl::StripTrailingAsciiWhitespace(WithoutColour(line)));
  }
  return std::string(line);
}

std::string PrintedDigest(absl::string_view printed) {
  printed = absl::StripAsciiWhitespace(printed);
  return registry::CheckDigest(printed).ok() ? std::string(printed) : "";
}

void KanikoLog::Add(absl::string_view raw) {
  std::string line = WithoutColour(raw);
  constexpr absl::string_view kPushed = "Pushed ";
  if (size_t at = line.find("Pushed "); at != std::string::npos) {
    absl::string_view pushed =
        absl::string_view(line).substr(at + kPushed.size());
    if (size_t at_sign = pushed.find("@sha256:");
        at_sign != absl::string_view::npos) {
      constexpr size_t kDigestSize = 71;
      std::string digest =
          PrintedDigest(pushed.substr(at_sign + 1, kDigestSize));
      if (!digest.empty()) pushed_digest_ = std::move(digest);
    }
  }
  if (absl::StrContains(line, "Error uploading layer to cache") &&
      warnings_.size() < 5) {
    warnings_.push_back(line);
  }
  triggers_ = std::min(triggers_ + TriggersIn(line), kMaxTriggers);
  // Layers for the cache are pushed with other words.
  if (absl::StrContains(line, "Pushing image to ")) has_begun_to_push_ = true;
  // Later it could be the output of a command.
  if (base_.empty() && instruction_.empty() &&
      absl::StrContains(line, "error resolving dockerfile path: ")) {
    has_no_dockerfile_ = true;
  }
  if (absl::string_view run = InstructionOf(line); !run.empty()) {
    instruction_ = std::string(run);
    output_.reset();
  } else if (StartsCommand(line)) {
    output_ = EarlyOutput(last_);
  } else if (output_) {
    output_->push_back(line);
    // One more: the last one is kaniko's own.
    if (output_->size() > kOutputLines + 1) output_->pop_front();
  }
  constexpr absl::string_view kRetrieving = "Retrieving image manifest ";
  if (const size_t at = line.find(kRetrieving.data());
      at != std::string::npos) {
    base_ = line.substr(at + kRetrieving.size());
  }
  if (first_.size() < kFirstLines) first_.push_back(line);
  last_.push_back(std::move(line));
  if (last_.size() > kLastLines) last_.pop_front();
}

Failure KanikoLog::Explain(int exit_code, const SourceFile* dockerfile,
                           KanikoRunsIn where,
                           const rewrite::Rewritten* rewritten) const {
  Failure failure;
  failure.kind = FailureKind::kBuild;
  absl::string_view line = CauseLine(first_, last_);
  for (const Cause& cause : kCauses) {
    if (absl::StrContains(line, cause.part) &&
        (cause.also.empty() || absl::StrContains(line, cause.also))) {
      failure.what = std::string(cause.what);
      const bool here =
          where == KanikoRunsIn::kContainer && !cause.hint_here.empty();
      failure.hint = std::string(here ? cause.hint_here : cause.hint);
      break;
    }
  }
  if (failure.what.empty()) {
    failure.what =
        absl::StrContains(line, "failed to execute command")
            ? absl::StrCat("a command of the Dockerfile failed (exit code ",
                           exit_code, ")")
            : absl::StrCat("kaniko exited with code ", exit_code);
  }
  if (std::any_of(std::begin(kMayPass), std::end(kMayPass),
                  [&](absl::string_view part) {
                    return absl::StrContains(line, part);
                  })) {
    failure.kind = FailureKind::kEnvironment;
  }
  failure.details = OutputBefore(line);
  if (!line.empty()) failure.details.emplace_back(line);
  if (dockerfile == nullptr) return failure;
  const bool in_stage = absl::StrContains(line, "error building stage");
  std::string place =
      FailedLine(*dockerfile, line, in_stage ? instruction_ : "", rewritten);
  if (place.empty() && !has_begun_to_push_ && instruction_.empty()) {
    place = FailedBase(*dockerfile, base_, rewritten);
  }
  if (!place.empty()) failure.details.push_back(std::move(place));
  return failure;
}

std::vector<std::string> KanikoLog::OutputBefore(
    absl::string_view cause) const {
  if (!output_ || !absl::StrContains(cause, "failed to execute command")) {
    return {};
  }
  std::vector<std::string> lines(output_->begin(), output_->end());
  if (const auto own = std::find(lines.begin(), lines.end(), cause);
      own != lines.end()) {
    lines.erase(own);
  }
  if (lines.size() > kOutputLines) lines.erase(lines.begin());
  return lines;
}

}  // namespace ovenbird::build
