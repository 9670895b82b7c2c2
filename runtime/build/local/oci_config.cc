#include "runtime/build/local/oci_config.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/build/local/seccomp.h"

namespace ovenbird::build {
namespace {

json::Array ToJson(const std::vector<std::string>& strings) {
  return json::Array(strings.begin(), strings.end());
}

// The image's environment with the spec's on top of it.
json::Array Environment(const OciInput& input) {
  json::Array result;
  for (const std::string& entry : input.image->env) {
    bool replaced = false;
    for (const auto& [name, value] : input.spec->env) {
      replaced |= absl::StartsWith(entry, absl::StrCat(name, "="));
    }
    if (!replaced) result.push_back(entry);
  }
  for (const auto& [name, value] : input.spec->env) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

json::Value Capabilities(const std::vector<std::string>& names) {
  json::Array list;
  for (const std::string& name : names) {
    list.push_back(absl::StrCat("CAP_", name));
  }
  json::Value result;
  for (const char* set : {"bounding", "effective", "permitted"}) {
    result.Set(set, list);
  }
  return result;
}

json::Value Process(const OciInput& input) {
  json::Value user;
  user.Set("uid", 0);
  user.Set("gid", 0);
  json::Value process;
  process.Set("terminal", false);
  process.Set("user", std::move(user));
  process.Set("args", ToJson(CommandLine(*input.spec, *input.image)));
  process.Set("env", Environment(input));
  const std::string& folder = input.spec->working_dir.empty()
                                  ? input.image->working_dir
                                  : input.spec->working_dir;
  process.Set("cwd", folder.empty() ? "/" : folder);
  process.Set("capabilities", Capabilities(input.spec->capabilities));
  // As allowPrivilegeEscalation: false of a pod.
  process.Set("noNewPrivileges", true);
  return process;
}

json::Value Mount(const std::string& path, const std::string& type,
                  const std::string& source, json::Array options) {
  json::Value mount;
  mount.Set("destination", path);
  mount.Set("type", type);
  mount.Set("source", source);
  mount.Set("options", std::move(options));
  return mount;
}

json::Value Mount(const OciMount& mount) {
  if (!mount.in_memory) {
    return Mount(mount.path, "bind", mount.host_path,
                 {"rbind", mount.read_only ? "ro" : "rw"});
  }
  json::Array options = {"nosuid", "mode=1777"};
  if (mount.size > 0) options.push_back(absl::StrCat("size=", mount.size));
  return Mount(mount.path, "tmpfs", "tmpfs", std::move(options));
}

json::Array Mounts(const OciInput& input) {
  json::Array pts = {"nosuid", "noexec", "newinstance", "ptmxmode=0666",
                     "mode=0620"};
  // The group of terminals is not there in a user namespace of one user.
  if (!input.rootless) pts.push_back("gid=5");
  json::Array mounts = {
      Mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
      Mount("/dev", "tmpfs", "tmpfs",
            {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      Mount("/dev/pts", "devpts", "devpts", std::move(pts)),
      Mount("/dev/shm", "tmpfs", "shm",
            {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
      // Read-only holds for this mount alone, so those below it (control
      // groups, debugfs) are left out. In a user namespace they have to come
      // along, but most belong to a user who is not in it.
      Mount("/sys", "bind", "/sys",
            {input.rootless ? "rbind" : "bind", "nosuid", "noexec", "nodev",
             "ro"}),
  };
  // A mount below another has to come after it.
  std::vector<OciMount> sorted = input.mounts;
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const OciMount& a, const OciMount& b) { return a.path < b.path; });
  for (const OciMount& mount : sorted) {
    mounts.push_back(Mount(mount));
  }
  return mounts;
}

json::Value Linux(const OciInput& input) {
  json::Array namespaces;
  // No "network": registries on 127.0.0.1 must be reachable.
  for (const char* type : {"pid", "ipc", "uts", "mount"}) {
    json::Value entry;
    entry.Set("type", type);
    namespaces.push_back(std::move(entry));
  }
  json::Value linux;
  if (!input.cgroup.empty()) linux.Set("cgroupsPath", input.cgroup);
  linux.Set("namespaces", std::move(namespaces));
  // Control groups are there in a user namespace; a user's own are writable.
  linux.Set("maskedPaths",
            json::Array{"/proc/acpi", "/proc/asound", "/proc/kcore",
                        "/proc/keys", "/proc/latency_stats",
                        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
                        "/proc/timer_stats", "/sys/devices/virtual/powercap",
                        "/sys/firmware", "/sys/fs/cgroup"});
  linux.Set("readonlyPaths", json::Array{"/proc/bus", "/proc/fs", "/proc/irq",
                                         "/proc/sys", "/proc/sysrq-trigger"});
  if (input.seccomp) linux.Set("seccomp", SeccompProfile());
  return linux;
}

}  // namespace

std::vector<std::string> CommandLine(const ContainerSpec& spec,
                                     const registry::ImageConfig& image) {
  std::vector<std::string> result =
      spec.command.empty() ? image.entrypoint : spec.command;
  const std::vector<std::string>& args =
      spec.args.empty() && spec.command.empty() ? image.cmd : spec.args;
  result.insert(result.end(), args.begin(), args.end());
  return result;
}

json::Value OciConfig(const OciInput& input) {
  json::Value root;
  root.Set("path", "rootfs");
  root.Set("readonly", false);
  json::Value config;
  config.Set("ociVersion", "1.0.2");
  config.Set("process", Process(input));
  config.Set("root", std::move(root));
  config.Set("hostname", "ovenbird");
  config.Set("mounts", Mounts(input));
  config.Set("linux", Linux(input));
  return config;
}

}  // namespace ovenbird::build
