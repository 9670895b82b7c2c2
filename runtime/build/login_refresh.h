// Keeps the registry credentials of a running build valid: tokens of clouds
// expire within hours, and kaniko reads its config.json again for each push.
#ifndef OVENBIRD_RUNTIME_BUILD_LOGIN_REFRESH_H_
#define OVENBIRD_RUNTIME_BUILD_LOGIN_REFRESH_H_

#include <atomic>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {

// Returns the config.json that the build of this plan needs now; an error if
// the user's config or a credential helper fails.
using LoginSource = std::function<absl::StatusOr<std::string>(
    const plan::ImagePlan&, Cancellation*)>;

// Helpers return tokens that expire in 4 minutes or later, and a kubelet takes
// a minute to bring a Secret into a pod.
inline constexpr absl::Duration kLoginRefreshInterval = absl::Minutes(2);

// Returns the config.json for a build that begins now: the current one, or
// `planned` if there is none or it cannot be had (LoginRefresh asks again, and
// reports that).
std::string LoginForStart(const LoginSource& source,
                          const plan::ImagePlan& plan, std::string planned,
                          Cancellation* cancel);

// The login of one build, and how to renew it. All parts are required.
struct LoginRefreshOptions {
  std::string login;  // the config.json that the container has
  // Returns the current config.json.
  std::function<absl::StatusOr<std::string>(Cancellation*)> ask;
  // Puts a config.json in place of the container's.
  std::function<absl::Status(const std::string& login, Cancellation*)> replace;
  absl::Duration interval = kLoginRefreshInterval;
};

// Asks for the login again and again, and replaces that of the container when
// it has changed, in a thread of its own.
class LoginRefresh {
 public:
  // Starts. Is stopped with `parent`, which may be null and must outlive it.
  LoginRefresh(LoginRefreshOptions options, Cancellation* parent);
  ~LoginRefresh();

  // Ends the thread. Returns why the container may have old credentials, in one
  // sentence; empty: it has the current ones.
  std::string Stop();

 private:
  // Returns whether to go on.
  bool RefreshOnce();
  void Note(absl::string_view problem);

  LoginRefreshOptions options_;
  Cancellation cancel_;
  Mutex mutex_;
  std::string problem_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> has_no_memory_ = false;
  Thread thread_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOGIN_REFRESH_H_
