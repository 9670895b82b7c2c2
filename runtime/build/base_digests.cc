#include "runtime/build/base_digests.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/status_macros.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/mirrors.h"
#include "runtime/plan/pull_places.h"
#include "runtime/registry/client.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

constexpr size_t kMostThreads = 8;
// A registry that is not reached by then may be one for the cluster only.
constexpr absl::Duration kConnectTimeout = absl::Seconds(3);
constexpr absl::Duration kTimeout = absl::Seconds(10);

bool HasFlag(const std::vector<std::string>& args, absl::string_view flag) {
  return std::any_of(args.begin(), args.end(), [&](const std::string& arg) {
    return arg == flag || arg == absl::StrCat(flag, "=true");
  });
}

}  // namespace

bool TakesWhatRegistryHas(const plan::ImagePlan& image) {
  switch (image.builder) {
    case plan::Builder::kKaniko:
      return true;
    case plan::Builder::kDocker:
      return HasFlag(image.docker->args, "--pull");
    case plan::Builder::kCustom:
      break;
  }
  return false;
}

BaseDigests::Question BaseDigests::QuestionOf(const plan::ImagePlan& image,
                                              const plan::PlannedBase& base) {
  Question question;
  absl::StatusOr<registry::Reference> name =
      registry::ParseReference(base.name);
  if (!name.ok()) return question;
  std::vector<std::string> mirrors;
  if (image.builder == plan::Builder::kKaniko) {
    mirrors = plan::RegistryMirrors(*image.kaniko);
  }
  for (const registry::Reference& place : plan::PlacesOf(*name, mirrors)) {
    question.emplace_back(
        place.ToString(),
        plan::IsInsecurePull(*image.kaniko, image.spec.image, place.domain));
  }
  return question;
}

BaseDigests::BaseDigests(const plan::Plan& plan,
                         const registry::DockerConfig* docker_config,
                         Cancellation* cancel)
    : docker_config_(docker_config), cancel_(cancel) {
  std::set<Question> questions;
  for (const auto& image : plan.images) {
    if (!TakesWhatRegistryHas(*image)) continue;
    for (const plan::PlannedBase& base : image->bases) {
      if (!base.image) questions.insert(QuestionOf(*image, base));
    }
  }
  questions_.assign(questions.begin(), questions.end());
  threads_.resize(std::min(kMostThreads, questions_.size()));
  for (Thread& thread : threads_) {
    if (!StartThread(
             thread, [this] { Work(); }, NobodyWaits)
             .ok())
      break;
  }
  if (!threads_.empty() && !threads_[0].joinable()) Work();
}

BaseDigests::~BaseDigests() {
  cancel_.Cancel();
  for (Thread& thread : threads_) Join(thread);
}

void BaseDigests::Work() {
  while (true) {
    const Question* question = nullptr;
    {
      MutexLock lock(&mutex_);
      if (next_ == questions_.size()) return;
      question = &questions_[next_++];
    }
    absl::StatusOr<std::string> answer = Ask(*question);
    MutexLock lock(&mutex_);
    answers_.emplace(*question, std::move(answer));
    changed_.SignalAll();
  }
}

// As kaniko does: what a mirror does not have, the next one may have.
absl::StatusOr<std::string> BaseDigests::Ask(const Question& question) {
  absl::StatusOr<std::string> answer =
      absl::NotFoundError("no registry to ask");
  for (const auto& [place, insecure] : question) {
    RETURN_IF_ERROR(CheckNotCancelled(&cancel_));
    answer = AskAt(place, insecure);
    if (answer.ok()) break;
  }
  return answer;
}

absl::StatusOr<std::string> BaseDigests::AskAt(const std::string& place,
                                               bool insecure) {
  ASSIGN_OR_RETURN(registry::Reference name, registry::ParseReference(place));
  {
    MutexLock lock(&mutex_);
    auto known = unreachable_.find(name.domain);
    if (known != unreachable_.end()) return known->second;
  }
  registry::ClientOptions options;
  options.insecure = insecure;
  options.plain_http_in_private_networks = true;
  options.connect_timeout = kConnectTimeout;
  options.timeout = kTimeout;
  options.cancel = &cancel_;
  if (docker_config_ != nullptr) {
    ASSIGN_OR_RETURN(registry::CredentialsLookup found,
                     docker_config_->Find(name.domain, &cancel_));
    options.credentials = std::move(found.credentials);
  }
  registry::Client client(name.domain, std::move(options));
  absl::StatusOr<registry::Manifest> there =
      client.Head(name.path, name.TagOrDigest());
  if (there.ok()) return std::move(there->digest);
  if (absl::IsUnavailable(there.status()) ||
      absl::IsDeadlineExceeded(there.status())) {
    MutexLock lock(&mutex_);
    unreachable_.emplace(name.domain, there.status());
  }
  return there.status();
}

absl::StatusOr<std::string> BaseDigests::Get(const plan::ImagePlan& image,
                                             const plan::PlannedBase& base,
                                             absl::Duration patience) {
  const Question question = QuestionOf(image, base);
  const auto deadline =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
  MutexLock lock(&mutex_);
  while (true) {
    auto answer = answers_.find(question);
    if (answer != answers_.end()) return answer->second;
    if (!std::binary_search(questions_.begin(), questions_.end(), question)) {
      return absl::NotFoundError("its registry was not asked");
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return absl::DeadlineExceededError("its registry has not answered yet");
    }
    (void)changed_.WaitUntil(&mutex_, deadline);
  }
}

}  // namespace ovenbird::build
