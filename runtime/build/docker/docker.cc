#include "runtime/build/docker/docker.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/base/death_signal.h"
#include "runtime/base/file.h"
#include "runtime/base/lines.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"
#include "runtime/base/workspace.h"
#include "runtime/registry/digest.h"

namespace ovenbird::build {
namespace {

absl::string_view FirstLine(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  return text.substr(0, text.find('\n'));
}

// Whether docker can get a build argument's value from its environment, where
// other users of the machine do not see it. Not if docker, or what it is run
// by, takes the variable for itself.
bool CanBeInEnvironment(absl::string_view name) {
  for (const char* prefix :
       {"BUILDKIT_", "BUILDX_", "DOCKER_", "GO", "LC_", "LD_", "MINIKUBE_",
        "OTEL_", "SSL_CERT_", "XDG_"}) {
    if (absl::StartsWith(name, prefix)) return false;
  }
  for (const char* own : {"HOME", "LANG", "PATH", "TERM", "TMPDIR", "USER"}) {
    if (name == own) return false;
  }
  return !name.empty() && !absl::EndsWithIgnoreCase(name, "_proxy");
}

// Runs docker with its output as lines of the build's log.
class Docker {
 public:
  explicit Docker(const DockerBuild& build) : build_(build) {}

  absl::StatusOr<int> Run(Subprocess process,
                          std::function<void(absl::string_view)> on_line) {
    LineSplitter out(on_line);
    LineSplitter err(on_line);
    process.on_stdout = [&](absl::string_view text) { out.Add(text); };
    process.on_stderr = [&](absl::string_view text) { err.Add(text); };
    process.cancel = build_.cancel;
    process.argv = WithDeathSignal(std::move(process.argv));
    for (const auto& variable : build_.env) process.set_env.push_back(variable);
    ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
    out.Finish();
    err.Finish();
    return result.exit_code;
  }

  absl::StatusOr<int> Build(const std::string& id_file) {
    ASSIGN_OR_RETURN(registry::ByteSource context, build_.open_context());
    Subprocess process;
    process.argv = DockerBuildCommand(build_, id_file);
    if (build_.use_build_kit) process.set_env = {{"DOCKER_BUILDKIT", "1"}};
    for (const auto& argument : build_.build_args) {
      if (CanBeInEnvironment(argument.first)) {
        process.set_env.push_back(argument);
      }
    }
    process.stdin_source = [&]() -> absl::StatusOr<std::string> {
      std::string piece(1 << 18, '\0');
      ASSIGN_OR_RETURN(const size_t size, context(piece.data(), piece.size()));
      piece.resize(size);
      return piece;
    };
    return Run(std::move(process), build_.on_log);
  }

  absl::StatusOr<int> Push(const std::string& image, std::string& digest) {
    Subprocess process;
    process.argv = {"docker", "push", image};
    return Run(std::move(process), [&](absl::string_view line) {
      if (std::string found = PushedDigest(line); !found.empty()) {
        digest = std::move(found);
      }
      build_.on_log(line);
    });
  }

 private:
  const DockerBuild& build_;
};

// The value is a line of CSV.
std::string SecretFlag(const kube::BuildSecret& secret) {
  const std::string source = secret.env.empty()
                                 ? absl::StrCat("src=", secret.file)
                                 : absl::StrCat("env=", secret.env);
  std::string fields;
  for (const std::string& field : {absl::StrCat("id=", secret.id), source}) {
    absl::StrAppend(&fields, fields.empty() ? "" : ",");
    if (field.find_first_of(",\"\n") == field.npos) {
      absl::StrAppend(&fields, field);
    } else {
      absl::StrAppend(&fields, "\"",
                      absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
    }
  }
  return absl::StrCat("--secret=", fields);
}

}  // namespace

absl::StatusOr<std::string> FindDockerDaemon(const DockerEnvironment& env,
                                             Cancellation* cancel) {
  Subprocess process;
  process.argv = {"docker", "version", "--format", "{{.Server.Version}}"};
  process.set_env = env;
  process.timeout = absl::Seconds(20);
  process.cancel = cancel;
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
  if (!result.ok()) {
    return absl::UnavailableError(result.err.empty()
                                      ? result.Describe()
                                      : std::string(FirstLine(result.err)));
  }
  return std::string(absl::StripAsciiWhitespace(result.out));
}

absl::StatusOr<DockerEnvironment> MinikubeDocker(Cancellation* cancel) {
  Subprocess process;
  process.argv = {"minikube", "docker-env", "--shell", "none"};
  process.timeout = absl::Seconds(60);
  process.cancel = cancel;
  ASSIGN_OR_RETURN(SubprocessResult result, RunSubprocess(process));
  if (!result.ok()) {
    return absl::UnavailableError(
        absl::StrCat("`", ShellCommand(process.argv), "`: ",
                     result.err.empty() ? result.Describe()
                                        : std::string(FirstLine(result.err))));
  }
  DockerEnvironment env;
  for (absl::string_view line : absl::StrSplit(result.out, '\n')) {
    const size_t equals = line.find('=');
    if (equals == absl::string_view::npos) continue;
    env.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return env;
}

std::vector<std::string> DockerBuildCommand(const DockerBuild& build,
                                            const std::string& id_file) {
  std::vector<std::string> argv = {"docker", "build",
                                   absl::StrCat("--file=", build.dockerfile),
                                   absl::StrCat("--iidfile=", id_file)};
  for (const std::string& image : build.images) {
    argv.push_back(absl::StrCat("--tag=", image));
  }
  if (!build.target.empty()) {
    argv.push_back(absl::StrCat("--target=", build.target));
  }
  if (!build.network.empty()) {
    argv.push_back(absl::StrCat("--network=", build.network));
  }
  if (!build.platform.empty()) {
    argv.push_back(absl::StrCat("--platform=", build.platform));
    // The classic builder takes a base image that is there already, even if it
    // is for another platform. Images that are not pushed may have base images
    // that no registry has.
    if (!build.use_build_kit && !build.skip_push) argv.push_back("--pull");
  }
  for (const auto& [name, value] : build.build_args) {
    argv.push_back(CanBeInEnvironment(name)
                       ? absl::StrCat("--build-arg=", name)
                       : absl::StrCat("--build-arg=", name, "=", value));
  }
  for (const kube::BuildSecret& secret : build.secrets) {
    argv.push_back(SecretFlag(secret));
  }
  // BuildKit leaves nothing of a failed build anyway.
  if (!build.use_build_kit) argv.push_back("--force-rm");
  argv.insert(argv.end(), build.args.begin(), build.args.end());
  argv.emplace_back("-");  // The context comes through stdin.
  return argv;
}

std::string PushedDigest(absl::string_view line) {
  constexpr absl::string_view kMark = "digest: ";
  const size_t at = line.find(kMark);
  if (at == absl::string_view::npos) return "";
  line.remove_prefix(at + kMark.size());
  const absl::string_view digest = line.substr(0, line.find(' '));
  return registry::CheckDigest(digest).ok() ? std::string(digest) : "";
}

absl::StatusOr<DockerResult> BuildWithDocker(const DockerBuild& build) {
  ASSIGN_OR_RETURN(const std::string cache, CacheFolder());
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Make(cache + "/run", /*remover=*/nullptr,
                                   {build.cancel, build.on_step}));
  const std::string id_file = workspace.path() + "/id";
  Docker docker(build);
  DockerResult result;
  build.on_step("building with docker");
  result.command = "docker build";
  ASSIGN_OR_RETURN(result.exit_code, docker.Build(id_file));
  if (result.exit_code != 0) return result;
  result.image_id =
      std::string(absl::StripAsciiWhitespace(ReadFile(id_file).value_or("")));
  if (build.skip_push) return result;
  for (const std::string& image : build.images) {
    build.on_step(absl::StrCat("pushing ", image));
    if (build.on_phase) {
      build.on_phase({.kind = PhaseKind::kPush, .text = image});
    }
    result.command = absl::StrCat("docker push ", image);
    std::string digest;
    ASSIGN_OR_RETURN(result.exit_code, docker.Push(image, digest));
    if (result.exit_code != 0) return result;
    // The same image under several names has one digest.
    if (result.digest.empty()) result.digest = std::move(digest);
  }
  return result;
}

}  // namespace ovenbird::build
