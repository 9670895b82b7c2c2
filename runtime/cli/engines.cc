#include "runtime/cli/engines.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/build/local_engine.h"

namespace ovenbird::cli {
namespace {

// The script that builds kaniko from source: beside the checkout's own
// binaries, in their runfiles. Empty when this binary stands alone.
std::string ExecutorBuilder() {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path self = fs::read_symlink("/proc/self/exe", error);
  for (const std::string& runfiles :
       {self.string() + ".runfiles",
        std::string(std::getenv("RUNFILES_DIR") == nullptr
                        ? ""
                        : std::getenv("RUNFILES_DIR"))}) {
    fs::path script =
        fs::path(runfiles) / "ovenbird/third_party/kaniko/build.sh";
    if (!runfiles.empty() && fs::exists(script, error)) return script.string();
  }
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& options, const Planned& planned, Console& console) {
  build::LocalEngineOptions local;
  local.docker_config = &planned.docker_config;
  local.executor_builder = ExecutorBuilder();
  local.output_tar = options.output_tar;
  console.Line("", "engine: local (kaniko in a container on this machine)");
  return std::make_unique<build::LocalEngine>(std::move(local));
}

}  // namespace ovenbird::cli
