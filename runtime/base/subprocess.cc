#include "runtime/base/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/base/shell_quote.h"
#include "runtime/base/steady_time.h"

extern char** environ;

namespace ovenbird {
namespace {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    Reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Fd() { Reset(); }
  void Reset() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A descriptor that another thread makes readable.
class WakeUp {
 public:
  WakeUp() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  void Wake() { eventfd_write(fd_.get(), 1); }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

struct Pipe {
  Fd read;
  Fd write;
};

absl::StatusOr<Pipe> NewPipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "cannot create a pipe");
  }
  return Pipe{Fd(fds[0]), Fd(fds[1])};
}

void SetNonBlocking(const Fd& fd) {
  fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

std::vector<std::string> Environment(const Subprocess& process) {
  const auto overridden = [&](absl::string_view name) {
    return std::any_of(process.set_env.begin(), process.set_env.end(),
                       [&](const auto& pair) { return pair.first == name; }) ||
           std::find(process.unset_env.begin(), process.unset_env.end(),
                     name) != process.unset_env.end();
  };
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const absl::string_view text(*entry);
    if (!overridden(text.substr(0, text.find('=')))) result.emplace_back(text);
  }
  for (const auto& [name, value] : process.set_env) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

bool IsProgram(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

absl::StatusOr<std::string> FindIn(absl::string_view program,
                                   absl::string_view path) {
  for (absl::string_view folder : absl::StrSplit(path, ':')) {
    const std::string candidate =
        absl::StrCat(folder.empty() ? "." : folder, "/", program);
    if (IsProgram(candidate)) return candidate;
  }
  return absl::NotFoundError(
      absl::StrCat("program `", program, "` is not in any folder of PATH"));
}

absl::StatusOr<std::string> ProgramOf(const Subprocess& process) {
  if (process.argv.empty() || process.argv[0].empty()) {
    return absl::InvalidArgumentError("the command is empty");
  }
  if (absl::StrContains(process.argv[0], '/')) return process.argv[0];
  for (const auto& [name, value] : process.set_env) {
    if (name == "PATH") return FindIn(process.argv[0], value);
  }
  return FindProgram(process.argv[0]);
}

// The pipes of one child, from our side.
struct Ends {
  Fd in;
  Fd out;
  Fd err;
};

// Attributes and actions of posix_spawn, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none, standard;
    sigemptyset(&none);
    sigemptyset(&standard);
    for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
      sigaddset(&standard, signal);
    }
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &standard);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                              POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

Mutex spawning;

// Programs that are started while it lives, and what they start, ignore SIGTTIN
// and SIGTTOU. Their group is in the background of the terminal: these signals
// would stop them forever where reading from it fails (EIO) now. A blocked
// signal would not do, since shells unblock it.
class NoJobControl {
 public:
  NoJobControl() ABSL_EXCLUSIVE_LOCKS_REQUIRED(spawning) {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGTTIN, &ignore, &before_in_);
    sigaction(SIGTTOU, &ignore, &before_out_);
  }
  ~NoJobControl() ABSL_EXCLUSIVE_LOCKS_REQUIRED(spawning) {
    sigaction(SIGTTIN, &before_in_, nullptr);
    sigaction(SIGTTOU, &before_out_, nullptr);
  }
  NoJobControl(const NoJobControl&) = delete;
  NoJobControl& operator=(const NoJobControl&) = delete;

 private:
  struct sigaction before_in_;
  struct sigaction before_out_;
};

absl::Status CannotStart(int error, const Subprocess& process) {
  std::string what =
      absl::StrCat("cannot run `", ShellCommand(process.argv), "`");
  // A missing working directory has the same code as a missing program.
  if (!process.working_dir.empty() &&
      access(process.working_dir.c_str(), X_OK) != 0) {
    absl::StrAppend(&what, " in ", process.working_dir);
  }
  return absl::ErrnoToStatus(error, what);
}

absl::StatusOr<pid_t> Spawn(const Subprocess& process, bool with_stdin,
                            Ends& ends) {
  absl::StatusOr<std::string> program = ProgramOf(process);
  if (!program.ok()) return program.status();
  absl::StatusOr<Pipe> in = NewPipe(), out = NewPipe(), err = NewPipe();
  for (const auto* pipe : {&in, &out, &err}) {
    if (!pipe->ok()) return pipe->status();
  }
  SpawnPlan plan;
  if (with_stdin) {
    posix_spawn_file_actions_adddup2(&plan.actions, in->read.get(), 0);
  } else {
    posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY,
                                     0);
  }
  posix_spawn_file_actions_adddup2(&plan.actions, out->write.get(), 1);
  posix_spawn_file_actions_adddup2(&plan.actions, err->write.get(), 2);
  posix_spawn_file_actions_addclosefrom_np(&plan.actions, 3);
  if (!process.working_dir.empty()) {
    posix_spawn_file_actions_addchdir_np(&plan.actions,
                                         process.working_dir.c_str());
  }
  std::vector<std::string> argv = process.argv;
  std::vector<std::string> environment = Environment(process);
  pid_t pid = -1;
  const int error = [&] {
    MutexLock lock(&spawning);
    const NoJobControl here;
    return posix_spawn(&pid, program->c_str(), &plan.actions, &plan.attributes,
                       Pointers(argv).data(), Pointers(environment).data());
  }();
  if (error != 0) return CannotStart(error, process);
  if (with_stdin) ends.in = std::move(in->write);
  ends.out = std::move(out->read);
  ends.err = std::move(err->read);
  return pid;
}

// write(2) that reports a closed pipe as EPIPE without a signal, whatever the
// program has set for SIGPIPE.
ssize_t WriteWithoutSignal(int fd, absl::string_view bytes) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_pending) {
    const timespec none = {0, 0};
    while (sigtimedwait(&pipe_signal, nullptr, &none) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

// A child that was started. The destructor kills its group if nobody has waited
// for its end: an exception has come before.
class Started {
 public:
  explicit Started(pid_t pid) : pid_(pid) {}
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  ~Started() {
    if (is_reaped_) return;
    kill(-pid_, SIGKILL);
    Reap();
  }

  pid_t pid() const { return pid_; }
  // Waits for its end and returns the status.
  int Reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    is_reaped_ = true;
    return status;
  }

 private:
  const pid_t pid_;
  bool is_reaped_ = false;
};

// One running child: its pipes are served until it has exited.
class Child {
 public:
  Child(const Subprocess& process, Started& started, Ends& ends)
      : process_(process),
        started_(started),
        pid_(started.pid()),
        ends_(ends),
        pidfd_(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0))),
        deadline_(SteadyNow() + process.timeout),
        pending_in_(process.stdin_data) {
    SetNonBlocking(ends_.out);
    SetNonBlocking(ends_.err);
    if (ends_.in.open()) SetNonBlocking(ends_.in);
  }

  absl::StatusOr<SubprocessResult> Serve() {
    Cancellation::Subscription on_cancel(process_.cancel,
                                         [this] { woken_.Wake(); });
    while (!Exited()) {
      const absl::Time now = SteadyNow();
      if (end_.ok()) CheckForEnd(now);
      if (!end_.ok()) Terminate(now);
      Wait(now);
    }
    // Whoever of the group outlives an ended leader goes too; the group's
    // number cannot have another owner before the leader is reaped.
    if (!end_.ok()) kill(-pid_, SIGKILL);
    Drain(ends_.out, process_.on_stdout, result_.out);
    Drain(ends_.err, process_.on_stderr, result_.err);
    Reap();
    if (!end_.ok()) return end_;
    return std::move(result_);
  }

 private:
  bool Exited() const {
    siginfo_t info = {};
    return waitid(P_PID, static_cast<id_t>(pid_), &info,
                  WEXITED | WNOWAIT | WNOHANG) != 0 ||
           info.si_pid == pid_;
  }

  void CheckForEnd(absl::Time now) {
    if (process_.cancel != nullptr && process_.cancel->cancelled()) {
      end_ = absl::CancelledError(
          absl::StrCat("`", process_.argv[0], "` was cancelled"));
    } else if (now >= deadline_) {
      end_ = absl::DeadlineExceededError(absl::StrCat(
          "`", ShellCommand(process_.argv), "` did not end within ",
          absl::FormatDuration(process_.timeout)));
    }
  }

  void Terminate(absl::Time now) {
    if (!kill_at_.has_value()) {
      kill(-pid_, SIGTERM);
      kill_at_ = now + process_.grace;
    } else if (now >= *kill_at_) {
      kill(-pid_, SIGKILL);
      kill_at_ = absl::InfiniteFuture();
    }
  }

  void Wait(absl::Time now) {
    pollfd fds[5];
    nfds_t count = 0;
    const auto add = [&](int fd, short events) {
      fds[count] = {fd, events, 0};
      return &fds[count++];
    };
    add(pidfd_.get(), POLLIN);  // a negative one is ignored
    // Once it is being ended the news is old.
    add(end_.ok() ? woken_.fd() : -1, POLLIN);
    const pollfd* in = add(ends_.in.get(), POLLOUT);
    const pollfd* out = add(ends_.out.get(), POLLIN);
    const pollfd* err = add(ends_.err.get(), POLLIN);
    poll(fds, count, PollTimeout(now));
    if (out->revents != 0) Read(ends_.out, process_.on_stdout, result_.out);
    if (err->revents != 0) Read(ends_.err, process_.on_stderr, result_.err);
    if (in->revents != 0) Feed();
  }

  int PollTimeout(absl::Time now) const {
    absl::Duration left = (end_.ok() ? deadline_ : *kill_at_) - now;
    // Kernels before 5.3 have no pidfd: look now and then.
    if (!pidfd_.open()) left = std::min(left, absl::Milliseconds(20));
    left = std::clamp(left, absl::ZeroDuration(), absl::Minutes(1));
    return static_cast<int>(
        absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
  }

  // One read; false when there is nothing (yet or any more).
  bool Read(Fd& fd, const std::function<void(absl::string_view)>& on_data,
            std::string& captured) {
    if (!fd.open()) return false;
    char buffer[1 << 16];
    const ssize_t size = read(fd.get(), buffer, sizeof(buffer));
    if (size > 0) {
      const absl::string_view data(buffer, static_cast<size_t>(size));
      if (on_data) {
        on_data(data);
      } else {
        captured.append(data.data(), data.size());
      }
      return true;
    }
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) fd.Reset();
    return false;
  }

  void Drain(Fd& fd, const std::function<void(absl::string_view)>& on_data,
             std::string& captured) {
    while (Read(fd, on_data, captured)) {
    }
  }

  void Feed() {
    if (written_ == pending_in_.size() && !NextPiece()) {
      ends_.in.Reset();
      return;
    }
    const ssize_t size = WriteWithoutSignal(
        ends_.in.get(), absl::string_view(pending_in_).substr(written_));
    if (size > 0) {
      written_ += static_cast<size_t>(size);
    } else if (errno != EAGAIN && errno != EINTR) {
      ends_.in.Reset();  // The program does not want more.
    }
  }

  bool NextPiece() {
    written_ = 0;
    pending_in_.clear();
    if (!process_.stdin_source || !end_.ok()) return false;
    absl::StatusOr<std::string> piece = process_.stdin_source();
    if (!piece.ok()) {
      end_ = piece.status();
      return false;
    }
    pending_in_ = *std::move(piece);
    return !pending_in_.empty();
  }

  void Reap() {
    const int status = started_.Reap();
    if (WIFSIGNALED(status)) {
      result_.signal = WTERMSIG(status);
      result_.exit_code = 128 + result_.signal;
    } else {
      result_.exit_code = WEXITSTATUS(status);
    }
  }

  const Subprocess& process_;
  Started& started_;
  const pid_t pid_;
  Ends& ends_;
  const Fd pidfd_;
  WakeUp woken_;
  const absl::Time deadline_;
  std::string pending_in_;
  size_t written_ = 0;
  absl::Status end_;  // why the child is being ended
  std::optional<absl::Time> kill_at_;
  SubprocessResult result_;
};

bool IsPlain(absl::string_view word) {
  return !word.empty() &&
         word.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789_-+=./:,@%^") == absl::string_view::npos;
}

}  // namespace

std::string SubprocessResult::Describe() const {
  if (signal == 0) return absl::StrCat("exit code ", exit_code);
  return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
}

absl::StatusOr<SubprocessResult> RunSubprocess(const Subprocess& process) {
  if (process.cancel != nullptr && process.cancel->cancelled()) {
    return absl::CancelledError("cancelled");
  }
  const bool with_stdin = !process.stdin_data.empty() || process.stdin_source;
  Ends ends;
  absl::StatusOr<pid_t> pid = Spawn(process, with_stdin, ends);
  if (!pid.ok()) return pid.status();
  // Its pipes are closed last: for some programs that is a word.
  Started started(*pid);
  return Child(process, started, ends).Serve();
}

absl::StatusOr<std::string> FindProgram(absl::string_view program,
                                        absl::string_view path) {
  if (!path.empty()) return FindIn(program, path);
  const char* own = getenv("PATH");
  return FindIn(program, own != nullptr ? own : "/usr/local/bin:/usr/bin:/bin");
}

std::string ShellCommand(const std::vector<std::string>& argv) {
  return absl::StrJoin(argv, " ",
                       [](std::string* out, const std::string& word) {
                         if (IsPlain(word)) {
                           out->append(word);
                           return;
                         }
                         out->append(ShellQuote(word));
                       });
}

}  // namespace ovenbird
