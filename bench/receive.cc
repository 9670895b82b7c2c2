// Sends a folder to the command that receives contexts in pods
// (runtime/kube/handover.h), through pipes on this machine: to its own tools,
// without and with measuring the link, and to the receiver. Prints of each
// round the seconds, the CPU seconds of the command and of the sender, and
// megabytes sent.
//   bazel run --config=opt //bench:receive -- FOLDER TO ROUNDS
//   [MEGABYTES_PER_SECOND]
// TO is deleted. The commands are those of PATH.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/build/cluster/context_sender.h"
#include "runtime/context/tar.h"
#include "runtime/context/walk.h"
#include "runtime/kube/handover.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

pid_t StartCommand(const std::string& to, int in, int out) {
  std::vector<std::string> command =
      kube::ReceiveCommand(to + "/context", to + "/scratch");
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  return pid;
}

// Writes what the sender has, at most `rate` bytes a second; 0: no limit.
void Write(ContextSender& sender, int to, double rate) {
  std::string buffer(64 << 10, '\0');
  const Clock::time_point start = Clock::now();
  double due = 0;
  while (true) {
    const auto size = sender.Read(absl::MakeSpan(buffer.data(), buffer.size()));
    if (!size.ok() || *size == 0) break;
    if (rate > 0) {
      due = std::max(due, SecondsSince(start)) +
            static_cast<double>(*size) / rate;
      const double left = due - SecondsSince(start);
      if (left > 0) {
        std::this_thread::sleep_for(std::chrono::duration<double>(left));
      }
    }
    for (size_t done = 0; done < *size;) {
      const ssize_t n = write(to, buffer.data() + done, *size - done);
      if (n <= 0) return;
      done += static_cast<size_t>(n);
    }
  }
}

// Sends one listing, over and over.
class Sending {
 public:
  Sending(const context::Listing& listing, std::string to, double rate)
      : listing_(listing), to_(std::move(to)), rate_(rate) {}

  // Returns the seconds until the command has got all and ended; -1 if it
  // failed.
  double Send(ContextSender::Options options) {
    sender_.reset();
    tar_ = *context::TarStream::Create(&listing_);
    sender_ = std::make_unique<ContextSender>(tar_.get(), std::move(options));
    Prepare();
    int in[2];
    int answers[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) return -1;
    const Clock::time_point start = Clock::now();
    const pid_t pid = StartCommand(to_, in[0], answers[1]);
    close(in[0]);
    close(answers[1]);
    std::thread writer([&] {
      Write(*sender_, in[1], rate_);
      close(in[1]);
    });
    char text[100];
    for (ssize_t n; (n = read(answers[0], text, sizeof text)) > 0;) {
      sender_->OnOutput(absl::string_view(text, static_cast<size_t>(n)));
    }
    sender_->End();
    writer.join();
    int status = 0;
    waitpid(pid, &status, 0);
    const double seconds = SecondsSince(start);
    close(answers[0]);
    close(handover_);
    return status == 0 && sender_->confirmed() ? seconds : -1;
  }
  uint64_t sent() const { return sender_->sent(); }

 private:
  // Makes empty folders, and reads the verdict, as the waiting process does.
  void Prepare() {
    fs::remove_all(to_);
    fs::create_directories(to_ + "/context");
    fs::create_directories(to_ + "/scratch");
    const std::string handover = to_ + "/scratch/handover";
    mkfifo(handover.c_str(), 0600);
    handover_ = open(handover.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }

  const context::Listing& listing_;
  const std::string to_;
  const double rate_;
  int handover_ = -1;
  std::unique_ptr<context::TarStream> tar_;
  std::unique_ptr<ContextSender> sender_;
};

double CpuSeconds(int of) {
  rusage usage;
  getrusage(of, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The ways to send.
struct Way {
  const char* name;
  bool program;
  uint64_t small;
};
constexpr Way kWays[] = {{"script", false, 0},
                         {"script-at-once", false, UINT64_MAX},
                         {"receiver", true, 0}};

int Main(const std::string& folder, const std::string& to, int rounds,
         double rate) {
  std::signal(SIGPIPE, SIG_IGN);
  auto walk = context::Walk(folder);
  if (!walk.ok()) return 1;
  Sending sending{walk->listing, to, rate};
  for (int i = 0; i < rounds; ++i) {
    for (const Way& way : kWays) {
      ContextSender::Options options;
      if (!way.program) options.programs = {};
      options.small = way.small;
      const double pod = CpuSeconds(RUSAGE_CHILDREN);
      const double own = CpuSeconds(RUSAGE_SELF);
      const double seconds = sending.Send(std::move(options));
      if (seconds < 0) return 1;
      std::printf("%s %.4f %.4f %.4f %.3f\n", way.name, seconds,
                  CpuSeconds(RUSAGE_CHILDREN) - pod,
                  CpuSeconds(RUSAGE_SELF) - own,
                  static_cast<double>(sending.sent()) / 1e6);
      std::fflush(stdout);
    }
  }
  fs::remove_all(to);
  return 0;
}

}  // namespace
}  // namespace ovenbird::build

int main(int argc, char** argv) {
  if (argc < 4) return 64;
  return ovenbird::build::Main(argv[1], argv[2], std::atoi(argv[3]),
                               argc > 4 ? std::atof(argv[4]) * 1e6 : 0);
}
