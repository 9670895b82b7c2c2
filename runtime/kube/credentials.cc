#include "runtime/kube/credentials.h"

#include <chrono>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/mutex.h"

namespace ovenbird::kube {
namespace {

class Fixed : public Credentials {
 public:
  explicit Fixed(Credential credential) : credential_(std::move(credential)) {}
  absl::StatusOr<Credential> Get(Cancellation*) override { return credential_; }
  bool Renew(const Credential&) override { return false; }

 private:
  const Credential credential_;
};

class TokenFile : public Credentials {
 public:
  TokenFile(std::string path, Credential base)
      : path_(std::move(path)), credential_(std::move(base)) {}

  absl::StatusOr<Credential> Get(Cancellation*) override {
    const auto now = std::chrono::steady_clock::now();
    MutexLock lock(&mutex_);
    if (now < fresh_until_) return credential_;
    absl::StatusOr<std::string> token = ReadFile(path_);
    if (!token.ok()) return token.status();
    absl::StripAsciiWhitespace(&*token);
    if (token->empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the token file `", path_, "` is empty"));
    }
    credential_.authorization = absl::StrCat("Bearer ", *token);
    fresh_until_ = now + std::chrono::minutes(1);
    return credential_;
  }

  bool Renew(const Credential& rejected) override {
    MutexLock lock(&mutex_);
    if (credential_ == rejected) fresh_until_ = {};
    return true;
  }

 private:
  const std::string path_;
  Mutex mutex_;
  Credential credential_ ABSL_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point fresh_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<Credentials> FixedCredentials(Credential credential) {
  return std::make_shared<Fixed>(std::move(credential));
}

std::shared_ptr<Credentials> TokenFileCredentials(std::string path,
                                                  Credential base) {
  return std::make_shared<TokenFile>(std::move(path), std::move(base));
}

}  // namespace ovenbird::kube
