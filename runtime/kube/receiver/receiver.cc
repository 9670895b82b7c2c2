#include "runtime/kube/receiver/receiver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "runtime/kube/receiver/digest.h"
#include "runtime/kube/receiver/frames.h"
#include "runtime/kube/receiver/tar_unpacker.h"

namespace ovenbird::kube::receiver {
namespace {

constexpr int kCut = 1;
constexpr int kBroken = 2;

bool WriteAll(int file, const char* text, size_t size) {
  while (size > 0) {
    const ssize_t written = write(file, text, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

// Returns false at the end of the file, and on failure.
bool ReadAll(int file, char* data, size_t size) {
  while (size > 0) {
    const ssize_t got = read(file, data, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

// One stream.
class Session {
 public:
  Session(const Place& place, int root)
      : place_(place),
        unpacker_(root, geteuid() == 0),
        zstd_(ZSTD_createDCtx()),
        frame_(static_cast<char*>(malloc(kFrameSize))),
        content_(static_cast<char*>(malloc(kFrameContent))) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    ZSTD_freeDCtx(zstd_);
    free(frame_);
    free(content_);
  }

  int Run() {
    if (zstd_ == nullptr || frame_ == nullptr || content_ == nullptr) {
      Fail("no memory");
      Drain();
      return kBroken;
    }
    Say(kRuns);
    for (;;) {
      char head[kFrameHeader];
      if (!ReadAll(place_.in, head, sizeof head)) return Cut();
      size_t size = 0;
      for (size_t i = kFrameHeader; i-- > 1;) {
        size = size << 8 | static_cast<unsigned char>(head[i]);
      }
      if (size > kFrameSize) {
        // Nothing after such a header can be understood.
        Drain();
        return Cut();
      }
      if (!ReadAll(place_.in, frame_, size)) return Cut();
      if (head[0] == kAbandon) return failed_ ? kBroken : kCut;
      if (head[0] == kEnd) return End(size);
      if (!failed_) Take(head[0], size);
    }
  }

 private:
  // Reads up to the end of the file.
  void Drain() {
    char rest[4096];
    ssize_t got = 0;
    do {
      got = read(place_.in, rest, sizeof rest);
    } while (got > 0 || (got < 0 && errno == EINTR));
  }

  int Cut() {
    if (failed_) return kBroken;
    Fail("the stream was cut");
    return kCut;
  }

  void Say(const char* line) {
    char text[100];
    const int size = snprintf(text, sizeof text, "%s\n", line);
    WriteAll(place_.out, text, static_cast<size_t>(size));
  }

  // Only the first failure matters.
  void Fail(const char* why) {
    failed_ = true;
    WriteAll(place_.err, why, strlen(why));
    WriteAll(place_.err, "\n", 1);
    Say(kFailed);
  }

  void Take(char kind, size_t size) {
    switch (kind) {
      case kPlain:
        return Unpack(frame_, size);
      case kZstd: {
        const size_t got =
            ZSTD_decompressDCtx(zstd_, content_, kFrameContent, frame_, size);
        if (ZSTD_isError(got)) return Fail("the stream is damaged (zstd)");
        return Unpack(content_, got);
      }
      case kMark:
        return Say(kGot);
      default:
        return Fail("the stream has a frame of an unknown kind");
    }
  }

  void Unpack(const char* data, size_t size) {
    digest_.Add(data, size);
    if (!unpacker_.Add(data, size)) Fail(unpacker_.error());
  }

  int End(size_t size) {
    if (failed_) return kBroken;
    unsigned char digest[kDigestSize];
    digest_.Get(digest);
    if (size != kDigestSize || memcmp(digest, frame_, size) != 0) {
      Fail("the received context differs from the sent one");
      return kBroken;
    }
    if (!unpacker_.Finish()) {
      Fail(unpacker_.error());
      return kBroken;
    }
    char text[2 * kDigestSize + 1];
    digest_.GetHex(text);
    Say(text);
    return PassVerdict();
  }

  int PassVerdict() {
    char line[64];
    size_t size = 0;
    do {
      if (size == sizeof line || !ReadAll(place_.in, line + size, 1)) {
        return kCut;
      }
    } while (line[size++] != '\n');
    const int file = open(place_.verdict, O_WRONLY | O_CLOEXEC);
    if (file < 0 || !WriteAll(file, line, size)) {
      Fail("cannot pass the verdict on");
      return kBroken;
    }
    close(file);
    return 0;
  }

  const Place place_;
  TarUnpacker unpacker_;
  Digest digest_;
  ZSTD_DCtx* const zstd_;
  char* const frame_;
  char* const content_;
  bool failed_ = false;
};

}  // namespace

int Receive(const Place& place) {
  umask(0);
  const int root = open(place.context, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) {
    dprintf(place.err, "cannot open %s: %s\n", place.context, strerror(errno));
  }
  // A missing folder is found by the first member, after which the rest of the
  // stream is read all the same.
  Session session(place, root);
  const int code = session.Run();
  if (root >= 0) close(root);
  return code;
}

}  // namespace ovenbird::kube::receiver
