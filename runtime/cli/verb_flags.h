// The verbs besides `build`, with their flags.
#ifndef OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_
#define OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_

#include "CLI/CLI.hpp"
#include "runtime/cli/options.h"

namespace ovenbird::cli {

// Each adds one verb to `app` and returns it, which `app` owns. The verb's
// flags write to `options`, which must outlive `app`.
CLI::App* AddRenderVerb(CLI::App& app, Options& options);
CLI::App* AddContextVerb(CLI::App& app, Options& options);
CLI::App* AddValidateVerb(CLI::App& app, Options& options);
CLI::App* AddExplainVerb(CLI::App& app, Options& options);
CLI::App* AddCleanupVerb(CLI::App& app, Options& options);
CLI::App* AddRbacVerb(CLI::App& app, Options& options);
CLI::App* AddImagesVerb(CLI::App& app, Options& options);
CLI::App* AddDoctorVerb(CLI::App& app, Options& options);
CLI::App* AddSchemaVerb(CLI::App& app, Options& options);
CLI::App* AddLspVerb(CLI::App& app, Options& options);
CLI::App* AddCompletionVerb(CLI::App& app, Options& options);
CLI::App* AddManVerb(CLI::App& app, Options& options);
CLI::App* AddVersionVerb(CLI::App& app, Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_VERB_FLAGS_H_
