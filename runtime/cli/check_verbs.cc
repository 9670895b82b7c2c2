#include "runtime/cli/flags.h"
#include "runtime/cli/problem_flags.h"
#include "runtime/cli/verb_flags.h"

namespace ovenbird::cli {
namespace {

void AddDoctorFlags(CLI::App& verb, Options& options) {
  AddKubeContext(verb, options);
  AddEngine(verb, options, "Where kaniko runs, as for `build`");
  AddScheduleTimeout(verb, options);
  AddJsonOutput(verb, options);
}

}  // namespace

CLI::App* AddDoctorVerb(CLI::App& app, Options& options) {
  CLI::App* doctor = app.add_subcommand(
      "doctor",
      "Check what builds need, and report what would stop them: cluster, "
      "rights, registries, this machine");
  doctor->group(kCheckGroup)->footer("ovenbird doctor --engine kubernetes");
  AddConfigFlags(*doctor, options);
  AddImageFlags(*doctor, options);
  AddDoctorFlags(*doctor, options);
  return doctor;
}

CLI::App* AddValidateVerb(CLI::App& app, Options& options) {
  CLI::App* validate = app.add_subcommand(
      "validate", "Check the config and report all problems");
  validate->group(kCheckGroup)
      ->footer("ovenbird validate --fix --diagnostics short");
  AddConfigFlags(*validate, options);
  AddEngine(*validate, options,
            "Report what this engine ignores: kubernetes or local. Default: "
            "auto, as kubernetes, but for images that the config assigns to "
            "Docker");
  AddSecrets(*validate, options);
  AddValidateFlags(*validate, options);
  return validate;
}

}  // namespace ovenbird::cli
