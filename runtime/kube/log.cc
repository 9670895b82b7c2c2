#include "runtime/kube/log.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/base/lines.h"
#include "runtime/base/status_macros.h"
#include "runtime/kube/log_filter.h"
#include "runtime/kube/patience.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::kube {
namespace {

// How long a kubelet that has just started may not know the pods that run on
// its node.
constexpr absl::Duration kKubeletStart = absl::Seconds(30);

// The node's 404, not the API server's own (pods "x" not found).
bool KubeletKnowsNothing(const absl::Status& status) {
  return absl::IsNotFound(status) &&
         absl::StrContains(status.message(), "pods/log");
}

Resource Pods(const LogOptions& options) {
  return {.plural = "pods", .name_space = options.name_space};
}

std::string Doing(const LogOptions& options) {
  return absl::StrCat("read the log of container `", options.container,
                      "` of pod `", options.pod, "`");
}

class Follower {
 public:
  Follower(Client& client, const LogOptions& options,
           absl::FunctionRef<bool(absl::Time, absl::string_view)> on_line,
           Cancellation* cancel)
      : client_(client),
        options_(options),
        on_line_(on_line),
        cancel_(cancel),
        doing_(Doing(options)),
        backoff_(options.backoff) {}

  absl::Status Run() {
    if (!options_.follow) return NotStarted(ReadRest());
    for (;;) {
      const absl::Status status = ReadOnce(/*follow=*/true);
      RETURN_IF_ERROR(CheckNotCancelled(cancel_));
      if (stopped_) return absl::OkStatus();
      if (!status.ok() && !MayPass(status)) return NotStarted(status);
      absl::StatusOr<bool> ended = HasEnded();
      // What was written between the cut and the container's end.
      if (ended.ok() && *ended) return ReadRest();
      if (!ended.ok() && !MayPass(ended.status())) return ended.status();
      if (failures_.IsOver(options_.give_up_after)) {
        return status.ok() ? ended.status() : status;
      }
      RETURN_IF_ERROR(Sleep(backoff_.Next(), cancel_));
    }
  }

 private:
  bool MayPass(const absl::Status& status) {
    if (KubeletKnowsNothing(status)) return !unknown_.IsOver(kKubeletStart);
    if (IsOutOfDescriptors(status)) {
      return !descriptors_.IsOver(kDescriptorPatience);
    }
    if (absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status)) {
      return was_allowed_ && !refusals_.IsOver(kRefusalPatience);
    }
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
           absl::IsResourceExhausted(status) || absl::IsInternal(status);
  }

  // The API says "bad request" for a container that has no log yet.
  static absl::Status NotStarted(const absl::Status& status) {
    if (!absl::IsInvalidArgument(status) ||
        !absl::StrContains(status.message(), "waiting to start")) {
      return status;
    }
    return absl::FailedPreconditionError(status.message());
  }

  absl::Status ReadOnce(bool follow);
  absl::StatusOr<bool> HasEnded();

  // Reads what there is. If the container has ended its log is complete,
  // wherever the last connection broke.
  absl::Status ReadRest() {
    for (;;) {
      const absl::Status status = ReadOnce(/*follow=*/false);
      RETURN_IF_ERROR(CheckNotCancelled(cancel_));
      if (status.ok() || stopped_) return absl::OkStatus();
      if (!MayPass(status)) return status;
      if (failures_.IsOver(options_.give_up_after)) return status;
      RETURN_IF_ERROR(Sleep(backoff_.Next(), cancel_));
    }
  }

  Client& client_;
  const LogOptions& options_;
  const absl::FunctionRef<bool(absl::Time, absl::string_view)> on_line_;
  Cancellation* const cancel_;
  const std::string doing_;
  Backoff backoff_;
  LogFilter filter_;
  bool last_was_new_ = true;
  bool stopped_ = false;
  Patience failures_;
  Patience refusals_;
  Patience descriptors_;
  bool was_allowed_ = false;  // to read the log, before
  Patience unknown_;  // of the kubelet's answers that it does not know the pod
};

absl::Status Follower::ReadOnce(bool follow) {
  Query query = {{"container", options_.container}, {"timestamps", "true"}};
  if (follow) query.emplace_back("follow", "true");
  if (filter_.since() != absl::InfinitePast()) {
    query.emplace_back("sinceTime",
                       absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", filter_.since(),
                                        absl::UTCTimeZone()));
  }
  filter_.Restart();
  std::string joined;
  LineSplitter lines([&](absl::string_view text) {
    TimedLine line = SplitTimedLine(text);
    if (line.time != absl::InfinitePast() && JoinParts(line, &joined)) {
      line.text = joined;
    }
    if (line.time != absl::InfinitePast()) last_was_new_ = filter_.IsNew(line);
    if (!last_was_new_ || stopped_) return;
    stopped_ = !on_line_(line.time, line.text);
  });
  const absl::Status status = client_.Stream(
      ResourcePath(Pods(options_), options_.pod, "log"), query, doing_,
      [&](absl::string_view data) {
        failures_.Renew();
        unknown_.Renew();
        refusals_.Renew();
        descriptors_.Renew();
        was_allowed_ = true;
        if (!data.empty()) backoff_.Reset();
        lines.Add(data);
        return !stopped_;
      },
      absl::InfiniteDuration(), cancel_);
  // A line that was cut off comes again, whole.
  if (status.ok()) lines.Finish();
  return status;
}

absl::StatusOr<bool> Follower::HasEnded() {
  if (options_.has_ended) return options_.has_ended();
  ASSIGN_OR_RETURN(const json::Value pod,
                   client_.Get(Pods(options_), options_.pod, cancel_));
  failures_.Renew();
  const json::Value& container = ContainerStatus(pod, options_.container);
  if (!container.is_null()) {
    return !container.Get({"state", "terminated"}).is_null();
  }
  const absl::string_view phase = pod.Get({"status", "phase"}).string_or();
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace

absl::Status FollowLog(
    Client& client, const LogOptions& options,
    absl::FunctionRef<bool(absl::Time, absl::string_view)> on_line,
    Cancellation* cancel) {
  return Follower(client, options, on_line, cancel).Run();
}

absl::StatusOr<std::string> TailLog(Client& client, const LogOptions& options,
                                    int lines, Cancellation* cancel) {
  std::string text;
  RETURN_IF_ERROR(client.Stream(
      ResourcePath(Pods(options), options.pod, "log"),
      {{"container", options.container}, {"tailLines", absl::StrCat(lines)}},
      Doing(options),
      [&](absl::string_view data) {
        absl::StrAppend(&text, data);
        return true;
      },
      absl::Seconds(60), cancel));
  return text;
}

}  // namespace ovenbird::kube
