#include "runtime/cli/output_buffer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ostream>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::cli {
namespace {

// More than a pipe, a socket or a terminal holds.
const std::string& Much() {
  static const auto* const much = new std::string(8 << 20, 'x');
  return *much;
}

struct Ends {
  int read = -1;
  int write = -1;
};

Ends Pipe() {
  int fds[2];
  EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
  return {fds[0], fds[1]};
}

Ends Socket() {
  int fds[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  return {fds[0], fds[1]};
}

Ends Terminal() {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_EQ(grantpt(terminal), 0);
  EXPECT_EQ(unlockpt(terminal), 0);
  return {terminal, open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC)};
}

void Close(const Ends& ends) {
  close(ends.read);
  close(ends.write);
}

// Reads until `last`, which is not in the text before, and returns all of it.
std::string ReadUntil(int fd, char last) {
  std::string text;
  while (text.empty() || text.back() != last) {
    char buffer[1 << 16];
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size <= 0) break;
    text.append(buffer, static_cast<size_t>(size));
  }
  return text;
}

TEST(OutputBufferTest, WaitsForItsReader) {
  for (const Ends& ends : {Pipe(), Socket(), Terminal()}) {
    const Cancellation hurry;
    OutputBuffer buffer(ends.write, 0, &hurry);
    std::ostream out(&buffer);
    std::thread writer([&] { out << Much() << "." << std::flush; });
    absl::SleepFor(absl::Milliseconds(1500));
    EXPECT_EQ(ReadUntil(ends.read, '.'), Much() + ".");
    writer.join();
    EXPECT_TRUE(out.good());
    Close(ends);
  }
}

TEST(OutputBufferTest, AHurriedOneDropsWhatNobodyReads) {
  for (const Ends& ends : {Pipe(), Socket(), Terminal()}) {
    Cancellation hurry;
    OutputBuffer buffer(ends.write, 0, &hurry);
    std::ostream out(&buffer);
    std::atomic<bool> has_ended = false;
    std::thread writer([&] {
      out << Much() << std::flush;
      // Only the first one takes time.
      for (int i = 0; i < 1000; ++i) out << Much() << std::flush;
      has_ended = true;
    });
    absl::SleepFor(absl::Milliseconds(300));
    EXPECT_FALSE(has_ended);
    hurry.Cancel();
    const absl::Time end = absl::Now() + absl::Seconds(15);
    while (!has_ended && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_TRUE(has_ended);
    if (!has_ended) close(ends.read);  // Ends it.
    writer.join();
    EXPECT_TRUE(out.good());
    Close(ends);
  }
}

TEST(OutputBufferTest, AHurriedOneGoesOnWithItsReader) {
  const Ends ends = Pipe();
  Cancellation hurry;
  hurry.Cancel();
  OutputBuffer buffer(ends.write, 0, &hurry);
  std::ostream out(&buffer);
  out << Much() << std::flush;
  fcntl(ends.read, F_SETFL, O_NONBLOCK);
  std::string seen(1 << 16, ' ');
  while (read(ends.read, seen.data(), seen.size()) > 0) {
  }
  out << "one" << std::flush << ", two." << std::flush;
  // Not a part of the line that was cut.
  EXPECT_EQ(ReadUntil(ends.read, '.'), "\none, two.");
  Close(ends);
}

// Another program may have the same pipe.
TEST(OutputBufferTest, LeavesTheDescriptorAsItIs) {
  for (const Ends& ends : {Pipe(), Socket(), Terminal()}) {
    const Cancellation hurry;
    OutputBuffer buffer(ends.write, 0, &hurry);
    std::ostream(&buffer) << "a" << std::flush;
    EXPECT_EQ(fcntl(ends.write, F_GETFL) & O_NONBLOCK, 0);
    Close(ends);
  }
}

TEST(OutputBufferTest, KeepsUntilItIsFlushed) {
  const Ends ends = Pipe();
  const Cancellation hurry;
  OutputBuffer buffer(ends.write, 10, &hurry);
  std::ostream out(&buffer);
  out << "one" << ' ' << 2 << '.';
  fcntl(ends.read, F_SETFL, O_NONBLOCK);
  char one = 0;
  EXPECT_EQ(read(ends.read, &one, 1), -1);
  out << std::flush;
  EXPECT_EQ(ReadUntil(ends.read, '.'), "one 2.");
  out << "more"
      << " than it keeps.";
  EXPECT_EQ(ReadUntil(ends.read, '.'), "more than it keeps.");
  Close(ends);
}

TEST(OutputBufferTest, AFullDiskIsAnError) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  const Cancellation hurry;
  OutputBuffer buffer(full, 100, &hurry);
  std::ostream out(&buffer);
  out << "a";
  EXPECT_TRUE(out.good());
  out << std::flush;
  EXPECT_TRUE(out.bad());
  close(full);
}

}  // namespace
}  // namespace ovenbird::cli
