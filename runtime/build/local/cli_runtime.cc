#include "runtime/build/local/cli_runtime.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "runtime/base/lines.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"
#include "runtime/base/thread.h"
#include "runtime/base/workspace.h"
#include "runtime/build/local/daemon_containers.h"
#include "runtime/build/local/last_command.h"
#include "runtime/build/local/volumes.h"
#include "runtime/build/owner.h"
#include "runtime/build/timeline.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

// The termination message is a file on a volume of its own: what is on the
// container's file system is kaniko's to delete, and /dev is gone in the end.
constexpr char kEnd[] = "/ovenbird";
constexpr char kEndFile[] = "/ovenbird/termination";

// How long docker may need for what it does by itself.
constexpr absl::Duration kShort = absl::Minutes(2);

struct Tool {
  std::string program;  // "docker"
  std::string name;     // "docker 28.2.2"
  std::vector<std::string> create_options;
  // For pulling from a registry that may speak plain HTTP.
  std::vector<std::string> plain_pull_options;
};

// Would the tool itself heed this variable? Then it must not see the
// container's value.
bool IsForTool(absl::string_view name) {
  for (absl::string_view prefix :
       {"DOCKER_", "CONTAINER", "container", "XDG_", "LD_", "GO", "STORAGE_",
        "REGISTRY_", "PODMAN_", "SSL_"}) {
    if (absl::StartsWith(name, prefix)) return true;
  }
  return name == "PATH" || name == "HOME" || name == "TMPDIR" ||
         name == "USER" || absl::EndsWithIgnoreCase(name, "_proxy");
}

// Why a command failed: the last thing that it said.
std::string Complaint(const SubprocessResult& result) {
  absl::string_view text = absl::StripAsciiWhitespace(result.err);
  const size_t line = text.rfind('\n');
  if (line != absl::string_view::npos) text.remove_prefix(line + 1);
  return text.empty() ? result.Describe() : std::string(text);
}

// Deletes, during a build, what killed builds left.
class Sweeper {
 public:
  Sweeper(const std::string& program, Cancellation* parent) : cancel_(parent) {
    StartThread(
        thread_,
        [this, program] { SweepContainers(program, ThisProcess(), &cancel_); },
        NobodyWaits)
        .IgnoreError();
  }
  ~Sweeper() {
    cancel_.Cancel();
    Join(thread_);
  }

 private:
  Cancellation cancel_;
  Thread thread_;
};

bool HasImage(const std::string& program, const std::string& image,
              Cancellation* cancel) {
  Subprocess process;
  process.argv = {program, "image", "inspect", "--format", "{{.Id}}", image};
  process.timeout = kShort;
  process.cancel = cancel;
  const absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  return result.ok() && result->ok();
}

class CliRun {
 public:
  CliRun(const Tool& tool, const LocalRun& run) : tool_(tool), run_(run) {}

  absl::StatusOr<ContainerResult> Do(const ExecutorRequest& request) {
    RETURN_IF_ERROR(CheckMounts());
    Sweeper sweeper(tool_.program, run_.cancel);
    ASSIGN_OR_RETURN(std::string image, GetImage(request));
    RETURN_IF_ERROR(CheckPlanned(request, image));
    EnterPhase(run_.on_phase, PhaseKind::kPrepare);
    ASSIGN_OR_RETURN(
        Workspace workspace,
        Workspace::Make(request.cache + "/run", /*remover=*/nullptr,
                        {run_.cancel, run_.on_step}));
    ASSIGN_OR_RETURN(volumes_, MakeVolumes(run_.container, workspace.path(),
                                           workspace.path()));
    RETURN_IF_ERROR(Create(image));
    std::vector<std::string> remove = RemoveArguments();
    remove.insert(remove.begin(), tool_.program);
    LastCommand when_killed(std::move(remove));
    absl::StatusOr<ContainerResult> result = Fill();
    if (result.ok()) {
      run_.on_step(absl::StrCat("running ", image, " on ", tool_.name));
      EnterPhase(run_.on_phase, PhaseKind::kStart, image);
      result = Start(image, workspace.path());
    }
    EnterPhase(run_.on_phase, PhaseKind::kCleanUp);
    Remove();
    return result;
  }

 private:
  // Daemons have the context in a volume of theirs, of which most cannot mount
  // a part.
  absl::Status CheckMounts() const {
    for (const ContainerMount& mount : run_.container.mounts) {
      const bool is_usual = mount.mode.value_or(0755) == 0755 &&
                            mount.user == 0 && mount.group == 0;
      if (!mount.context_source && mount.same_as.empty() &&
          mount.only_file.empty() && is_usual) {
        continue;
      }
      return absl::FailedPreconditionError(absl::StrCat(
          tool_.name, " cannot mount ", mount.path, " as `RUN --mount` asks"));
    }
    return absl::OkStatus();
  }

  absl::Status Create(const std::string& image) {
    Subprocess process =
        Command(CreateArguments(run_.container, image, tool_.create_options));
    for (const auto& [name, value] : run_.container.env) {
      if (!IsForTool(name)) process.set_env.emplace_back(name, value);
    }
    // Cut short it could leave a container whose name nobody knows.
    process.cancel = nullptr;
    ASSIGN_OR_RETURN(id_, Short(std::move(process)));
    return absl::OkStatus();
  }

  // Runs a command of the tool that needs no time of its own; its output.
  absl::StatusOr<std::string> Short(const std::vector<std::string>& arguments) {
    return Short(Command(arguments));
  }
  absl::StatusOr<std::string> Short(Subprocess process) {
    process.timeout = kShort;
    ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
    if (!result.ok()) {
      return absl::UnavailableError(absl::StrCat(
          "`", tool_.program, " ", process.argv[1], "`: ", Complaint(result)));
    }
    return std::string(absl::StripAsciiWhitespace(result.out));
  }

  Subprocess Command(const std::vector<std::string>& arguments) const {
    Subprocess process;
    process.argv = {tool_.program};
    process.argv.insert(process.argv.end(), arguments.begin(), arguments.end());
    process.cancel = run_.cancel;
    return process;
  }

  bool Has(const std::string& image) {
    return HasImage(tool_.program, image, run_.cancel);
  }

  // The name of the executor's image, which the tool then has.
  absl::StatusOr<std::string> GetImage(const ExecutorRequest& request) {
    if (Has(request.image)) return request.image;
    const absl::Status reached = ReachRegistry(request);
    if (!IsUnreachable(reached)) {
      // The tool has its own credentials: it has the last word.
      RETURN_IF_ERROR(CheckNotCancelled(run_.cancel));
      RETURN_IF_ERROR(Pull(request.image));
      return request.image;
    }
    ASSIGN_OR_RETURN(ExecutorImage built, BuildExecutor(request, reached));
    if (!Has(built.name)) {
      RETURN_IF_ERROR(
          Short({"load", "--input", built.folder + "/image.tar"}).status());
    }
    return built.name;
  }

  absl::Status Pull(const std::string& image) {
    run_.on_step(absl::StrCat("pulling ", image, " with ", tool_.program));
    EnterPhase(run_.on_phase, PhaseKind::kPull, image);
    std::vector<std::string> arguments = {"pull"};
    ASSIGN_OR_RETURN(registry::Reference reference,
                     registry::ParseReference(image));
    if (registry::IsLoopback(reference.domain)) {
      arguments.insert(arguments.end(), tool_.plain_pull_options.begin(),
                       tool_.plain_pull_options.end());
    }
    arguments.push_back(image);
    ASSIGN_OR_RETURN(SubprocessResult result,
                     RunSubprocess(Command(arguments)));
    if (result.ok()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(
        "`", tool_.program, " pull ", image, "`: ", Complaint(result)));
  }

  // The volumes' content, the context last.
  absl::StatusOr<ContainerResult> Fill() {
    for (size_t i = 0; i < volumes_.size(); ++i) {
      if (run_.container.mounts[i].files.empty()) continue;
      RETURN_IF_ERROR(Short({"cp", volumes_[i].host_path + "/.",
                             absl::StrCat(id_, ":", volumes_[i].path)})
                          .status());
    }
    if (!run_.container.context_path.empty() && run_.open_context) {
      RETURN_IF_ERROR(SendContext());
    }
    return ContainerResult();
  }

  absl::Status SendContext() {
    EnterPhase(run_.on_phase, PhaseKind::kUpload);
    ASSIGN_OR_RETURN(ByteSource context, run_.open_context());
    Subprocess process = Command(
        {"cp", "-", absl::StrCat(id_, ":", run_.container.context_path)});
    process.stdin_source = [&]() -> absl::StatusOr<std::string> {
      std::string piece(1 << 18, '\0');
      ASSIGN_OR_RETURN(const size_t size, context(piece.data(), piece.size()));
      piece.resize(size);
      return piece;
    };
    ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
    if (result.ok()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(
        "`", tool_.program, " cp` of the context: ", Complaint(result)));
  }

  absl::StatusOr<ContainerResult> Start(const std::string& image,
                                        const std::string& workspace) {
    std::string last;
    const auto on_line = [&](absl::string_view line) {
      last = std::string(line);
      run_.on_log(line);
    };
    LineSplitter out(on_line);
    LineSplitter err(on_line);
    Subprocess process = Command({"start", "--attach", id_});
    process.on_stdout = [&](absl::string_view text) { out.Add(text); };
    process.on_stderr = [&](absl::string_view text) { err.Add(text); };
    ASSIGN_OR_RETURN(SubprocessResult ended, RunSubprocess(process));
    out.Finish();
    err.Finish();
    if (!ended.ok()) RETURN_IF_ERROR(CheckStarted(last));
    ContainerResult result;
    result.exit_code = ended.exit_code;
    result.runtime = tool_.name;
    result.image = image;
    if (!run_.container.termination_path.empty()) {
      const std::string copy = workspace + "/termination";
      // A container that failed early has not written it.
      if (Short({"cp", absl::StrCat(id_, ":", kEndFile), copy}).ok()) {
        result.termination_message = ReadFile(copy).value_or("");
      }
    }
    if (ended.ok()) RETURN_IF_ERROR(KeepOutputs(workspace));
    return result;
  }

  // An exit code of the tool itself must not be taken for the container's.
  absl::Status CheckStarted(absl::string_view last) {
    ASSIGN_OR_RETURN(std::string started, Short({"inspect", "--format",
                                                 "{{.State.StartedAt}}", id_}));
    if (!absl::StartsWith(started, "0001-01-01")) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(tool_.name, " cannot start a container here: ", last));
  }

  absl::Status KeepOutputs(const std::string& workspace) {
    for (const ContainerOutput& output : run_.outputs) {
      const std::string copy = workspace + "/output";
      RETURN_IF_ERROR(
          Short({"cp", absl::StrCat(id_, ":", output.container_path), copy})
              .status());
      RETURN_IF_ERROR(KeepFile(copy, output.host_path));
      std::filesystem::remove(copy);
    }
    return absl::OkStatus();
  }

  std::vector<std::string> RemoveArguments() const {
    return {"rm", "--force", "--volumes", id_};
  }

  // Also after a cancellation, and with all that runs in it.
  void Remove() {
    Subprocess process = Command(RemoveArguments());
    process.cancel = nullptr;
    process.timeout = kShort;
    absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    if (result.ok() && result->ok()) return;
    run_.on_step(
        absl::StrCat("container ", id_, " could not be deleted: `",
                     tool_.program, " rm --force --volumes ", id_, "` (",
                     result.ok() ? Complaint(*result)
                                 : std::string(result.status().message()),
                     ")"));
  }

  const Tool& tool_;
  const LocalRun& run_;
  std::vector<Volume> volumes_;
  std::string id_;
};

class CliRuntime : public ContainerRuntime {
 public:
  explicit CliRuntime(Tool tool) : tool_(std::move(tool)) {}
  std::string Name() const override { return tool_.name; }
  std::string NameOfExecutor(const ExecutorRequest& request) override {
    const bool pulls = HasImage(tool_.program, request.image, request.cancel) ||
                       !IsUnreachable(ReachRegistry(request));
    return pulls ? request.image : NameOfBuilt(request);
  }
  absl::StatusOr<ContainerResult> Run(
      const LocalRun& run, const ExecutorRequest& executor) override {
    return CliRun(tool_, run).Do(executor);
  }

 private:
  const Tool tool_;
};

// `question`: a command that only something that works answers, with a version.
absl::StatusOr<std::unique_ptr<ContainerRuntime>> Find(
    Tool tool, const std::vector<std::string>& question, Cancellation* cancel) {
  RETURN_IF_ERROR(FindProgram(tool.program).status());
  Subprocess process;
  process.argv = {tool.program};
  process.argv.insert(process.argv.end(), question.begin(), question.end());
  process.timeout = absl::Seconds(20);
  process.cancel = cancel;
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
  if (!result.ok()) return absl::UnavailableError(Complaint(result));
  tool.name =
      absl::StrCat(tool.program, " ", absl::StripAsciiWhitespace(result.out));
  return std::make_unique<CliRuntime>(std::move(tool));
}

// "--ulimit=nofile=1024:1024": as much as this process may have, and enough.
std::string Limit(absl::string_view name, __rlimit_resource resource) {
  rlimit own = {};
  getrlimit(resource, &own);
  const rlim_t value = std::min<rlim_t>(own.rlim_max, 32768);
  return absl::StrCat("--ulimit=", name, "=", value, ":", value);
}

}  // namespace

std::vector<std::string> CreateArguments(
    const ContainerSpec& spec, const std::string& image,
    const std::vector<std::string>& extra) {
  std::vector<std::string> result = {"create", "--network=host", "--user=0:0",
                                     "--security-opt=no-new-privileges",
                                     "--cap-drop=ALL"};
  for (const std::string& capability : spec.capabilities) {
    result.push_back(absl::StrCat("--cap-add=", capability));
  }
  // Others see command lines: values come from the environment where that does
  // not change what the tool does.
  for (const auto& [name, value] : spec.env) {
    result.push_back(IsForTool(name) ? absl::StrCat("--env=", name, "=", value)
                                     : absl::StrCat("--env=", name));
  }
  for (const auto& [name, value] : spec.labels) {
    result.push_back(absl::StrCat("--label=", name, "=", value));
  }
  if (!spec.working_dir.empty()) {
    result.push_back(absl::StrCat("--workdir=", spec.working_dir));
  }
  for (const ContainerMount& mount : spec.mounts) {
    if (mount.in_memory) {
      result.push_back(absl::StrCat(
          "--tmpfs=", mount.path, ":exec,mode=1777",
          mount.size > 0 ? absl::StrCat(",size=", mount.size) : ""));
      continue;
    }
    result.push_back(mount.host_path.empty()
                         ? absl::StrCat("--volume=", mount.path)
                         : absl::StrCat("--volume=", mount.host_path, ":",
                                        mount.path,
                                        mount.read_only ? ":ro" : ""));
  }
  if (!spec.termination_path.empty()) {
    result.push_back(absl::StrCat("--volume=", kEnd));
  }
  if (!spec.command.empty()) {
    result.push_back(absl::StrCat("--entrypoint=", spec.command[0]));
  }
  result.insert(result.end(), extra.begin(), extra.end());
  result.push_back(image);
  // Only the program may be an entrypoint here.
  for (size_t i = 1; i < spec.command.size(); ++i) {
    result.push_back(spec.command[i]);
  }
  for (const std::string& arg : spec.args) {
    result.push_back(
        spec.termination_path.empty()
            ? arg
            : absl::StrReplaceAll(arg, {{spec.termination_path, kEndFile}}));
  }
  return result;
}

absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindDocker(
    Cancellation* cancel) {
  Tool tool;
  tool.program = "docker";
  return Find(std::move(tool), {"version", "--format", "{{.Server.Version}}"},
              cancel);
}

absl::StatusOr<std::unique_ptr<ContainerRuntime>> FindPodman(
    Cancellation* cancel) {
  Tool tool;
  tool.program = "podman";
  // To raise them, as it does by itself, takes a right that root of a container
  // may lack.
  tool.create_options = {Limit("nofile", RLIMIT_NOFILE),
                         Limit("nproc", RLIMIT_NPROC)};
  // Docker does so by itself.
  tool.plain_pull_options = {"--tls-verify=false"};
  return Find(std::move(tool), {"info", "--format", "{{.Version.Version}}"},
              cancel);
}

}  // namespace ovenbird::build
