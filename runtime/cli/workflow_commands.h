// Commands for the runner of GitHub Actions, which reads them from the output:
// groups, annotations. What users and programs print must not be read as
// commands: a RUN could set outputs of the job or hide errors.
#ifndef OVENBIRD_RUNTIME_CLI_WORKFLOW_COMMANDS_H_
#define OVENBIRD_RUNTIME_CLI_WORKFLOW_COMMANDS_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::cli {

// Returns whether the runner of GitHub Actions reads the output.
bool IsGitHubActions();

// Returns the command that begins a group of lines, which the runner folds.
std::string BeginGroup(absl::string_view title);

// Returns the command that annotates the run with an error.
std::string ErrorCommand(absl::string_view title, absl::string_view text);

// Tells the runner which text contains commands. Not thread-safe.
class WorkflowCommands {
 public:
  // `out`, which must outlive this, is what the runner reads.
  explicit WorkflowCommands(std::ostream* out);
  ~WorkflowCommands() { Resume(); }
  WorkflowCommands(const WorkflowCommands&) = delete;
  WorkflowCommands& operator=(const WorkflowCommands&) = delete;

  // From now on the runner ignores commands, until a line with a random token
  // that nobody else knows.
  void Stop();
  // The runner reads commands again.
  void Resume();
  // Writes a command that the runner reads in any case.
  void Write(absl::string_view command);
  // Writes lines, which are not read as commands, as a group.
  void WriteGroup(absl::string_view title, absl::string_view lines);

 private:
  std::ostream& out_;
  const std::string token_;
  bool stopped_ = false;
};

// Commands that are stopped while this lives; null: there is no runner.
class StoppedCommands {
 public:
  explicit StoppedCommands(WorkflowCommands* commands) : commands_(commands) {
    if (commands_ != nullptr) commands_->Stop();
  }
  ~StoppedCommands() {
    if (commands_ != nullptr) commands_->Resume();
  }
  StoppedCommands(const StoppedCommands&) = delete;
  StoppedCommands& operator=(const StoppedCommands&) = delete;

 private:
  WorkflowCommands* const commands_;
};

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_WORKFLOW_COMMANDS_H_
