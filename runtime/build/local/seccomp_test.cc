#include "runtime/build/local/seccomp.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

// The names of all rules; `plain`: of those without a condition.
std::multiset<std::string> Names(const char* action, bool plain) {
  std::multiset<std::string> names;
  const json::Value profile = SeccompProfile();
  for (const json::Value& rule : profile["syscalls"].items()) {
    if (rule["action"].string_or() != action) continue;
    if (rule["args"].is_null() != plain) continue;
    for (const json::Value& name : rule["names"].items()) {
      names.emplace(name.string_or());
    }
  }
  return names;
}

TEST(SeccompTest, ThePageOfDockerIsBlocked) {
  const std::multiset<std::string> allowed = Names("SCMP_ACT_ALLOW", true);
  for (const char* name : {"acct",
                           "add_key",
                           "bpf",
                           "clock_adjtime",
                           "clock_settime",
                           "clone",
                           "clone3",
                           "create_module",
                           "delete_module",
                           "finit_module",
                           "fsconfig",
                           "fsmount",
                           "fsopen",
                           "get_kernel_syms",
                           "get_mempolicy",
                           "init_module",
                           "io_uring_enter",
                           "io_uring_register",
                           "io_uring_setup",
                           "ioperm",
                           "iopl",
                           "kexec_file_load",
                           "kexec_load",
                           "keyctl",
                           "lookup_dcookie",
                           "mbind",
                           "mount",
                           "mount_setattr",
                           "move_mount",
                           "move_pages",
                           "nfsservctl",
                           "open_by_handle_at",
                           "open_tree",
                           "perf_event_open",
                           "personality",
                           "pivot_root",
                           "query_module",
                           "quotactl",
                           "reboot",
                           "request_key",
                           "set_mempolicy",
                           "setns",
                           "settimeofday",
                           "socket",
                           "stime",
                           "swapoff",
                           "swapon",
                           "sysfs",
                           "_sysctl",
                           "umount",
                           "umount2",
                           "unshare",
                           "uselib",
                           "userfaultfd",
                           "ustat",
                           "vm86",
                           "vm86old"}) {
    EXPECT_EQ(allowed.count(name), 0u) << name;
  }
}

TEST(SeccompTest, WhatBuildsNeedIsAllowedOnce) {
  const std::multiset<std::string> allowed = Names("SCMP_ACT_ALLOW", true);
  for (const char* name : {"accept4",       "brk",
                           "capset",        "chmod",
                           "chown",         "chown32",
                           "clock_gettime", "clock_gettime64",
                           "close_range",   "copy_file_range",
                           "epoll_pwait2",  "execve",
                           "execveat",      "faccessat2",
                           "fchmodat2",     "fork",
                           "futex",         "futex_time64",
                           "getrandom",     "ioctl",
                           "lchown",        "lsetxattr",
                           "mknodat",       "mmap",
                           "mmap2",         "openat2",
                           "pidfd_open",    "prctl",
                           "ptrace",        "renameat2",
                           "rseq",          "seccomp",
                           "sendfile",      "setgroups",
                           "setuid",        "shmget",
                           "socketpair",    "stat64",
                           "statx",         "unlinkat",
                           "vfork",         "wait4"}) {
    EXPECT_EQ(allowed.count(name), 1u) << name;
  }
  EXPECT_EQ(allowed.size(),
            std::set<std::string>(allowed.begin(), allowed.end()).size());
}

TEST(SeccompTest, SomeDependOnTheirArguments) {
  const std::multiset<std::string> some = Names("SCMP_ACT_ALLOW", false);
  EXPECT_EQ(some, (std::multiset<std::string>{
                      "clone", "personality", "personality", "personality",
                      "personality", "personality", "socket"}));
  EXPECT_EQ(Names("SCMP_ACT_ERRNO", true),
            std::multiset<std::string>{"clone3"});
  const std::string text = json::Write(SeccompProfile());
  // CLONE_NEW*, AF_VSOCK and ENOSYS, as numbers.
  for (const char* part :
       {R"("args":[{"index":0,"value":2114060288,"valueTwo":0,)"
        R"("op":"SCMP_CMP_MASKED_EQ"}])",
        R"("args":[{"index":0,"value":40,"valueTwo":0,"op":"SCMP_CMP_NE"}])",
        R"("value":4294967295,"valueTwo":0,"op":"SCMP_CMP_EQ")",
        R"("names":["clone3"],"action":"SCMP_ACT_ERRNO","errnoRet":38)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace ovenbird::build
