#include "runtime/cli/problem_flags.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/cli/describe.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/usage.h"
#include "runtime/problems/baseline.h"
#include "runtime/problems/fix.h"
#include "runtime/problems/rule_settings.h"

namespace ovenbird::cli {
namespace {

void TakeBaseline(const std::string& path, Options& options) {
  absl::StatusOr<problems::Baseline> baseline = problems::Baseline::Read(path);
  if (!baseline.ok()) {
    throw CLI::ValidationError("--baseline",
                               std::string(baseline.status().message()));
  }
  options.baseline = *std::move(baseline);
}

void AddFix(CLI::App& verb, Options& options) {
  // A flag, and not an option: what follows it is a file.
  CLI::Option* fix =
      verb.add_flag("--fix{safe}", options.fix_flag,
                    "Correct what can be corrected without changing the "
                    "meaning; --fix=all: also what was probably meant");
  fix->type_name(TypeOfChoice("WHAT", {"safe", "all"}));
  fix->each([&options](const std::string& which) {
    if (which != "safe" && which != "all") {
      // The parser adds the flag's name.
      throw CLI::ValidationError(NoneOf(which, {"safe", "all"}));
    }
    options.fix =
        which == "all" ? problems::FixChoice::kAll : problems::FixChoice::kSafe;
  });
  verb.add_flag("--dry-run", options.dry_run,
                "With --fix: print the changes as a patch instead of making "
                "them; diagnostics go to standard error")
      ->needs(fix);
}

}  // namespace

void AddProblemFlags(CLI::App& verb, Options& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--rule",
          [&options](const std::vector<std::string>& settings) {
            for (const std::string& setting : settings) {
              const absl::Status added =
                  problems::AddRuleSetting(setting, options.rules);
              if (!added.ok()) {
                throw CLI::ValidationError("--rule",
                                           std::string(added.message()));
              }
            }
          },
          "Severity of a warning or note: off, note, warning or error; can be "
          "repeated")
      ->type_name("ID=SEVERITY")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  verb.add_option_function<std::string>(
          "--baseline",
          [&options](const std::string& path) { TakeBaseline(path, options); },
          "Do not report the warnings and notes in this file, which `validate "
          "--write-baseline` writes")
      ->type_name("FILE");
}

void AddValidateFlags(CLI::App& verb, Options& options) {
  verb.add_option("targets", options.targets,
                  "Config files, folders with all devspace.yaml files below "
                  "them, or - for standard input. Default: that of --config")
      ->type_name("FILE|FOLDER|-")
      ->excludes("--config");
  verb.add_option("--stdin-filename", options.stdin_filename,
                  "With -: the path that the text has, for messages and for "
                  "files that it names. Default: devspace.yaml")
      ->type_name("FILE");
  verb.add_option("--executor", options.executor,
                  "Check as if every image were built with this kaniko image")
      ->type_name("EXECUTOR");
  verb.add_option("--write-baseline", options.write_baseline,
                  "Write the warnings and notes to this file, for --baseline")
      ->type_name("FILE")
      ->check(IsFile());
  AddFix(verb, options);
}

}  // namespace ovenbird::cli
