#include "runtime/build/cluster/pod_build.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/build/cluster/api_failure.h"
#include "runtime/build/cluster/node_taints.h"
#include "runtime/build/cluster/pod_log.h"
#include "runtime/build/cluster/pod_start.h"
#include "runtime/build/cluster/upload.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/kaniko_phases.h"
#include "runtime/build/onbuild_check.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/timeout.h"

namespace ovenbird::build {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kDeletedByOthers[] =
    "the build pod was deleted by another user or program";
constexpr int kUploadAttempts = 3;
// How much later than its deadline a pod may end, before the build does not
// wait for it any longer.
constexpr absl::Duration kLateEnd = absl::Minutes(2);

Failure Lost(absl::string_view what) {
  Failure failure;
  failure.what = std::string(what);
  failure.hint = "build again; find out what deletes pods in this namespace";
  return failure;
}

// kaniko has been started, for the context is there.
bool HasContext(const PodWatch::View& view) {
  return view.state.stage == PodStage::kRunning ||
         view.state.stage == PodStage::kSucceeded || view.state.has_log;
}

// The API server answers, and does not reach the node's kubelet, or one that
// has just started and does not know its pods yet.
bool KubeletIsAway(const absl::Status& status) {
  std::optional<kube::ApiError> error = kube::ApiErrorOf(status);
  if (!error) return false;
  return error->code >= 500
             ? absl::StrContains(error->message, "dial")
             : absl::StrContains(error->message, "pod does not exist");
}

// One build, from the pod's creation to its end.
class PodBuild {
 public:
  PodBuild(const PodBuildRequest& request, PodWatch& watch)
      : client_(request.client),
        patience_(request.patience),
        plan_(request.plan),
        observer_(request.observer),
        cancel_(request.cancel),
        watch_(watch),
        pod_(request.pod),
        name_space_(request.name_space),
        has_context_image_(request.has_context_image),
        mounts_context_(request.mounts_context),
        on_context_sent_(request.on_context_sent),
        phases_(plan_.dockerfile, plan_.rewritten.get(), observer_),
        log_(LogRequest(request, watch, &phases_)) {}

  PodBuildEnd Run() {
    observer_.Step(absl::StrCat("pod ", pod_, " in namespace ", name_space_));
    observer_.Enter({.kind = PhaseKind::kSchedule,
                     .text = pod_,
                     .attributes = {{"k8s.pod.name", pod_},
                                    {"k8s.namespace.name", name_space_}}});
    ExplainFrom(Clock::now());
    PodBuildEnd end;
    end.outcome.failure = Follow();
    end.outcome.warnings = log_.lines().warnings();
    PodWatch::View last = watch_.Now();
    end.pod_has_ended = last.deleted || last.state.has_ended;
    end.was_rejected = last.state.was_rejected;
    end.was_disrupted = end.outcome.failure &&
                        end.outcome.failure->was_disrupted &&
                        !log_.lines().has_begun_to_push();
    end.lacks_context_image =
        has_context_image_ && end.outcome.failure && !last.deleted &&
        !cancel_.cancelled() &&
        (last.state.has_log ? LacksContext() : last.state.lacks_start);
    if (!end.outcome.failure) end.outcome.digest = Digest(last);
    return end;
  }

 private:
  static PodLogRequest LogRequest(const PodBuildRequest& request,
                                  PodWatch& watch, KanikoPhases* phases) {
    return {
        .client = request.client,
        .watch = watch,
        .observer = request.observer,
        .cancel = request.cancel,
        .name_space = request.name_space,
        .pod = request.pod,
        .node_lost = request.patience.node_lost,
        .phases = phases,
        .is_enough =
            [&plan = request.plan](const KanikoLog& lines) {
              return FilesLeftOut(plan, lines.triggers()).has_value();
            },
    };
  }

  // Goes with the pod through its stages. Nothing: kaniko has succeeded.
  std::optional<Failure> Follow() {
    while (true) {
      const PodWatch::View view = WaitForNews();
      if (cancel_.cancelled()) return Interrupted();
      if (!view.status.ok()) {
        return ExplainApiError(view.status, "watch the build pod", name_space_);
      }
      const bool new_stage = TakeNote(view);
      if (Clock::now() >= too_late_ && !view.IsOver()) return Overdue(view);
      if (stage_ == PodStage::kFailed) return Explain(view);
      if (stage_ == PodStage::kSucceeded) {
        log_.Follow(too_late_);
        return FilesLeftOut(plan_, log_.lines().triggers());
      }
      if (std::optional<Failure> failure = IsTrouble(stage_)
                                               ? Bear(view, new_stage)
                                               : Serve(view, new_stage)) {
        return failure;
      }
    }
  }

  PodWatch::View WaitForNews() {
    return watch_.WaitUntil(
        [&](const PodWatch::View& now) {
          return now.state.stage != stage_ || now.deleted ||
                 now.state.gates != gates_ || now.latest_event != event_ ||
                 (!now.state.node.empty() && !has_node_);
        },
        std::min({give_up_, too_late_, show_, unexplained_}));
  }

  // Is the stage a new one?
  bool TakeNote(const PodWatch::View& view) {
    if (!view.state.node.empty() && !has_node_) NoteNode(view.state.node);
    if (view.latest_event != event_) {
      event_ = view.latest_event;
      ShowEvent(event_, view.state.stage);
    }
    const bool new_stage = view.state.stage != stage_;
    stage_ = view.state.stage;
    if (new_stage) ExplainFrom(Clock::now());
    ShowUnexplained(view);
    if (view.state.gates != gates_) {
      gates_ = view.state.gates;
      if (!gates_.empty()) observer_.Step(gates_);
    }
    return new_stage;
  }

  void ExplainFrom(Clock::time_point start) {
    unexplained_ = Clock::time_point::max();
    if (stage_ != PodStage::kPending) return;
    unexplained_ = start + absl::ToChronoNanoseconds(patience_.unexplained);
  }

  void ShowUnexplained(const PodWatch::View& view) {
    if (Clock::now() < unexplained_) return;
    unexplained_ = Clock::time_point::max();
    if (!view.may_not_see_events) return;
    observer_.Step(absl::StrCat(
        "the node has not started a container for ",
        absl::FormatDuration(patience_.unexplained),
        "; the reason may be in the pod's events, which you are not allowed to "
        "read: `ovenbird rbac` prints the Role that you need"));
  }

  // Trouble that may pass.
  static bool IsTrouble(PodStage stage) {
    return stage == PodStage::kUnseen || stage == PodStage::kUnschedulable ||
           stage == PodStage::kStartFailed ||
           stage == PodStage::kStartDelayed || stage == PodStage::kNodeLost;
  }

  // In trouble: a failure when it has lasted too long.
  std::optional<Failure> Bear(const PodWatch::View& view, bool new_stage) {
    if (view.deleted) return Lost(kDeletedByOthers);
    // Another pod gets the context in another way.
    if (has_context_image_ && view.state.lacks_start) return view.state.failure;
    ShowTroubleInTime(view.state, new_stage);
    // From the first time on: the stages may alternate with others.
    give_up_ = since_.try_emplace(KindOf(stage_), Clock::now()).first->second +
               absl::ToChronoNanoseconds(Patience(stage_));
    if (Clock::now() >= give_up_ || log_.node_given_up()) {
      return WithTaints(*view.state.failure);
    }
    return std::nullopt;
  }

  // Out of trouble: does what the pod waits for.
  std::optional<Failure> Serve(const PodWatch::View& view, bool new_stage) {
    if (new_stage && stage_ == PodStage::kReadyForContext) {
      if (auto failure = SendContext()) return failure;
      if (on_context_sent_) on_context_sent_();
    }
    if (new_stage && stage_ == PodStage::kRunning) {
      observer_.Step("kaniko runs");
      observer_.Enter({.kind = PhaseKind::kBase});
      log_.Follow(too_late_);
      // It ends here, before anything is pushed.
      if (auto failure = FilesLeftOut(plan_, log_.lines().triggers())) {
        return failure;
      }
    }
    give_up_ = Clock::time_point::max();
    show_ = Clock::time_point::max();
    // The start goes on.
    since_.erase(PodStage::kStartDelayed);
    if (view.deleted) return Lost(kDeletedByOthers);
    return std::nullopt;
  }

  // Both stages without a node are one wait.
  static PodStage KindOf(PodStage stage) {
    return stage == PodStage::kUnseen ? PodStage::kUnschedulable : stage;
  }

  absl::Duration Timeout() const { return kube::TimeoutOf(*plan_.kaniko); }

  // A pod's own deadline counts only from when a node has it.
  absl::Duration Patience(PodStage stage) const {
    switch (stage) {
      case PodStage::kUnseen:
        return std::max(std::min(patience_.unschedulable, Timeout()),
                        patience_.unseen);
      case PodStage::kUnschedulable:
        return std::min(patience_.unschedulable, Timeout());
      case PodStage::kNodeLost:
        return patience_.node_lost;
      case PodStage::kStartDelayed:
        return std::min(patience_.slow_start, Timeout());
      default:
        return std::min(patience_.start, Timeout());
    }
  }

  // The node ends the pod at its deadline, if it still can.
  void NoteNode(const std::string& node) {
    has_node_ = true;
    observer_.Enter({.kind = PhaseKind::kStart,
                     .text = pod_,
                     .attributes = {{"k8s.node.name", node}}});
    if (Timeout() == absl::InfiniteDuration()) return;
    too_late_ = Clock::now() + absl::ToChronoSeconds(Timeout() + kLateEnd);
  }

  Failure Overdue(const PodWatch::View& view) {
    Failure failure;
    failure.what = absl::StrCat(
        "the build pod still exists ", absl::FormatDuration(kLateEnd),
        " after its deadline of ", plan_.kaniko->timeout);
    if (view.state.failure) failure.details = {view.state.failure->what};
    failure.hint =
        absl::StrCat("check node `", view.state.node,
                     "`: `kubectl describe node ", view.state.node, "`");
    return failure;
  }

  // The scheduler's word for it is in the failure.
  Failure WithTaints(Failure failure) {
    if (failure.details.empty() ||
        !absl::StrContains(failure.details[0], "taint")) {
      return failure;
    }
    std::string taints = FindTaints(client_, cancel_);
    if (!taints.empty()) failure.details.push_back(std::move(taints));
    return failure;
  }

  // When the stage begins. Each pod is unseen for a moment, which is no news.
  void ShowTroubleInTime(const PodState& state, bool new_stage) {
    if (stage_ == PodStage::kStartDelayed) {
      show_ = Clock::time_point::max();
      if (IsNewProblem(*state.failure)) ShowTrouble(state);
      return;
    }
    if (new_stage) {
      show_ = Clock::now();
      if (stage_ == PodStage::kUnseen) {
        show_ += absl::ToChronoNanoseconds(patience_.unseen);
      }
    }
    if (Clock::now() < show_) return;
    show_ = Clock::time_point::max();
    ShowTrouble(state);
  }

  // Several things may delay a start; each is shown once, however often it
  // happens.
  bool IsNewProblem(const Failure& failure) {
    std::string text = failure.what;
    for (const std::string& detail : failure.details) {
      absl::StrAppend(&text, "\n", detail);
    }
    return problems_.insert(WithoutIds(text)).second;
  }

  void ShowTrouble(const PodState& state) {
    const Failure& failure = *state.failure;
    std::string why =
        failure.details.empty() ? failure.what : failure.details[0];
    switch (state.stage) {
      case PodStage::kUnseen:
        return observer_.Step(absl::StrCat(
            "waiting for a node: ", failure.what,
            failure.details.empty() ? "" : absl::StrCat(" (", why, ")")));
      case PodStage::kUnschedulable:
        return observer_.Step(absl::StrCat("waiting for a node: ", why));
      case PodStage::kNodeLost:
        return observer_.Step(
            absl::StrCat("waiting for the node to come back: ", why));
      default:
        return observer_.Step(absl::StrCat(
            "waiting for the node's next attempt: ", failure.what, ": ", why));
    }
  }

  void ShowEvent(const std::string& event, PodStage stage) {
    NotePull(event, stage);
    const bool waits = stage == PodStage::kPending ||
                       stage == PodStage::kUnseen ||
                       stage == PodStage::kStartDelayed;
    if (waits && (absl::StartsWith(event, "Pulling") ||
                  absl::StartsWith(event, "Successfully assigned"))) {
      observer_.Step(event);
    }
  }

  // Events of a pod whose kaniko does not run yet. Of events that come at the
  // same time only the last is seen: then the pull took no time.
  void NotePull(absl::string_view event, PodStage stage) {
    if (stage == PodStage::kRunning) return;
    if (absl::ConsumePrefix(&event, "Pulling image ")) {
      absl::ConsumePrefix(&event, "\"");
      pulling_ = std::string(event.substr(0, event.find('"')));
      observer_.Enter({.kind = PhaseKind::kPull, .text = pulling_});
    } else if (!pulling_.empty() && !absl::StartsWith(event, "Failed")) {
      pulling_.clear();
      observer_.Enter({.kind = PhaseKind::kStart, .text = pod_});
    }
  }

  std::optional<Failure> SendContext() {
    observer_.Enter({.kind = PhaseKind::kUpload});
    std::optional<Failure> failure = TryToSendContext();
    if (!failure) observer_.Enter({.kind = PhaseKind::kStart, .text = pod_});
    return failure;
  }

  std::optional<Failure> TryToSendContext() {
    absl::Status status;
    const Clock::time_point give_up =
        Clock::now() + absl::ToChronoNanoseconds(patience_.kubelet_away);
    const auto ended_or_begun = [](const PodWatch::View& now) {
      return now.IsOver() || HasContext(now);
    };
    for (int cuts = 0; cuts < kUploadAttempts;) {
      status = Upload(client_, {name_space_, pod_}, plan_, observer_, cancel_);
      if (status.ok()) {
        log_.NoteNotStarted();
        observer_.Step("the context has arrived, kaniko starts");
        return std::nullopt;
      }
      if (cancel_.cancelled()) return Interrupted();
      if (KubeletIsAway(status) && Clock::now() < give_up) {
        if (cuts == 0) {
          observer_.Warn(
              absl::StrCat("waiting for the node: ", status.message()));
        }
        cuts = std::max(cuts, 1);
      } else if (absl::IsUnavailable(status) || absl::IsDataLoss(status)) {
        if (++cuts == kUploadAttempts) break;
        observer_.Warn(
            absl::StrCat("sending the context again: ", status.message()));
      } else {
        break;
      }
      PodWatch::View view = watch_.WaitUntil(
          ended_or_begun,
          Clock::now() + absl::ToChronoNanoseconds(cuts * patience_.resend));
      // Only the last word of the connection was lost.
      if (HasContext(view)) return std::nullopt;
      if (view.IsOver()) break;
      // An API server that is away is waited for here.
      kube::Resource pods;
      pods.plural = "pods";
      pods.name_space = name_space_;
      absl::Status there = client_.Get(pods, pod_, &cancel_).status();
      if (cancel_.cancelled()) return Interrupted();
      if (!there.ok()) {
        status = there;
        break;
      }
    }
    // The pod's own end tells more than the connection's.
    PodWatch::View view = watch_.WaitUntil(
        ended_or_begun,
        absl::IsNotFound(status) || absl::IsUnavailable(status)
            ? Clock::now() + absl::ToChronoNanoseconds(patience_.last_words)
            : Clock::now());
    if (HasContext(view)) return std::nullopt;
    if (view.state.stage == PodStage::kFailed) return view.state.failure;
    if (view.deleted) return Lost(kDeletedByOthers);
    return ExplainApiError(status, "send the context", name_space_);
  }

  // Container runtimes that are too old for image volumes mount an empty
  // folder. The Dockerfile is always in the context, so it is the marker.
  bool LacksContext() const {
    return mounts_context_ && log_.lines().has_no_dockerfile();
  }

  std::optional<Failure> Explain(const PodWatch::View& view) {
    if (view.state.has_log) log_.Follow(too_late_);
    if (auto failure = FilesLeftOut(plan_, log_.lines().triggers())) {
      return failure;
    }
    // The kubelet keeps a failed container's last lines there.
    if (!log_.complete()) {
      for (absl::string_view line :
           absl::StrSplit(view.state.termination_message, '\n')) {
        if (!line.empty()) log_.lines().Add(ReadableLine(line));
      }
    }
    Failure failure = *view.state.failure;
    if (LacksContext()) failure.details = {"the volume is empty"};
    if (!view.state.log_tells_why || log_.lines().empty() || LacksContext()) {
      if (!log_.lines().empty() && failure.details.empty()) {
        failure.details = log_.lines().Explain(1).details;
      }
      return failure;
    }
    return log_.lines().Explain(view.state.exit_code.value_or(1),
                                plan_.dockerfile, KanikoRunsIn::kPod,
                                plan_.rewritten.get());
  }

  std::string Digest(const PodWatch::View& view) {
    std::string digest = PrintedDigest(view.state.termination_message);
    return digest.empty() ? log_.lines().pushed_digest() : digest;
  }

  kube::Client& client_;
  const PodPatience patience_;
  const plan::ImagePlan& plan_;
  Observer& observer_;
  Cancellation& cancel_;
  PodWatch& watch_;
  const std::string pod_;
  const std::string name_space_;
  const bool has_context_image_;
  const bool mounts_context_;
  const std::function<void()> on_context_sent_;
  KanikoPhases phases_;
  PodLog log_;
  // What was seen last.
  PodStage stage_ = PodStage::kPending;
  std::string event_;
  std::string gates_;
  std::string pulling_;  // the image, while a node pulls it
  // When this trouble has lasted too long, and when each kind began.
  Clock::time_point give_up_ = Clock::time_point::max();
  std::map<PodStage, Clock::time_point> since_;
  // Those that were shown.
  std::set<std::string> problems_;
  // When this trouble is printed; the maximum: it has been printed.
  Clock::time_point show_ = Clock::time_point::max();
  // When a start without an explanation is printed.
  Clock::time_point unexplained_ = Clock::time_point::max();
  bool has_node_ = false;
  Clock::time_point too_late_ = Clock::time_point::max();
};

}  // namespace

PodBuildEnd BuildInPod(const PodBuildRequest& request, PodWatch& watch) {
  return PodBuild(request, watch).Run();
}

}  // namespace ovenbird::build
