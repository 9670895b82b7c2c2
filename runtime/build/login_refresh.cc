#include "runtime/build/login_refresh.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace ovenbird::build {

std::string LoginForStart(const LoginSource& source,
                          const plan::ImagePlan& plan, std::string planned,
                          Cancellation* cancel) {
  absl::StatusOr<std::string> login = source(plan, cancel);
  // After a `docker logout` the old credentials may still be valid.
  return login.ok() && !login->empty() ? *std::move(login) : planned;
}

LoginRefresh::LoginRefresh(LoginRefreshOptions options, Cancellation* parent)
    : options_(std::move(options)), cancel_(parent) {
  const absl::Status started = StartThread(
      thread_,
      [this] {
        while (!cancel_.SleepFor(options_.interval) && RefreshOnce()) {
        }
      },
      [this] { has_no_memory_ = true; });
  if (!started.ok()) Note(started.message());
}

LoginRefresh::~LoginRefresh() {
  cancel_.Cancel();
  Join(thread_);
}

std::string LoginRefresh::Stop() {
  cancel_.Cancel();
  Join(thread_);
  if (has_no_memory_) Note("there is no more memory");
  MutexLock lock(&mutex_);
  return problem_;
}

bool LoginRefresh::RefreshOnce() {
  const absl::StatusOr<std::string> now = options_.ask(&cancel_);
  if (cancel_.cancelled()) return false;
  if (!now.ok()) {
    Note(now.status().message());
    return true;
  }
  // After a `docker logout` the old credentials may still be valid.
  if (now->empty() || *now == options_.login) {
    Note("");
    return true;
  }
  const absl::Status replaced = options_.replace(*now, &cancel_);
  if (cancel_.cancelled()) return false;
  if (replaced.ok()) options_.login = *now;
  Note(replaced.message());
  return !absl::IsPermissionDenied(replaced) && !absl::IsNotFound(replaced);
}

void LoginRefresh::Note(absl::string_view problem) {
  MutexLock lock(&mutex_);
  problem_ = problem.empty()
                 ? ""
                 : absl::StrCat(
                       "the registry credentials of the build could "
                       "not be renewed: ",
                       problem);
}

}  // namespace ovenbird::build
