#include "runtime/build/cluster/context_sender.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/status_macros.h"
#include "runtime/kube/handover.h"

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
  options_.on_progress(pieces_ + (ahead_ == nullptr ? 0 : ahead_->taken()));
}

absl::StatusOr<bool> ContextSender::Next() {
  switch (stage_) {
    case Stage::kStart: {
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
      } else {
        stage_ = Stage::kPiece;
        Announce("piece", std::min(kFirstPiece, left()));
      }
      return true;
    }
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
    case Stage::kConfirmed:
      return false;
  }
  return false;
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

absl::StatusOr<bool> ContextSender::SendVerdict() {
  // Also of a plain rest, of which nobody has read the end.
  char end;
  ASSIGN_OR_RETURN(const size_t more, ahead_->Read(&end, 1));
  if (more > 0) return absl::InternalError("the tar is longer than announced");
  const std::string sum = checked_.Sha256Hex();
  std::optional<std::string> arrived = NextLine();
  // The line that says what can be unpacked, where nobody asked.
  if (arrived.has_value() && absl::StartsWith(*arrived, "ready")) {
    arrived = NextLine();
  }
  if (!arrived.has_value()) return false;
  if (*arrived != sum) {
    return absl::DataLossError(
        absl::StrCat("the received context differs from the sent one (SHA-256 ",
                     *arrived, " instead of ", sum, ")"));
  }
  head_ = absl::StrCat(kube::kComplete, "\n");
  stage_ = Stage::kConfirmed;
  return true;
}

}  // namespace ovenbird::build
