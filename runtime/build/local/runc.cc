#include "runtime/build/local/runc.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/file.h"
#include "runtime/base/file_lock.h"
#include "runtime/base/json.h"
#include "runtime/base/lines.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"
#include "runtime/base/workspace.h"
#include "runtime/build/local/cgroups.h"
#include "runtime/build/local/oci_config.h"
#include "runtime/build/local/rootless.h"
#include "runtime/build/local/volumes.h"
#include "runtime/build/login_refresh.h"
#include "runtime/build/timeline.h"
#include "runtime/registry/image.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;

// Runs in a mount and a process namespace of its own, so that whatever ends
// it, no mount and no process is left. The image's files are shared by all
// builds and stay as they are: each build writes to a layer above, or, where
// the machine has no overlay file system (or the cache is on one), to a copy.
// What it says before the container starts is marked, to tell it from kaniko.
constexpr char kScript[] = R"sh(
image=$1 here=$2 runc=$3 id=$4
if ! mount -t overlay overlay \
    -o "lowerdir=$image/rootfs,upperdir=$here/upper,workdir=$here/work" \
    "$here/bundle/rootfs" 2>/dev/null; then
  cp -a "$image/rootfs/." "$here/bundle/rootfs/" || exit 125
fi
echo started > "$here/started"
exec "$runc" --root "$here/state" --log "$here/runc.log" run \
  --bundle "$here/bundle" "$id"
)sh";

// Folders that a user's PATH may lack.
absl::StatusOr<std::string> FindInSbin(absl::string_view program) {
  const char* path = getenv("PATH");
  return FindProgram(program,
                     absl::StrCat(path == nullptr ? "/usr/bin:/bin" : path,
                                  ":/usr/local/sbin:/usr/sbin:/sbin"));
}

// The last error of runc's own log (logfmt with msg="...").
std::string RuncMessage(const std::string& log) {
  std::string last;
  for (absl::string_view line : absl::StrSplit(log, '\n')) {
    const size_t at = line.find("msg=");
    if (at == absl::string_view::npos ||
        !absl::StrContains(line, "level=error")) {
      continue;
    }
    line.remove_prefix(at + 4);
    absl::ConsumePrefix(&line, "\"");
    absl::ConsumeSuffix(&line, "\"");
    last = std::string(line);
  }
  return last;
}

// The folders and files of one run:
//   bundle/config.json, bundle/rootfs   what runc reads
//   upper, work                         what the container writes to /
//   mounts/0, mounts/1, ...             its volumes, but for secrets
//   termination                         its termination message
class RuncRun {
 public:
  RuncRun(const LocalRun& run, std::string runc, std::string name, bool seccomp)
      : run_(run),
        runc_(std::move(runc)),
        name_(std::move(name)),
        seccomp_(seccomp) {}

  absl::StatusOr<ContainerResult> Do(const ExecutorRequest& request) {
    ASSIGN_OR_RETURN(ExecutorImage executor, GetExecutor(request));
    RETURN_IF_ERROR(CheckPlanned(request, executor.name));
    EnterPhase(run_.on_phase, PhaseKind::kPrepare);
    const LockWait wait = {run_.cancel, run_.on_step};
    ASSIGN_OR_RETURN(
        Workspace workspace,
        Workspace::Make(request.cache + "/run",
                        rootless_ ? RemoveRootless : RemoveCgroupsOf, wait));
    here_ = workspace.path();
    std::optional<Workspace> secrets;
    if (const auto memory = MemoryFolder(); HasSecrets() && memory.ok()) {
      ASSIGN_OR_RETURN(Workspace made,
                       Workspace::Make(*memory, /*remover=*/nullptr, wait));
      secrets.emplace(std::move(made));
    }
    secrets_ = secrets ? secrets->path() : here_ + "/mounts";
    if (!rootless_) SweepCgroups();
    id_ = ContainerIdOf(here_);
    RETURN_IF_ERROR(Prepare(executor));
    EnterPhase(run_.on_phase, PhaseKind::kStart, executor.name);
    run_.on_step(absl::StrCat("running ", executor.name, " on ", name_,
                              rootless_ ? " (rootless)" : ""));
    ASSIGN_OR_RETURN(ContainerResult result, Execute(executor));
    EnterPhase(run_.on_phase, PhaseKind::kCleanUp);
    if (result.exit_code == 0) RETURN_IF_ERROR(KeepOutputs());
    return result;
  }

 private:
  bool HasSecrets() const {
    return std::any_of(
        run_.container.mounts.begin(), run_.container.mounts.end(),
        [](const ContainerMount& mount) { return !mount.only_file.empty(); });
  }

  // With the folder of a run that was killed go its groups.
  static void RemoveCgroupsOf(const std::string& here) {
    RemoveCgroups(ContainerIdOf(here));
  }

  absl::Status Prepare(const ExecutorImage& executor) {
    for (const char* folder : {"bundle/rootfs", "upper", "work", "mounts"}) {
      std::error_code error;
      fs::create_directories(absl::StrCat(here_, "/", folder), error);
      if (error) {
        return absl::ErrnoToStatus(error.value(),
                                   absl::StrCat("cannot use ", here_));
      }
    }
    RETURN_IF_ERROR(MakeMounts());
    RETURN_IF_ERROR(UnpackContext());
    ASSIGN_OR_RETURN(registry::ImageConfig image,
                     registry::ReadImageConfig(executor.folder));
    OciInput input;
    input.spec = &run_.container;
    input.image = &image;
    input.mounts = mounts_;
    // A user who may make none does without, unless one is asked for by name.
    if (!rootless_) input.cgroup = absl::StrCat("/", id_);
    input.rootless = rootless_;
    input.seccomp = seccomp_;
    if (!seccomp_) {
      run_.on_step(absl::StrCat(
          name_,
          " is without libseccomp, so the build can make any system "
          "call"));
    }
    return WriteVolumeFile(here_ + "/bundle/config.json",
                           json::Write(OciConfig(input), true), 0644);
  }

  absl::Status MakeMounts() {
    for (const char* file : {"/etc/resolv.conf", "/etc/hosts"}) {
      if (fs::exists(file)) mounts_.push_back({file, file, true});
    }
    ASSIGN_OR_RETURN(volumes_,
                     MakeVolumes(run_.container, here_ + "/mounts", secrets_));
    for (const Volume& volume : volumes_) {
      mounts_.push_back({volume.path, volume.host_path, volume.read_only,
                         volume.in_memory, volume.size});
    }
    if (!run_.container.termination_path.empty()) {
      RETURN_IF_ERROR(WriteVolumeFile(Termination(), "", 0666));
      mounts_.push_back({run_.container.termination_path, Termination()});
    }
    return absl::OkStatus();
  }

  absl::Status UnpackContext() {
    if (run_.container.context_path.empty() || !run_.open_context) {
      return absl::OkStatus();
    }
    EnterPhase(run_.on_phase, PhaseKind::kUpload);
    ASSIGN_OR_RETURN(ByteSource context, run_.open_context());
    registry::UnpackOptions options;
    options.owners = geteuid() == 0;
    ASSIGN_OR_RETURN(std::string host,
                     HostPath(volumes_, run_.container.context_path));
    RETURN_IF_ERROR(registry::Unpack(
        [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
          RETURN_IF_ERROR(CheckNotCancelled(run_.cancel));
          return context(buffer, size);
        },
        host, options));
    for (const ContainerMount& mount : run_.container.mounts) {
      if (mount.without.empty()) continue;
      return MakeView(host, *mount.context_source, mount.without);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ContainerResult> Execute(const ExecutorImage& executor) {
    Subprocess process;
    process.argv = InNamespaces(rootless_);
    for (const std::string& word :
         {std::string("sh"), std::string("-c"), std::string(kScript),
          std::string("sh"), executor.folder, here_, runc_, id_}) {
      process.argv.push_back(word);
    }
    LineSplitter out([this](absl::string_view line) { OnLine(line); });
    LineSplitter err([this](absl::string_view line) { OnLine(line); });
    process.on_stdout = [&](absl::string_view text) { out.Add(text); };
    process.on_stderr = [&](absl::string_view text) { err.Add(text); };
    process.cancel = run_.cancel;
    process.grace = absl::Seconds(3);
    const std::unique_ptr<LoginRefresh> login = RenewLogin();
    absl::StatusOr<SubprocessResult> ended = RunSubprocess(process);
    if (login != nullptr) {
      const std::string problem = login->Stop();
      if (!problem.empty()) run_.on_step(problem);
    }
    out.Finish();
    err.Finish();
    // runc takes them away itself, except when it is killed; then its container
    // is dying at this moment.
    RemoveCgroups(id_);
    RETURN_IF_ERROR(ended.status());
    RETURN_IF_ERROR(CheckStarted(*ended));
    ContainerResult result;
    result.exit_code = ended->exit_code;
    result.termination_message = ReadFile(Termination()).value_or("");
    result.runtime = name_;
    result.image = executor.name;
    return result;
  }

  // Null: the container has no login of ours.
  std::unique_ptr<LoginRefresh> RenewLogin() const {
    if (!run_.login.ask) return nullptr;
    LoginRefreshOptions options = run_.login;
    options.replace = [this](const std::string& config,
                             Cancellation*) -> absl::Status {
      ASSIGN_OR_RETURN(const std::string path,
                       HostPath(volumes_, run_.login_path));
      return WriteVolumeFile(path, config, 0600);
    };
    return std::make_unique<LoginRefresh>(std::move(options), run_.cancel);
  }

  void OnLine(absl::string_view line) {
    last_line_ = std::string(line);
    run_.on_log(line);
    if (rootless_ && absl::StrContains(line, "chown") &&
        absl::EndsWith(line, "invalid argument")) {
      run_.on_step(
          "files of users other than root cannot be created: install uidmap "
          "(newuidmap) and add an ID range to /etc/subuid and /etc/subgid, or "
          "run this as root");
    }
  }

  // Did a container run at all?
  absl::Status CheckStarted(const SubprocessResult& ended) const {
    if (ended.ok()) return absl::OkStatus();
    const bool namespaces = fs::exists(here_ + "/started");
    const std::string said =
        RuncMessage(ReadFile(here_ + "/runc.log").value_or(""));
    if (namespaces && said.empty()) return absl::OkStatus();
    std::string why = namespaces ? said : last_line_;
    if (!rootless_) {
      return absl::FailedPreconditionError(absl::StrCat(
          name_, " cannot start a container here: ", why,
          namespaces ? ""
                     : "; root is not allowed to create namespaces and mounts "
                       "(CAP_SYS_ADMIN), as in a container that is not "
                       "privileged"));
    }
    return absl::FailedPreconditionError(
        absl::StrCat(name_, " cannot start a rootless container here: ", why,
                     "; run this as root, or use docker or podman"));
  }

  absl::Status KeepOutputs() const {
    for (const ContainerOutput& output : run_.outputs) {
      ASSIGN_OR_RETURN(std::string from,
                       HostPath(volumes_, output.container_path));
      RETURN_IF_ERROR(KeepFile(from, output.host_path));
    }
    return absl::OkStatus();
  }

  std::string Termination() const { return here_ + "/termination"; }

  const LocalRun& run_;
  const std::string runc_;
  const std::string name_;
  const bool seccomp_;
  const bool rootless_ = geteuid() != 0;
  std::string here_;     // the workspace
  std::string secrets_;  // the folder for secrets
  std::string id_;
  std::vector<Volume> volumes_;
  std::vector<OciMount> mounts_;
  std::string last_line_;
};

class Runc : public ContainerRuntime {
 public:
  Runc(std::string program, std::string version, bool seccomp)
      : program_(std::move(program)),
        version_(std::move(version)),
        seccomp_(seccomp) {}

  std::string Name() const override { return absl::StrCat("runc ", version_); }

  std::string NameOfExecutor(const ExecutorRequest& request) override {
    return ExecutorName(request);
  }

  absl::StatusOr<ContainerResult> Run(
      const LocalRun& run, const ExecutorRequest& executor) override {
    return RuncRun(run, program_, Name(), seccomp_).Do(executor);
  }

 private:
  const std::string program_;
  const std::string version_;
  const bool seccomp_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindRunc(
    Cancellation* cancel) {
  ASSIGN_OR_RETURN(std::string program, FindInSbin("runc"));
  Subprocess process;
  process.argv = {program, "--version"};
  process.timeout = absl::Seconds(20);
  process.cancel = cancel;
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
  if (!result.ok()) {
    return absl::UnavailableError(
        absl::StrCat("`", ShellCommand(process.argv), "` failed with ",
                     result.Describe(), result.err.empty() ? "" : ": ",
                     absl::StripAsciiWhitespace(result.err)));
  }
  // "runc version 1.1.5+ds1", and "libseccomp: 2.5.4" if it has that.
  absl::string_view version = result.out;
  version = version.substr(0, version.find_first_of("+\n"));
  absl::ConsumePrefix(&version, "runc version ");
  return std::make_unique<Runc>(std::move(program), std::string(version),
                                absl::StrContains(result.out, "libseccomp"));
}

}  // namespace ovenbird::build
