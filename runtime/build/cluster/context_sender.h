// Our side of kube/handover.h: what the receiving command reads.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_SENDER_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_SENDER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/lines.h"
#include "runtime/base/mutex.h"
#include "runtime/build/cluster/frame_stream.h"
#include "runtime/context/compress.h"
#include "runtime/context/read_ahead.h"
#include "runtime/context/stream.h"
#include "runtime/context/tar.h"
#include "runtime/kube/receiver/program.h"

namespace ovenbird::build {

// Returns the fastest compression for a link with `rate` bytes a second, of
// those in `unpackers` ("gzip", "zstd"); kNone if the link is fast.
context::Compression ChooseCompression(double rate,
                                       const std::set<std::string>& unpackers);

// The sending side of kube/handover.h: the input of the receiving command, made
// from a tar stream and the command's answers.
class ContextSender {
 public:
  // Options of the transfer.
  struct Options {
    // Set: the command's own tools receive. Not set: selected by the link's
    // rate.
    std::optional<context::Compression> compression;
    // Called in the thread of Read with the number of bytes of the tar that
    // were read.
    std::function<void(uint64_t done)> on_progress;
    // A tar up to this size is sent immediately to the command's own tools,
    // without measuring the rate.
    uint64_t small = 1 << 20;
    // The receivers, of which the one for the pod's machine is sent first.
    absl::Span<const kube::receiver::Program> programs =
        kube::receiver::Programs();
  };

  // `tar` must outlive this.
  ContextSender(context::TarStream* tar, Options options);

  // Fills `buffer` for the command's standard input; 0 is the end. Blocks while
  // it waits for an answer. kDataLoss: received content with a different
  // digest.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer);
  // Adds output of the command.
  void OnOutput(absl::string_view piece) { lines_.Add(piece); }
  // Tells that no more output will come: Read returns the end.
  void End();

  // After the end of both: the right digest came back, and the confirmation was
  // sent.
  bool confirmed() const { return stage_ == Stage::kConfirmed; }
  // The receiver ran; false: the command's own tools.
  bool used_program() const { return frames_ != nullptr; }
  context::Compression compression() const { return compression_; }
  // Bytes of the context as they were sent, less a few of the protocol.
  uint64_t sent() const { return sent_; }

 private:
  enum class Stage {
    kStart,
    kProgram,         // it was sent; does it run?
    kMeasure,         // frames and a mark were sent to it
    kReceiverFrames,  // the rest of the frames
    kPiece,
    kRest,
    kFrames,
    kVerdict,
    kGivenUp,
    kConfirmed
  };

  void OnLine(absl::string_view line);
  // Returns the command's next line; nullopt: it has ended.
  std::optional<std::string> NextLine();
  // Returns whether NextLine would return a line without waiting.
  bool HasLine();
  // Puts the next data into head_ and body_left_. Returns false at the end.
  absl::StatusOr<bool> Next();
  bool Start();
  // Returns the receiver for the command's machine; nullptr: there is none.
  const kube::receiver::Program* ProgramForMachine() const;
  void StartPieces();
  absl::StatusOr<bool> NextAfterProgram();
  // Makes the frames for one measurement of at least `size` bytes.
  absl::Status MeasureFrames(uint64_t size);
  absl::StatusOr<bool> NextAfterMark();
  absl::Status NextReceiverFrame();
  absl::Status ReadFrames(size_t size);
  void GiveUp();
  bool NextPiece();
  void SendRest(context::Compression compression);
  void Announce(absl::string_view how, uint64_t size);
  absl::Status NextFrame();
  absl::StatusOr<std::string> Digest();
  absl::StatusOr<bool> SendVerdict();
  absl::StatusOr<size_t> ReadBody(absl::Span<char> buffer);
  void ShowProgress();
  uint64_t left() const { return tar_->size() - pieces_; }

  context::TarStream* const tar_;
  const Options options_;
  context::CheckedStream checked_;  // tar_, on its way
  // checked_, for the rest after the pieces.
  std::unique_ptr<context::ReadAhead> ahead_;
  std::unique_ptr<context::Stream> compressed_;  // ahead_
  context::Compression compression_ = context::Compression::kNone;
  Stage stage_ = Stage::kStart;
  std::set<std::string> unpackers_;
  std::string head_;  // to be sent before anything else
  size_t head_done_ = 0;
  uint64_t body_left_ = 0;  // bytes of the tar, after head_
  uint64_t piece_ = 0;      // size of the last one
  uint64_t pieces_ = 0;     // of all
  std::chrono::steady_clock::time_point piece_start_;
  std::vector<char> frame_;
  uint64_t sent_ = 0;
  // For the receiver: tar_ in frames, and the frames of the rest.
  std::unique_ptr<context::ReadAhead> tar_ahead_;
  std::unique_ptr<FrameStream> frames_;
  std::unique_ptr<context::ReadAhead> frames_ahead_;

  LineSplitter lines_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> answers_ ABSL_GUARDED_BY(mutex_);
  size_t answers_read_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_SENDER_H_
