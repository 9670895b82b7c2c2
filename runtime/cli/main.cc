#include "runtime/cli/main.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "runtime/base/core_dump.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/options.h"
#include "runtime/cli/output_buffer.h"
#include "runtime/cli/verbs.h"

namespace ovenbird::cli {
namespace {

int RunVerb(const Options& options) {
  switch (options.verb) {
    case Verb::kBuild:
      return Build(options);
    case Verb::kRender:
      return Render(options);
    case Verb::kContext:
      return Context(options);
    case Verb::kValidate:
      return Validate(options);
    case Verb::kExplain:
      return Explain(options);
    case Verb::kCleanup:
      return Cleanup(options);
    case Verb::kRbac:
      return Rbac(options);
    case Verb::kImages:
      return Images(options);
    case Verb::kDoctor:
      return Doctor(options);
    case Verb::kSchema:
      return PrintSchema(options);
    case Verb::kLsp:
      return Lsp(options);
    case Verb::kVersion:
      return Version(options);
    case Verb::kCompletion:
      return PrintCompletion(options);
    case Verb::kComplete:
      return CompleteWords(options);
    case Verb::kManPage:
      return PrintManPage();
    case Verb::kInit:
      return Init(options);
    case Verb::kMigrate:
      return Migrate(options);
    case Verb::kLogs:
      return Logs(options);
  }
  return kExitUsage;
}

bool ReaderIsGone() {
  pollfd out = {STDOUT_FILENO, 0, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

// Output that is not there is no success. `| head` has what it wanted, and
// needs no message.
int WithOutput(int code) {
  std::cout.flush();
  if (std::cout) return code;
  if (!ReaderIsGone()) {
    std::cerr << "ovenbird: cannot write to standard output; is its disk full, "
                 "or is it closed?\n";
  }
  return code == kExitGood ? kExitEnvironment : code;
}

// `bazel run` starts a program in the program's own runfiles, and says in
// BUILD_WORKING_DIRECTORY where the user is. What that program starts inherits
// the variable, but runs where it was started.
bool IsStartedByBazel(const char* program) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  const std::filesystem::path self = std::filesystem::absolute(program, error);
  const std::filesystem::path folder =
      std::filesystem::canonical(self.parent_path(), error);
  if (error) return false;
  const std::string runfiles =
      (folder / self.filename()).string() + ".runfiles/";
  return here.string().rfind(runfiles, 0) == 0;
}

int MainWithMemory(int argc, char** argv, const std::string& verb) {
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder != nullptr && IsStartedByBazel(argv[0])) {
    if (chdir(folder) != 0) {
      std::cerr << "ovenbird: cannot enter " << folder << "\n";
      return kExitEnvironment;
    }
  }
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!verb.empty()) arguments.insert(arguments.begin(), verb);
  auto parsed = ParseCommandLine(arguments);
  if (const Exit* exit = std::get_if<Exit>(&parsed)) {
    std::cout << exit->out;
    std::cerr << exit->err;
    return WithOutput(exit->code);
  }
  return WithOutput(RunVerb(std::get<Options>(parsed)));
}

}  // namespace

int Main(int argc, char** argv, const std::string& verb) {
  ForbidCoreDumps();
  // A reader that went away (`| head`) is an error of write, not of ours.
  std::signal(SIGPIPE, SIG_IGN);
  InstallOutputBuffers();
  try {
    return MainWithMemory(argc, argv, verb);
  } catch (const std::bad_alloc&) {
    std::cerr << "ovenbird: no more memory\n";
    return kExitEnvironment;
  }
}

}  // namespace ovenbird::cli
