// The verbs of the command line. Each returns the exit code: 0 success, 1 a
// build failed, 2 wrong config or usage, 3 environment, 130 interrupted.
#ifndef OVENBIRD_RUNTIME_CLI_VERBS_H_
#define OVENBIRD_RUNTIME_CLI_VERBS_H_

#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Builds and pushes the images.
int Build(const Options& options);
// Prints the Kubernetes objects of a build, or the Dockerfiles, without a
// cluster.
int Render(const Options& options);
// Prints what a build would send.
int Context(const Options& options);
// Checks the config and prints all problems.
int Validate(const Options& options);
// Prints the documentation of an option or a message.
int Explain(const Options& options);
// Deletes what killed builds have left in the cluster and on this machine.
int Cleanup(const Options& options);
// Prints the RBAC objects with the rights that builds need, without a cluster.
int Rbac(const Options& options);
// Prints the container images that builds pull, without a cluster.
int Images(const Options& options);
// Prints what would stop builds, or limit them: in the cluster, in registries,
// on this machine.
int Doctor(const Options& options);
// Prints the JSON Schema of the config, or writes it to a file.
int PrintSchema(const Options& options);
// Answers an editor on standard input and output, until it ends the
// connection. Returns 0 if the editor asked for the end, else 1 (as LSP wants
// it).
int Lsp(const Options& options);
// Prints the version, the commit and the mode of the build.
int Version(const Options& options);
// Writes a config for the Dockerfiles of the working directory.
int Init(const Options& options);
// Converts a file of another tool.
int Migrate(const Options& options);
// Prints the log of an image's last build.
int Logs(const Options& options);
// Prints the man page.
int PrintManPage();
// Prints the script that completes commands in a shell.
int PrintCompletion(const Options& options);
// Prints what may take the place of the last word, for these scripts.
int CompleteWords(const Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERBS_H_
