// Loaded into a program (LD_PRELOAD): lets one call of the C library fail, as
// it does when the machine has run out of something.
//
//   OVENBIRD_FAIL=KIND:N    the Nth call of that kind in this process fails
//   OVENBIRD_FAIL=KIND:N+   the Nth and all later ones; of descriptors those
//                           for which nothing has been closed in the meantime
//   OVENBIRD_FAIL_MARK=F    the file F is created when a call has failed, with
//                           the stack of the call; a crash adds its own
//
// A line of a stack is a file of the program and the address in it, for
// addr2line.
//
// KIND: descriptor (EMFILE), thread (EAGAIN), process (EAGAIN), malloc (ENOMEM;
// of C code), new (as if malloc() in it failed), bad_alloc (`new` throws
// without a call of the new handler), write (ENOSPC; of regular files).
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <new>

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

}  // extern "C"

namespace {

enum Kind {
  kNone,
  kDescriptor,
  kThread,
  kProcess,
  kMalloc,
  kNew,
  kBadAlloc,
  kWrite
};

// Zero before any constructor runs, since malloc is called by then.
std::atomic<int> state;  // 0: not read yet, 1: being read, 2: read
Kind kind;
long first;
bool all_later;
std::atomic<long> calls;

void ReadSettings() {
  const char* setting = getenv("OVENBIRD_FAIL");
  if (setting == nullptr) return;
  const char* const names[] = {"",       "descriptor", "thread",    "process",
                               "malloc", "new",        "bad_alloc", "write"};
  for (int i = kDescriptor; i <= kWrite; ++i) {
    const size_t size = strlen(names[i]);
    if (strncmp(setting, names[i], size) != 0 || setting[size] != ':') continue;
    char* end = nullptr;
    first = strtol(setting + size + 1, &end, 10);
    all_later = *end == '+';
    kind = static_cast<Kind>(i);
  }
}

// Adds the stack to the file, if there is one, without memory.
void Mark(const char* what) {
  const char* path = getenv("OVENBIRD_FAIL_MARK");
  if (path == nullptr) return;
  const long fd =
      syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_APPEND, 0600);
  if (fd < 0) return;
  char line[600];
  int size = snprintf(line, sizeof(line), "%s:\n", what);
  syscall(SYS_write, fd, line, size);
  void* frames[100];
  const int count = backtrace(frames, 100);
  for (int i = 0; i < count; ++i) {
    Dl_info info = {};
    if (dladdr(frames[i], &info) == 0) continue;
    // A return address: the call is before it.
    const long offset =
        static_cast<char*>(frames[i]) - static_cast<char*>(info.dli_fbase) - 1;
    size = snprintf(line, sizeof(line), "%s %#lx\n", info.dli_fname, offset);
    syscall(SYS_write, fd, line, size);
  }
  syscall(SYS_close, fd);
}

void OnCrash(int signal) {
  Mark(signal == SIGABRT ? "aborted" : "crashed");
  ::signal(signal, SIG_DFL);
  raise(signal);
}

// As `ulimit -n` does: no descriptor can be opened until another is closed.
void TakeTheFreeDescriptors() {
  const long lowest = syscall(SYS_dup, 0);
  if (lowest < 0) return;
  syscall(SYS_close, lowest);
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = static_cast<rlim_t>(lowest);
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool Fails(Kind what) {
  int expected = 0;
  if (state.load(std::memory_order_acquire) != 2) {
    if (!state.compare_exchange_strong(expected, 1)) return false;
    ReadSettings();
    state.store(2, std::memory_order_release);
  }
  if (kind != what) return false;
  const long call = ++calls;
  // The kernel lets the later ones fail.
  if (kind == kDescriptor && all_later && call > first) return false;
  const bool fails = call == first || (all_later && call > first);
  if (fails) Mark("failed");
  if (fails && kind == kDescriptor && all_later) TakeTheFreeDescriptors();
  return fails;
}

template <typename Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool IsRegular(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

template <typename Result>
Result Failed(int error, Result result) {
  errno = error;
  return result;
}

__attribute__((constructor)) void Prepare() {
  // The first call loads a library, for which there may be no memory later.
  void* frame[1];
  backtrace(frame, 1);
  if (getenv("OVENBIRD_FAIL_MARK") == nullptr) return;
  for (const int one : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE}) signal(one, OnCrash);
}

// Is malloc's failure in `new`.
void* New(size_t size, size_t alignment) {
  while (true) {
    if (Fails(kBadAlloc)) throw std::bad_alloc();
    void* memory = nullptr;
    if (!Fails(kNew)) {
      memory = alignment == 0 ? __libc_malloc(size)
                              : __libc_memalign(alignment, size);
    }
    if (memory != nullptr) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void* operator new(size_t size) { return New(size, 0); }
void* operator new[](size_t size) { return New(size, 0); }
void* operator new(size_t size, std::align_val_t alignment) {
  return New(size, static_cast<size_t>(alignment));
}

// Each has the C library's signature, and calls it if it is not to fail.
#define PASS(name, ...)                                  \
  static const auto real = Real<decltype(&name)>(#name); \
  return real(__VA_ARGS__)

extern "C" {

void* malloc(size_t size) {
  if (Fails(kMalloc)) return Failed<void*>(ENOMEM, nullptr);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  if (Fails(kMalloc)) return Failed<void*>(ENOMEM, nullptr);
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  if (Fails(kMalloc)) return Failed<void*>(ENOMEM, nullptr);
  return __libc_realloc(old, size);
}

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const int mode = va_arg(list, int);
  va_end(list);
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const int mode = va_arg(list, int);
  va_end(list);
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
int openat(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const int mode = va_arg(list, int);
  va_end(list);
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}
int openat64(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const int mode = va_arg(list, int);
  va_end(list);
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}
FILE* fopen(const char* path, const char* mode) {
  if (Fails(kDescriptor)) return Failed<FILE*>(EMFILE, nullptr);
  PASS(fopen, path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  if (Fails(kDescriptor)) return Failed<FILE*>(EMFILE, nullptr);
  PASS(fopen64, path, mode);
}
DIR* opendir(const char* path) {
  if (Fails(kDescriptor)) return Failed<DIR*>(EMFILE, nullptr);
  PASS(opendir, path);
}
int socket(int domain, int type, int protocol) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(socket, domain, type, protocol);
}
int pipe2(int ends[2], int flags) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(pipe2, ends, flags);
}
int pipe(int ends[2]) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(pipe, ends);
}
int epoll_create1(int flags) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(epoll_create1, flags);
}
int epoll_create(int size) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(epoll_create, size);
}
int eventfd(unsigned int value, int flags) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(eventfd, value, flags);
}
int timerfd_create(clockid_t clock, int flags) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(timerfd_create, clock, flags);
}
int dup(int fd) noexcept {
  if (Fails(kDescriptor)) return Failed(EMFILE, -1);
  PASS(dup, fd);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*run)(void*), void* argument) noexcept {
  if (Fails(kThread)) return EAGAIN;
  PASS(pthread_create, thread, attributes, run, argument);
}
pid_t fork() noexcept {
  if (Fails(kProcess)) return Failed(EAGAIN, -1);
  PASS(fork);
}

ssize_t write(int fd, const void* data, size_t size) {
  if (IsRegular(fd) && Fails(kWrite)) return Failed<ssize_t>(ENOSPC, -1);
  return syscall(SYS_write, fd, data, size);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  if (IsRegular(fd) && Fails(kWrite)) return Failed<ssize_t>(ENOSPC, -1);
  return syscall(SYS_writev, fd, parts, count);
}

}  // extern "C"
