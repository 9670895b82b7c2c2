#include "runtime/cli/workflow_commands.h"

#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/base/secret_key.h"
#include "runtime/report/command_text.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {

bool IsGitHubActions() {
  return EnvironmentOrEmpty("GITHUB_ACTIONS") == "true";
}

std::string BeginGroup(absl::string_view title) {
  return absl::StrCat("::group::", report::CommandData(report::Visible(title)));
}

std::string ErrorCommand(absl::string_view title, absl::string_view text) {
  return absl::StrCat(
      "::error title=", report::CommandProperty(report::Visible(title)),
      "::", report::CommandData(report::VisibleLines(text)));
}

WorkflowCommands::WorkflowCommands(std::ostream* out)
    : out_(*out), token_(absl::StrCat("ovenbird-", NewSecretKey())) {}

void WorkflowCommands::Stop() {
  if (std::exchange(stopped_, true)) return;
  out_ << "::stop-commands::" << token_ << "\n" << std::flush;
}

void WorkflowCommands::Resume() {
  if (!std::exchange(stopped_, false)) return;
  out_ << "::" << token_ << "::\n" << std::flush;
}

void WorkflowCommands::Write(absl::string_view command) {
  const bool was_stopped = stopped_;
  Resume();
  out_ << command << "\n" << std::flush;
  if (was_stopped) Stop();
}

void WorkflowCommands::WriteGroup(absl::string_view title,
                                  absl::string_view lines) {
  Write(BeginGroup(title));
  const bool was_stopped = stopped_;
  Stop();
  out_ << lines;
  if (!was_stopped) Resume();
  Write("::endgroup::");
}

}  // namespace ovenbird::cli
