#include "runtime/context/read_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ovenbird::context {
namespace {

constexpr size_t kPieces = 4;
constexpr size_t kPieceSize = 256 << 10;

}  // namespace

ReadAhead::ReadAhead(Stream* from)
    : from_(from), free_(kPieces, Piece(kPieceSize)) {
  const absl::Status started = StartThread(
      thread_, [this] { Run(); },
      [this, status = absl::ResourceExhaustedError("there is no more memory")] {
        End(status);
      });
  if (!started.ok()) End(started);
}

void ReadAhead::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  ended_ = true;
  status_ = status;
  changed_.SignalAll();
}

ReadAhead::~ReadAhead() {
  {
    MutexLock lock(&mutex_);
    unwanted_ = true;
    changed_.SignalAll();
  }
  Join(thread_);
}

ReadAhead::Piece ReadAhead::TakeFree() {
  MutexLock lock(&mutex_);
  while (free_.empty() && !unwanted_) changed_.Wait(&mutex_);
  if (unwanted_) return {};
  Piece piece = std::move(free_.back());
  free_.pop_back();
  return piece;
}

void ReadAhead::Run() {
  while (true) {
    Piece piece = TakeFree();
    if (piece.empty()) return;
    size_t size = 0;
    absl::StatusOr<size_t> n = 0;
    // Whole pieces: each one costs a change of threads.
    while (size < piece.size()) {
      n = from_->Read(piece.data() + size, piece.size() - size);
      if (!n.ok() || *n == 0) break;
      size += *n;
    }
    const bool end = size < piece.size();
    piece.resize(size);
    MutexLock lock(&mutex_);
    if (!piece.empty()) full_.push_back(std::move(piece));
    if (end) {
      ended_ = true;
      status_ = n.status();
    }
    changed_.SignalAll();
    if (end) return;
  }
}

bool ReadAhead::TakeFull() {
  MutexLock lock(&mutex_);
  if (now_.capacity() > 0) {
    now_.resize(kPieceSize);
    free_.push_back(std::move(now_));
    now_ = {};
    changed_.SignalAll();
  }
  while (full_.empty() && !ended_) changed_.Wait(&mutex_);
  if (full_.empty()) return false;
  now_ = std::move(full_.front());
  full_.pop_front();
  now_done_ = 0;
  return true;
}

absl::StatusOr<size_t> ReadAhead::Read(char* buffer, size_t size) {
  if (now_done_ == now_.size() && !TakeFull()) {
    now_done_ = 0;
    MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    return 0;
  }
  const size_t n = std::min(size, now_.size() - now_done_);
  std::memcpy(buffer, now_.data() + now_done_, n);
  now_done_ += n;
  taken_ += n;
  return n;
}

}  // namespace ovenbird::context
