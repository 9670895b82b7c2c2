#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "runtime/base/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/targets.h"
#include "runtime/cli/verbs.h"
#include "runtime/cli/version.h"
#include "runtime/lsp/server.h"

namespace ovenbird::cli {
namespace {

// What LSP asks for when an editor leaves without `shutdown`.
constexpr int kExitWithoutShutdown = 1;

}  // namespace

int Lsp(const Options& options) {
  lsp::ServerOptions server;
  server.settings.vars = options.vars;
  server.settings.profile = options.profile;
  server.settings.check = ProjectCheckOf(options);
  server.settings.select = {options.rules, options.baseline, options.strict};
  server.version = kVersion;
  if (!options.config.empty()) {
    std::error_code error;
    server.config = std::filesystem::absolute(GivenConfig(options), error)
                        .lexically_normal()
                        .string();
  }
  const lsp::Ending ending =
      lsp::Serve(STDIN_FILENO, STDOUT_FILENO, std::move(server));
  if (!ending.problem.empty()) ShowError(ending.problem);
  return ending.good ? kExitGood : kExitWithoutShutdown;
}

}  // namespace ovenbird::cli
