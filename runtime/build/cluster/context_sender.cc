#include "runtime/build/cluster/context_sender.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/status_macros.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/receiver/frames.h"

namespace ovenbird::build {
namespace {

using Clock = std::chrono::steady_clock;
using context::Compression;

// Compression costs time on fast links. We make 300 MB/s and more; the slowest
// on the way is busybox's gunzip, with its 80 MB/s of a whole core, of which an
// init container may have a fraction only. So gzip is for links that are slower
// than a small part of that, where its third of the bytes is a third of the
// time. zstd unpacks several times as fast.
constexpr double kGzipBelow = 16e6;  // bytes a second
constexpr double kZstdBelow = 60e6;

// Pieces of the tar itself measure the link; nothing is sent for that alone.
// The answer comes when the pod has all of one, so that no buffer on the way
// pretends to be a fast network. Where one is there too soon to tell, because
// the way back counts as well, the next one is larger.
constexpr uint64_t kFirstPiece = 256 << 10;
constexpr uint64_t kLargestPiece = 4 << 20;
constexpr std::chrono::milliseconds kLongEnough(50);

constexpr size_t kFrame = 256 << 10;

// What compresses well must not make a measurement long.
constexpr uint64_t kMostMeasured = 16 << 20;

absl::string_view NameOf(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "plain";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
  }
  return "";
}

}  // namespace

Compression ChooseCompression(double rate,
                              const std::set<std::string>& unpackers) {
  if (rate < kZstdBelow && unpackers.contains("zstd")) {
    return Compression::kZstd;
  }
  if (rate < kGzipBelow && unpackers.contains("gzip")) {
    return Compression::kGzip;
  }
  return Compression::kNone;
}

ContextSender::ContextSender(context::TarStream* tar, Options options)
    : tar_(tar),
      options_(std::move(options)),
      checked_(tar),
      lines_([this](absl::string_view line) { OnLine(line); }) {}

void ContextSender::OnLine(absl::string_view line) {
  MutexLock lock(&mutex_);
  answers_.emplace_back(line);
  changed_.SignalAll();
}

void ContextSender::End() {
  MutexLock lock(&mutex_);
  ended_ = true;
  changed_.SignalAll();
}

std::optional<std::string> ContextSender::NextLine() {
  MutexLock lock(&mutex_);
  while (answers_read_ == answers_.size() && !ended_) changed_.Wait(&mutex_);
  if (answers_read_ == answers_.size()) return std::nullopt;
  return answers_[answers_read_++];
}

bool ContextSender::HasLine() {
  MutexLock lock(&mutex_);
  return answers_read_ < answers_.size();
}

absl::StatusOr<size_t> ContextSender::Read(absl::Span<char> buffer) {
  while (true) {
    if (head_done_ < head_.size()) {
      const size_t size = std::min(buffer.size(), head_.size() - head_done_);
      std::memcpy(buffer.data(), head_.data() + head_done_, size);
      head_done_ += size;
      return size;
    }
    if (body_left_ > 0) return ReadBody(buffer);
    head_.clear();
    head_done_ = 0;
    ASSIGN_OR_RETURN(const bool more, Next());
    if (!more) return 0;
  }
}

absl::StatusOr<size_t> ContextSender::ReadBody(absl::Span<char> buffer) {
  const size_t most = std::min<uint64_t>(buffer.size(), body_left_);
  context::Stream* from = &checked_;
  if (ahead_ != nullptr) from = ahead_.get();
  ASSIGN_OR_RETURN(const size_t size, from->Read(buffer.data(), most));
  if (size == 0)
    return absl::InternalError("the tar is shorter than announced");
  body_left_ -= size;
  sent_ += size;
  if (ahead_ == nullptr) pieces_ += size;
  ShowProgress();
  return size;
}

void ContextSender::ShowProgress() {
  if (!options_.on_progress) return;
  options_.on_progress(frames_ != nullptr  ? frames_->content()
                       : ahead_ == nullptr ? pieces_
                                           : pieces_ + ahead_->taken());
}

absl::StatusOr<bool> ContextSender::Next() {
  switch (stage_) {
    case Stage::kStart:
      return Start();
    case Stage::kProgram:
      return NextAfterProgram();
    case Stage::kMeasure:
      return NextAfterMark();
    case Stage::kReceiverFrames:
      RETURN_IF_ERROR(NextReceiverFrame());
      return true;
    case Stage::kPiece:
      return NextPiece();
    case Stage::kFrames:
      RETURN_IF_ERROR(NextFrame());
      return true;
    case Stage::kRest:
      stage_ = Stage::kVerdict;
      return true;
    case Stage::kVerdict:
      return SendVerdict();
    case Stage::kGivenUp:
    case Stage::kConfirmed:
      return false;
  }
  return false;
}

bool ContextSender::Start() {
  if (!options_.compression.has_value() && tar_->size() <= options_.small) {
    SendRest(Compression::kNone);
    return true;
  }
  const std::optional<std::string> ready = NextLine();
  if (!ready.has_value()) return false;
  unpackers_ = absl::StrSplit(*ready, ' ');
  if (options_.compression.has_value()) {
    SendRest(*options_.compression);
  } else if (!unpackers_.contains("pieces")) {
    SendRest(Compression::kNone);
  } else if (const auto* program = ProgramForMachine(); program != nullptr) {
    head_ = absl::StrCat("program ", program->file.size(), "\n", program->file);
    stage_ = Stage::kProgram;
  } else {
    StartPieces();
  }
  return true;
}

const kube::receiver::Program* ContextSender::ProgramForMachine() const {
  for (const kube::receiver::Program& program : options_.programs) {
    if (unpackers_.contains(std::string(program.machine))) return &program;
  }
  return nullptr;
}

void ContextSender::StartPieces() {
  stage_ = Stage::kPiece;
  Announce("piece", std::min(kFirstPiece, left()));
}

absl::StatusOr<bool> ContextSender::NextAfterProgram() {
  const std::optional<std::string> line = NextLine();
  if (!line.has_value()) return false;
  if (*line != kube::receiver::kRuns) {
    StartPieces();
    return true;
  }
  tar_ahead_ = std::make_unique<context::ReadAhead>(tar_);
  frames_ = std::make_unique<FrameStream>(tar_ahead_.get(), /*compress=*/true);
  compression_ = Compression::kZstd;
  RETURN_IF_ERROR(MeasureFrames(kFirstPiece));
  return true;
}

// The frames are made before the time starts: only the way is measured.
absl::Status ContextSender::MeasureFrames(uint64_t size) {
  const uint64_t most = frames_->content() + kMostMeasured;
  bool more = true;
  while (more && head_.size() < size && frames_->content() < most) {
    ASSIGN_OR_RETURN(more, frames_->AddFrame(head_));
  }
  stage_ = more ? Stage::kMeasure : Stage::kVerdict;
  if (more) head_ += MarkFrame();
  sent_ += head_.size();
  piece_ = head_.size();
  ShowProgress();
  piece_start_ = Clock::now();
  return absl::OkStatus();
}

absl::StatusOr<bool> ContextSender::NextAfterMark() {
  const std::optional<std::string> line = NextLine();
  if (!line.has_value()) return false;
  if (*line != kube::receiver::kGot) {
    GiveUp();
    return true;
  }
  const Clock::duration took = std::max<Clock::duration>(
      Clock::now() - piece_start_, Clock::duration(1));
  if (took < kLongEnough && piece_ < kLargestPiece) {
    RETURN_IF_ERROR(MeasureFrames(4 * piece_));
    return true;
  }
  const double rate =
      static_cast<double>(piece_) / std::chrono::duration<double>(took).count();
  if (!CompressionPays(frames_->made(), rate)) {
    frames_->set_compress(false);
    compression_ = Compression::kNone;
  }
  frames_ahead_ = std::make_unique<context::ReadAhead>(frames_.get());
  stage_ = Stage::kReceiverFrames;
  return true;
}

absl::Status ContextSender::NextReceiverFrame() {
  // It says nothing more before the end unless it has failed.
  if (HasLine()) {
    GiveUp();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(ReadFrames(kube::receiver::kFrameHeader));
  size_t size = 0;
  for (size_t i = kube::receiver::kFrameHeader; i-- > 1;) {
    size = size << 8 | static_cast<unsigned char>(head_[i]);
  }
  const char kind = head_[0];
  RETURN_IF_ERROR(ReadFrames(size));
  sent_ += head_.size();
  ShowProgress();
  if (kind == kube::receiver::kEnd) stage_ = Stage::kVerdict;
  return absl::OkStatus();
}

// Adds the next bytes of the frames to head_.
absl::Status ContextSender::ReadFrames(size_t size) {
  const size_t before = head_.size();
  head_.resize(before + size);
  for (size_t done = 0; done < size;) {
    ASSIGN_OR_RETURN(
        const size_t more,
        frames_ahead_->Read(head_.data() + before + done, size - done));
    if (more == 0) return absl::InternalError("the frames have no end");
    done += more;
  }
  return absl::OkStatus();
}

// The receiver has failed, and reads up to this.
void ContextSender::GiveUp() {
  head_ = AbandonFrame();
  stage_ = Stage::kGivenUp;
}

// After a piece: the next one, or the rest.
bool ContextSender::NextPiece() {
  if (!NextLine().has_value()) return false;
  const Clock::duration took = std::max<Clock::duration>(
      Clock::now() - piece_start_, Clock::duration(1));
  const double rate =
      static_cast<double>(piece_) / std::chrono::duration<double>(took).count();
  const Compression choice = ChooseCompression(rate, unpackers_);
  if (choice == Compression::kNone || took >= kLongEnough ||
      piece_ >= kLargestPiece || left() == 0) {
    SendRest(choice);
  } else {
    Announce("piece", std::min(4 * piece_, left()));
  }
  return true;
}

void ContextSender::Announce(absl::string_view how, uint64_t size) {
  head_ = absl::StrCat(how, " ", size, "\n");
  body_left_ = size;
  piece_ = size;
  piece_start_ = Clock::now();
}

void ContextSender::SendRest(Compression compression) {
  compression_ = compression;
  ahead_ = std::make_unique<context::ReadAhead>(&checked_);
  compressed_ = context::Compress(compression, ahead_.get());
  if (compressed_ == nullptr) {
    stage_ = Stage::kRest;
    Announce("plain", left());
  } else {
    stage_ = Stage::kFrames;
    Announce(NameOf(compression), 0);
  }
}

absl::Status ContextSender::NextFrame() {
  frame_.resize(kFrame);
  size_t size = 0;
  while (size < frame_.size()) {
    ASSIGN_OR_RETURN(
        const size_t more,
        compressed_->Read(frame_.data() + size, frame_.size() - size));
    if (more == 0) break;
    size += more;
  }
  if (size > 0) absl::StrAppend(&head_, size, "\n");
  head_.append(frame_.data(), size);
  sent_ += size;
  ShowProgress();
  if (size == frame_.size()) return absl::OkStatus();
  absl::StrAppend(&head_, "0\n");
  stage_ = Stage::kVerdict;
  return absl::OkStatus();
}

// Returns what the command must print.
absl::StatusOr<std::string> ContextSender::Digest() {
  if (frames_ != nullptr) return frames_->DigestHex();
  // Also of a plain rest, of which nobody has read the end.
  char end;
  ASSIGN_OR_RETURN(const size_t more, ahead_->Read(&end, 1));
  if (more > 0) return absl::InternalError("the tar is longer than announced");
  return checked_.Sha256Hex();
}

absl::StatusOr<bool> ContextSender::SendVerdict() {
  ASSIGN_OR_RETURN(const std::string sum, Digest());
  std::optional<std::string> arrived = NextLine();
  // The line that says what can be unpacked, where nobody asked.
  if (arrived.has_value() && absl::StartsWith(*arrived, "ready")) {
    arrived = NextLine();
  }
  // The receiver says why on stderr.
  if (!arrived.has_value() || *arrived == kube::receiver::kFailed) return false;
  if (*arrived != sum) {
    return absl::DataLossError(
        absl::StrCat("the received context differs from the sent one (",
                     frames_ != nullptr ? "digest " : "SHA-256 ", *arrived,
                     " instead of ", sum, ")"));
  }
  head_ = absl::StrCat(kube::kComplete, "\n");
  stage_ = Stage::kConfirmed;
  return true;
}

}  // namespace ovenbird::build
