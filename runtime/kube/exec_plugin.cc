#include "runtime/kube/exec_plugin.h"

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::kube {
namespace {

constexpr absl::string_view kGroup = "client.authentication.k8s.io/";

class ExecPlugin : public Credentials {
 public:
  ExecPlugin(ConfigExec exec, json::Value cluster_info,
             ExecPluginOptions options)
      : exec_(std::move(exec)),
        cluster_info_(std::move(cluster_info)),
        options_(std::move(options)) {}

  absl::StatusOr<Credential> Get(Cancellation* cancel) override {
    const Cancellation::Subscription wake(cancel, [this] {
      MutexLock lock(&mutex_);
      changed_.SignalAll();
    });
    {
      // The plugin runs once for all: it may open a browser.
      MutexLock lock(&mutex_);
      while (is_running_) {
        RETURN_IF_ERROR(CheckNotCancelled(cancel));
        changed_.Wait(&mutex_);
      }
      if (have_ && absl::Now() < expires_) return credential_;
      have_ = false;
      RETURN_IF_ERROR(CheckConfig());
      is_running_ = true;
    }
    // Also after an exception: others wait for it.
    auto leave = absl::MakeCleanup([this] {
      MutexLock lock(&mutex_);
      is_running_ = false;
      changed_.SignalAll();
    });
    const absl::StatusOr<std::string> output = RunPlugin(cancel);
    MutexLock lock(&mutex_);
    std::move(leave).Cancel();
    is_running_ = false;
    changed_.SignalAll();
    if (!output.ok()) return output.status();
    RETURN_IF_ERROR(Take(*output));
    have_ = true;
    return credential_;
  }

  bool Renew(const Credential& rejected) override {
    MutexLock lock(&mutex_);
    if (have_ && credential_ == rejected) have_ = false;
    return true;
  }

 private:
  absl::Status Problem(absl::StatusCode code, absl::string_view message) const {
    return absl::Status(code, absl::StrCat(exec_.where, ": the exec plugin `",
                                           exec_.command, "` ", message));
  }

  absl::Status CheckConfig() const {
    absl::string_view version = exec_.api_version;
    if (!absl::ConsumePrefix(&version, kGroup) ||
        (version != "v1" && version != "v1beta1" && version != "v1alpha1")) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("uses `", exec_.api_version,
                       "`; supported are client.authentication.k8s.io/v1 and "
                       "/v1beta1"));
    }
    if (exec_.always_interactive) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          "requires a terminal (interactiveMode: Always), which is not "
          "available here; use a context with other credentials");
    }
    return absl::OkStatus();
  }

  std::string ExecInfo() const {
    json::Value spec;
    if (exec_.provide_cluster_info) spec.Set("cluster", cluster_info_);
    spec.Set("interactive", false);
    json::Value info;
    info.Set("kind", "ExecCredential");
    info.Set("apiVersion", exec_.api_version);
    info.Set("spec", std::move(spec));
    return json::Write(info);
  }

  absl::StatusOr<std::string> RunPlugin(Cancellation* cancel) const {
    Subprocess process;
    process.argv.push_back(exec_.command);
    process.argv.insert(process.argv.end(), exec_.args.begin(),
                        exec_.args.end());
    process.set_env = exec_.env;
    process.set_env.emplace_back("KUBERNETES_EXEC_INFO", ExecInfo());
    process.on_stderr = options_.on_message;
    process.timeout = options_.timeout;
    process.cancel = cancel;
    absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    if (absl::IsNotFound(result.status())) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("is not installed (or not in PATH)",
                       exec_.install_hint.empty() ? "" : "\n",
                       absl::StripAsciiWhitespace(exec_.install_hint)));
    }
    if (absl::IsDeadlineExceeded(result.status())) {
      return Problem(absl::StatusCode::kDeadlineExceeded,
                     absl::StrCat("gave no credentials within ",
                                  absl::FormatDuration(options_.timeout)));
    }
    if (absl::IsCancelled(result.status())) return result.status();
    if (!result.ok()) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("cannot be run: ", result.status().message()));
    }
    if (!result->ok()) {
      const absl::string_view said = absl::StripAsciiWhitespace(result->err);
      return Problem(absl::StatusCode::kUnauthenticated,
                     absl::StrCat("failed (", result->Describe(), ")",
                                  said.empty() ? "" : ":\n", said));
    }
    return std::move(result->out);
  }

  absl::Status Take(const std::string& output)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::StatusOr<json::Value> parsed = json::Parse(output);
    if (!parsed.ok()) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("did not write JSON: ", parsed.status().message()));
    }
    const json::Value& reply = *parsed;
    if (reply["kind"].string_or() != "ExecCredential" ||
        !absl::StartsWith(reply["apiVersion"].string_or(), kGroup)) {
      return Problem(absl::StatusCode::kFailedPrecondition,
                     "wrote JSON that is not an ExecCredential");
    }
    if (reply["apiVersion"].string_or() != exec_.api_version) {
      return Problem(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("answers in ", reply["apiVersion"].string_or(),
                       ", but the kubeconfig says ", exec_.api_version,
                       "; write the plugin's version into the kubeconfig"));
    }
    const json::Value& status = reply["status"];
    Credential next;
    if (const absl::string_view token = status["token"].string_or();
        !token.empty()) {
      next.authorization = absl::StrCat("Bearer ", token);
    }
    next.client_cert_pem =
        std::string(status["clientCertificateData"].string_or());
    next.client_key_pem = std::string(status["clientKeyData"].string_or());
    if (next == Credential()) {
      return Problem(absl::StatusCode::kUnauthenticated,
                     "gave neither a token nor a client certificate");
    }
    expires_ = absl::InfiniteFuture();
    const absl::string_view expires = status["expirationTimestamp"].string_or();
    std::string error;
    if (!expires.empty() &&
        !absl::ParseTime(absl::RFC3339_full, expires, &expires_, &error)) {
      return Problem(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("gave a bad expirationTimestamp, `", expires,
                                  "`: ", error));
    }
    // Not to be caught by the expiry on the way to the server.
    expires_ -= absl::Seconds(10);
    credential_ = std::move(next);
    return absl::OkStatus();
  }

  const ConfigExec exec_;
  const json::Value cluster_info_;
  const ExecPluginOptions options_;
  Mutex mutex_;
  CondVar changed_;
  bool is_running_ ABSL_GUARDED_BY(mutex_) = false;
  bool have_ ABSL_GUARDED_BY(mutex_) = false;
  Credential credential_ ABSL_GUARDED_BY(mutex_);
  absl::Time expires_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<Credentials> ExecPluginCredentials(ConfigExec exec,
                                                   json::Value cluster_info,
                                                   ExecPluginOptions options) {
  return std::make_shared<ExecPlugin>(std::move(exec), std::move(cluster_info),
                                      std::move(options));
}

}  // namespace ovenbird::kube
