#include "runtime/kube/exec.h"

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/thread.h"
#include "runtime/kube/api_error.h"
#include "runtime/net/websocket.h"

namespace ovenbird::kube {
namespace {

// The first byte of each message. Source:
// k8s.io/apimachinery/pkg/util/remotecommand/constants.go
enum Channel : char {
  kStdin = 0,
  kStdout = 1,
  kStderr = 2,
  kError = 3,
  kClose = '\xff',  // v5: the next byte's channel ends
};
constexpr char kV5[] = "v5.channel.k8s.io";
constexpr char kV4[] = "v4.channel.k8s.io";

// With the channel's byte and the frame's head one TLS-sized burst.
constexpr size_t kPiece = 64 * 1024 - 64;
constexpr size_t kKept = 1024 * 1024;
constexpr absl::Duration kGoodbye = absl::Seconds(2);

// Appends, and keeps the end.
void Keep(std::string& kept, absl::string_view data) {
  absl::StrAppend(&kept, data);
  if (kept.size() > 2 * kKept) kept.erase(0, kept.size() - kKept);
}

class Session {
 public:
  Session(const ExecRequest& request, std::unique_ptr<net::WebSocket> socket)
      : request_(request), socket_(std::move(socket)) {}

  absl::StatusOr<ExecResult> Run() {
    Thread writer;
    if (request_.stdin_source) {
      RETURN_IF_ERROR(StartThread(
          writer, [this] { SendStdin(); },
          [this] {
            has_no_memory_ = true;
            socket_->Close(absl::ZeroDuration());
          }));
    }
    // Also after an exception, so that the writer's end can be waited for.
    auto leave = absl::MakeCleanup([this] {
      over_ = true;
      if (request_.on_over) request_.on_over();
      // Also ends a write that is blocked.
      socket_->Close(status_seen_ ? kGoodbye : absl::ZeroDuration());
    });
    const absl::Status status = Receive();
    std::move(leave).Invoke();
    Join(writer);
    if (has_no_memory_) {
      return absl::ResourceExhaustedError("there is no more memory");
    }
    if (!stdin_error_.ok()) return stdin_error_;
    RETURN_IF_ERROR(status);
    result_.stdin_complete = stdin_complete_;
    return std::move(result_);
  }

 private:
  bool v5() const { return socket_->subprotocol() == kV5; }

  void SendStdin();
  absl::Status Receive();
  absl::Status OnMessage(absl::string_view message);
  absl::Status OnStatus(absl::string_view text);

  const ExecRequest& request_;
  const std::unique_ptr<net::WebSocket> socket_;
  ExecResult result_;
  bool status_seen_ = false;
  std::atomic<bool> over_{false};
  // Written by the stdin thread, read after its end.
  absl::Status stdin_error_;
  bool has_no_memory_ = false;
  bool stdin_complete_ = false;
};

void Session::SendStdin() {
  const std::string channel(1, kStdin);
  std::vector<char> piece(kPiece);
  while (!over_) {
    const absl::StatusOr<size_t> size =
        request_.stdin_source(absl::MakeSpan(piece));
    if (!size.ok()) {
      stdin_error_ = size.status();
      // Receive, which waits for the command, must end.
      socket_->Close(absl::ZeroDuration());
      return;
    }
    if (*size == 0) break;
    // Why it fails is seen by Receive.
    if (!socket_->Write(channel, absl::string_view(piece.data(), *size)).ok()) {
      return;
    }
  }
  if (over_) return;
  if (v5() && !socket_->Write("\xff", channel).ok()) return;
  stdin_complete_ = true;
}

// The status may overtake the last output (with v5 they come over different
// streams of the server's connection to the node), so that the end is the
// server's goodbye.
absl::Status Session::Receive() {
  for (;;) {
    absl::StatusOr<std::optional<std::string>> message = socket_->Read();
    if (!message.ok()) {
      return status_seen_ && absl::IsUnavailable(message.status())
                 ? absl::OkStatus()
                 : message.status();
    }
    if (!message->has_value()) break;
    RETURN_IF_ERROR(OnMessage(**message));
  }
  if (status_seen_) return absl::OkStatus();
  const std::string reason = socket_->close_reason();
  return absl::UnavailableError(absl::StrCat(
      "the connection to the command in the container ended before the command "
      "did",
      reason.empty() ? "" : ": ", reason));
}

absl::Status Session::OnMessage(absl::string_view message) {
  if (message.empty()) return absl::OkStatus();
  const absl::string_view data = message.substr(1);
  switch (message[0]) {
    case kStdout:
      if (data.empty()) break;
      if (request_.on_stdout) {
        request_.on_stdout(data);
      } else {
        Keep(result_.out, data);
      }
      break;
    case kStderr:
      if (data.empty()) break;
      if (request_.on_stderr) {
        request_.on_stderr(data);
      } else {
        Keep(result_.err, data);
      }
      break;
    case kError:
      if (!data.empty()) return OnStatus(data);
      break;
    default:  // the end of a stream
      break;
  }
  return absl::OkStatus();
}

// The command's end.
absl::Status Session::OnStatus(absl::string_view text) {
  status_seen_ = true;
  const absl::StatusOr<json::Value> parsed = json::Parse(text);
  if (!parsed.ok()) {
    return absl::InternalError(
        absl::StrCat("cannot run a command in the container: ", text));
  }
  const json::Value& status = *parsed;
  if (status["status"].string_or() == "Success") return absl::OkStatus();
  if (status["reason"].string_or() == "NonZeroExitCode") {
    for (const json::Value& cause : status.Get({"details", "causes"}).items()) {
      if (cause["reason"].string_or() == "ExitCode" &&
          absl::SimpleAtoi(cause["message"].string_or(), &result_.exit_code)) {
        return absl::OkStatus();
      }
    }
  }
  const absl::string_view message = status["message"].string_or(text);
  if (absl::StrContains(message, "container not found") ||
      absl::StrContains(message, "not running") ||
      absl::StrContains(message, "No such container")) {
    return absl::NotFoundError(absl::StrCat("container `", request_.container,
                                            "` of pod `", request_.pod,
                                            "` is not running: ", message));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("cannot run `", request_.command[0], "` in container `",
                   request_.container, "`: ", message));
}

absl::Status Explain(const absl::Status& status, const ExecRequest& request) {
  const std::optional<ApiError> error = ApiErrorOf(status);
  if (!error) return status;
  if (error->code == 403) {
    absl::Status out(
        status.code(),
        absl::StrCat(status.message(),
                     "; RBAC must allow `get` and (from Kubernetes 1.35 on) "
                     "`create` on `pods/exec` in namespace `",
                     request.name_space, "`"));
    // Who explains it further wants the server's own words.
    status.ForEachPayload([&](absl::string_view type, const absl::Cord& said) {
      out.SetPayload(type, said);
    });
    return out;
  }
  // The kubelet's words for a container that has ended or has not begun.
  if (absl::StrContains(error->message, "container not found") ||
      absl::StrContains(error->message, "is not valid for pod") ||
      absl::StrContains(error->message, "does not have a host assigned")) {
    return absl::NotFoundError(status.message());
  }
  return status;
}

}  // namespace

absl::StatusOr<ExecResult> Exec(Client& client, const ExecRequest& request,
                                Cancellation* cancel) {
  Query query = {{"container", request.container},
                 {"stdin", request.stdin_source ? "true" : "false"},
                 {"stdout", "true"},
                 {"stderr", "true"}};
  for (const std::string& word : request.command) {
    query.emplace_back("command", word);
  }
  net::WebSocketRequest socket_request;
  if (request.offer_v5) socket_request.subprotocols.push_back(kV5);
  socket_request.subprotocols.push_back(kV4);
  socket_request.stall_timeout = request.stall_timeout;
  const std::string doing =
      absl::StrCat("run `", request.command[0], "` in container `",
                   request.container, "` of pod `", request.pod, "`");
  const Resource pods = {.plural = "pods", .name_space = request.name_space};
  absl::StatusOr<std::unique_ptr<net::WebSocket>> socket =
      client.OpenWebSocket(ResourcePath(pods, request.pod, "exec"), query,
                           doing, std::move(socket_request), cancel);
  if (!socket.ok()) return Explain(socket.status(), request);
  const std::string& protocol = (*socket)->subprotocol();
  if (protocol != kV5 && protocol != kV4) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot ", doing, ": the server knows neither ", kV5, " nor ", kV4));
  }
  if (request.on_open) RETURN_IF_ERROR(request.on_open(protocol == kV5));
  return Session(request, *std::move(socket)).Run();
}

}  // namespace ovenbird::kube
