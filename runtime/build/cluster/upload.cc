#include "runtime/build/cluster/upload.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "runtime/base/environment.h"
#include "runtime/base/format_text.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/context_sender.h"
#include "runtime/build/cluster/transfer_meter.h"
#include "runtime/context/compress.h"
#include "runtime/context/tar.h"
#include "runtime/kube/exec.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

using Clock = std::chrono::steady_clock;

// 128 and SIGKILL.
constexpr int kKilled = 137;

kube::ExecRequest Receiver(const UploadTarget& target, ContextSender& sender) {
  kube::ExecRequest request;
  request.name_space = target.name_space;
  request.pod = target.pod;
  request.container = kube::kContextContainer;
  request.command = kube::ReceiveCommand();
  request.stdin_source = [&sender](absl::Span<char> buffer) {
    return sender.Read(buffer);
  };
  request.on_stdout = [&sender](absl::string_view piece) {
    sender.OnOutput(piece);
  };
  request.on_over = [&sender] { sender.End(); };
  return request;
}

void ReportCompression(const ContextSender& sender, uint64_t size,
                       Observer& observer) {
  if (sender.compression() == context::Compression::kNone) return;
  observer.Step(FormatText(
      "sent %.1f MB (%s) instead of %.1f MB", sender.sent() / 1e6,
      sender.compression() == context::Compression::kGzip ? "gzip" : "zstd",
      size / 1e6));
}

}  // namespace

absl::Status Upload(kube::Client& client, const UploadTarget& target,
                    const plan::ImagePlan& plan, Observer& observer,
                    Cancellation& cancel) {
  context::TarOptions options;
  options.files = plan.files;
  ASSIGN_OR_RETURN(std::unique_ptr<context::TarStream> tar,
                   context::TarStream::Create(&plan.listing, options));
  observer.Step(FormatText("sending the context: %d files, %.1f MB",
                           tar->members(), tar->size() / 1e6));
  TransferMeter meter(tar->size(), Clock::now());
  ContextSender::Options send;
  send.on_progress = [&](uint64_t done) {
    const std::optional<std::string> text = meter.Update(done, Clock::now());
    if (text.has_value()) observer.Progress(absl::StrCat("sent ", *text));
  };
  if (EnvironmentOrEmpty("OVENBIRD_CONTEXT_RECEIVER") == "script") {
    send.programs = {};
  }
  ContextSender sender(tar.get(), std::move(send));
  // A cancelled Exec still waits for its stdin thread.
  Cancellation::Subscription wake(&cancel, [&] { sender.End(); });
  const absl::StatusOr<kube::ExecResult> result =
      kube::Exec(client, Receiver(target, sender), &cancel);
  observer.Progress("");
  RETURN_IF_ERROR(result.status());
  // The verdict ends the container, which may kill the command that sent it
  // before it has exited. Whether the container succeeded is in the pod's
  // state.
  const bool killed_by_the_end =
      result->exit_code == kKilled && sender.confirmed();
  if (result->exit_code != 0 && !killed_by_the_end) {
    return absl::InternalError(absl::StrCat(
        "the init container could not unpack the context (exit "
        "code ",
        result->exit_code, "): ", absl::StripAsciiWhitespace(result->err)));
  }
  if (!sender.confirmed()) {
    return absl::DataLossError("the context did not arrive");
  }
  observer.Sent(static_cast<int64_t>(sender.sent()));
  ReportCompression(sender, tar->size(), observer);
  return absl::OkStatus();
}

}  // namespace ovenbird::build
