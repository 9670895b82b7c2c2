#include "runtime/build/upload.h"

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/stream.h"
#include "runtime/context/tar.h"
#include "runtime/kube/exec.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

// The standard input of the receiving command: the tar, and then, once the
// other side has said what arrived, our verdict. Read in a thread of its own.
class Sender {
 public:
  explicit Sender(context::Stream* tar) : tar_(tar) {}

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) {
    if (!tar_ended_) {
      absl::StatusOr<size_t> size = tar_.Read(buffer.data(), buffer.size());
      if (!size.ok() || *size > 0) return size;
      tar_ended_ = true;
      sent_ = tar_.Sha256Hex();
    }
    if (verdict_sent_) return 0;
    RETURN_IF_ERROR(WaitForAnswer());
    verdict_sent_ = true;
    constexpr absl::string_view kVerdict = "complete\n";
    std::memcpy(buffer.data(), kVerdict.data(), kVerdict.size());
    return kVerdict.size();
  }

  // What the other side prints: the SHA-256 and a line end.
  void OnOutput(absl::string_view piece) {
    MutexLock lock(&mutex_);
    answer_.append(piece.data(), piece.size());
    changed_.SignalAll();
  }

  // The command has ended: nothing more will come.
  void End() {
    MutexLock lock(&mutex_);
    ended_ = true;
    changed_.SignalAll();
  }

 private:
  absl::Status WaitForAnswer() {
    MutexLock lock(&mutex_);
    while (answer_.find('\n') == std::string::npos && !ended_) {
      changed_.Wait(&mutex_);
    }
    absl::string_view arrived = absl::StripAsciiWhitespace(answer_);
    if (arrived == sent_) return absl::OkStatus();
    return absl::DataLossError(
        ended_ && arrived.empty()
            ? std::string("the context did not arrive")
            : absl::StrCat("the context did not arrive as it was sent "
                           "(SHA-256 ",
                           arrived, " instead of ", sent_, ")"));
  }

  context::CheckedStream tar_;
  bool tar_ended_ = false;
  bool verdict_sent_ = false;
  std::string sent_;

  Mutex mutex_;
  CondVar changed_;
  std::string answer_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::Status Upload(kube::Client& client, const UploadTarget& target,
                    const ImagePlan& plan, Observer& observer,
                    Cancellation& cancel) {
  context::TarOptions options;
  options.files = plan.files;
  ASSIGN_OR_RETURN(std::unique_ptr<context::TarStream> tar,
                   context::TarStream::Create(&plan.listing, options));
  observer.Step(absl::StrFormat("sending the context: %d files, %.1f MB",
                                tar->members(), tar->size() / 1e6));
  Sender sender(tar.get());
  // A cancelled Exec still waits for its stdin thread.
  Cancellation::Subscription wake(&cancel, [&] { sender.End(); });
  kube::ExecRequest request;
  request.ns = target.name_space;
  request.pod = target.pod;
  request.container = kube::kContextContainer;
  request.command = kube::ReceiveCommand(tar->size());
  request.stdin_source = [&](absl::Span<char> buffer) {
    return sender.Read(buffer);
  };
  request.on_stdout = [&](absl::string_view piece) { sender.OnOutput(piece); };
  ASSIGN_OR_RETURN(kube::ExecResult result,
                   kube::Exec(client, request, &cancel));
  if (result.exit_code != 0) {
    return absl::InternalError(absl::StrCat(
        "the init container could not unpack the context (exit "
        "code ",
        result.exit_code, "): ", absl::StripAsciiWhitespace(result.err)));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::build
