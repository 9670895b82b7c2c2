// The verbs other than `build`, with their flags. Each function adds one verb
// to `app`, which owns it. The verb's flags write to `options`, which must
// outlive `app`.
#ifndef OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_
#define OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_

#include "CLI/CLI.hpp"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Adds `render`.
CLI::App* AddRenderVerb(CLI::App& app, Options& options);
// Adds `context`.
CLI::App* AddContextVerb(CLI::App& app, Options& options);
// Adds `validate`.
CLI::App* AddValidateVerb(CLI::App& app, Options& options);
// Adds `explain`.
CLI::App* AddExplainVerb(CLI::App& app, Options& options);
// Adds `cleanup`.
CLI::App* AddCleanupVerb(CLI::App& app, Options& options);
// Adds `rbac`.
CLI::App* AddRbacVerb(CLI::App& app, Options& options);
// Adds `images`.
CLI::App* AddImagesVerb(CLI::App& app, Options& options);
// Adds `doctor`.
CLI::App* AddDoctorVerb(CLI::App& app, Options& options);
// Adds `schema`.
CLI::App* AddSchemaVerb(CLI::App& app, Options& options);
// Adds `lsp`.
CLI::App* AddLspVerb(CLI::App& app, Options& options);
// Adds `completion`.
CLI::App* AddCompletionVerb(CLI::App& app, Options& options);
// Adds `man`.
CLI::App* AddManVerb(CLI::App& app, Options& options);
// Adds `version`.
CLI::App* AddVersionVerb(CLI::App& app, Options& options);
// Adds `init`.
CLI::App* AddInitVerb(CLI::App& app, Options& options);
// Adds `migrate`.
CLI::App* AddMigrateVerb(CLI::App& app, Options& options);
// Adds `logs`.
CLI::App* AddLogsVerb(CLI::App& app, Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_
