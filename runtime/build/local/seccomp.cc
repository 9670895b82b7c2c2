#include "runtime/build/local/seccomp.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace ovenbird::build {
namespace {

constexpr char kAllow[] = "SCMP_ACT_ALLOW";
constexpr char kFail[] = "SCMP_ACT_ERRNO";

// All system calls of Linux (x86, Arm; 32 and 64 bits), without:
// - those that change or reveal the machine as a whole: modules, kexec, reboot,
//   clocks, swap, quotas, accounting, I/O ports, the kernel's log and NUMA
//   policies;
// - those that make namespaces or mounts: with a user namespace of its own, a
//   process reaches code of the kernel that is otherwise for root only;
// - those whose holes have most often led out of containers: keyrings, bpf,
//   perf, userfaultfd, io_uring, file handles;
// - obsolete ones.
// A runtime ignores names that its libseccomp does not know.
constexpr absl::string_view kAllowed =
    "_llseek _newselect accept accept4 access adjtimex alarm arch_prctl "
    "arm_fadvise64_64 arm_sync_file_range bind breakpoint brk cacheflush "
    "cachestat capget capset chdir chmod chown chown32 clock_getres "
    "clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
    "clock_nanosleep_time64 close close_range connect copy_file_range "
    "creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait "
    "epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit "
    "exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate "
    "fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 "
    "fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork "
    "fremovexattr fsetxattr fstat fstat64 fstatat fstatat64 fstatfs "
    "fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue "
    "futex_time64 futex_wait futex_waitv futex_wake futimesat "
    "get_robust_list get_thread_area getcpu getcwd getdents getdents64 "
    "getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
    "getgroups32 getitimer getpeername getpgid getpgrp getpid getppid "
    "getpriority getrandom getresgid getresgid32 getresuid getresuid32 "
    "getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday "
    "getuid getuid32 getxattr getxattrat inotify_add_watch inotify_init "
    "inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents "
    "io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl "
    "ioprio_get ioprio_set ipc kcmp kill landlock_add_rule "
    "landlock_create_ruleset landlock_restrict_self lchown lchown32 "
    "lgetxattr link linkat listen listxattr listxattrat llistxattr "
    "lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack "
    "membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod "
    "mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mprotect "
    "mq_getsetattr mq_notify mq_open mq_timedreceive "
    "mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink "
    "mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall "
    "munmap name_to_handle_at nanosleep newfstatat nice open openat "
    "openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc "
    "pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv "
    "preadv2 prlimit64 process_madvise process_mrelease process_vm_readv "
    "process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev "
    "pwritev2 read readahead readdir readlink readlinkat readv recvfrom "
    "recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr "
    "removexattrat rename renameat renameat2 restart_syscall rmdir rseq "
    "rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo "
    "rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 "
    "rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min "
    "sched_getaffinity sched_getattr sched_getparam sched_getscheduler "
    "sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity "
    "sched_setattr sched_setparam sched_setscheduler sched_yield seccomp "
    "select semctl semget semop semtimedop semtimedop_time64 sendfile "
    "sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area "
    "set_tid_address set_tls setfsgid setfsgid32 setfsuid setfsuid32 "
    "setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority "
    "setregid setregid32 setresgid setresgid32 setresuid setresuid32 "
    "setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 "
    "setxattr setxattrat sgetmask shmat shmctl shmdt shmget shutdown "
    "sigaction sigaltstack signal signalfd signalfd4 sigpending "
    "sigprocmask sigreturn sigsuspend socketcall socketpair splice "
    "ssetmask stat stat64 statfs statfs64 statx symlink symlinkat sync "
    "sync_file_range sync_file_range2 syncfs sysinfo tee tgkill time "
    "timer_create timer_delete timer_getoverrun timer_gettime "
    "timer_gettime64 timer_settime timer_settime64 timerfd_create "
    "timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 "
    "times tkill truncate truncate64 ugetrlimit umask uname unlink "
    "unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice wait4 "
    "waitid waitpid write writev";

constexpr uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
                                    CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// Execution domains of 32-bit programs and of old versions; the last value asks
// for the current one. Others switch the randomization of addresses off.
constexpr uint64_t kPersonalities[] = {PER_LINUX, PER_LINUX32, UNAME26,
                                       uint64_t{PER_LINUX32} | UNAME26,
                                       0xffffffff};

json::Value Rule(json::Array names, const char* action) {
  json::Value rule;
  rule.Set("names", std::move(names));
  rule.Set("action", action);
  return rule;
}

// Allows a call if its first argument compares like this.
json::Value RuleFor(const char* name, const char* comparison, uint64_t value,
                    uint64_t value_two = 0) {
  json::Value argument;
  argument.Set("index", 0);
  argument.Set("value", static_cast<int64_t>(value));
  argument.Set("valueTwo", static_cast<int64_t>(value_two));
  argument.Set("op", comparison);
  json::Value rule = Rule({name}, kAllow);
  rule.Set("args", json::Array{std::move(argument)});
  return rule;
}

// A 64-bit machine runs programs of 32 bits, too.
json::Array Architectures() {
#if defined(__x86_64__)
  return {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
#elif defined(__aarch64__)
  return {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
#else
  return {};  // The machine's own.
#endif
}

}  // namespace

json::Value SeccompProfile() {
  json::Array rules;
  json::Array allowed;
  for (absl::string_view name : absl::StrSplit(kAllowed, ' ')) {
    allowed.push_back(name);
  }
  rules.push_back(Rule(std::move(allowed), kAllow));
  rules.push_back(
      RuleFor("clone", "SCMP_CMP_MASKED_EQ", kNewNamespaces, /*value_two=*/0));
  // Its flags are in memory, which a filter cannot see. C libraries take
  // `clone` then.
  json::Value clone3 = Rule({"clone3"}, kFail);
  clone3.Set("errnoRet", ENOSYS);
  rules.push_back(std::move(clone3));
  for (const uint64_t value : kPersonalities) {
    rules.push_back(RuleFor("personality", "SCMP_CMP_EQ", value));
  }
  // No namespace separates these sockets from the machine's hypervisor.
  rules.push_back(RuleFor("socket", "SCMP_CMP_NE", AF_VSOCK));
  json::Value profile;
  profile.Set("defaultAction", kFail);
  profile.Set("architectures", Architectures());
  profile.Set("syscalls", std::move(rules));
  return profile;
}

}  // namespace ovenbird::build
