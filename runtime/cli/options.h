// The command line: verbs and flags.
#ifndef OVENBIRD_RUNTIME_CLI_OPTIONS_H_
#define OVENBIRD_RUNTIME_CLI_OPTIONS_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "runtime/cli/command_line.h"
#include "runtime/kube/build_spec.h"
#include "runtime/problems/baseline.h"
#include "runtime/problems/fix.h"
#include "runtime/problems/rule_settings.h"

namespace ovenbird::cli {

// The verbs of the command line.
enum class Verb {
  kBuild,
  kRender,
  kContext,
  kValidate,
  kExplain,
  kCleanup,
  kRbac,
  kImages,
  kDoctor,
  kSchema,
  kLsp,
  kVersion,
  kCompletion,
  kComplete,
  kManPage,
  kInit,
  kMigrate,
  kLogs
};

// --diagnostics: how problems of the user's files are shown.
enum class DiagnosticsFormat {
  kText,
  kShort,
  kJson,
  kSarif,
  kGithub,
  kGitlab,
  kJunit
};

// --output of `render`.
enum class OutputFormat { kYaml, kJson };

// --engine.
enum class EngineChoice { kAuto, kKubernetes, kLocal };

// --progress of `build`: what it prints while it builds.
enum class Progress { kAuto, kTty, kPlain, kJson, kQuiet };

// The shells with completion.
enum class Shell { kBash, kZsh, kFish };

// What `schema` prints the JSON Schema of.
enum class SchemaKind { kConfig, kResult, kEvent };

// A parsed command line. Flags of other verbs have their defaults.
struct Options {
  Verb verb = Verb::kBuild;

  // Empty: devspace.yaml here or in the nearest folder above.
  std::string config;
  std::vector<std::string> vars;  // NAME=VALUE
  std::string profile;
  DiagnosticsFormat diagnostics = DiagnosticsFormat::kText;
  bool strict = false;
  problems::RuleSettings rules;
  problems::Baseline baseline;

  std::vector<std::string> targets;  // validate: files, folders, "-"
  std::string stdin_filename = "devspace.yaml";  // validate
  std::string executor;        // validate; empty: the config's
  std::string write_baseline;  // validate
  std::string fix_flag;        // as it was given
  problems::FixChoice fix = problems::FixChoice::kNone;  // validate

  // Returns whether `validate` prints the text of standard input after fixes.
  bool PrintsText() const { return PrintsFixes() && !dry_run; }

  // Returns whether standard output has that text, or a patch: diagnostics for
  // programs then go to standard error.
  bool PrintsFixes() const {
    return fix != problems::FixChoice::kNone &&
           (dry_run || targets == std::vector<std::string>{"-"});
  }

  std::vector<std::string> images;  // keys; none: all
  std::vector<std::string> tags;
  std::string name_space;
  std::optional<config::ContextTransfer> context_transfer;
  std::string context_repo;
  std::vector<std::string> platforms;  // instead of the config's
  bool full_context = false;
  bool no_rewrite = false;
  bool skip_push = false;
  std::vector<kube::BuildSecret> secrets;  // without their values
  // Instead of the config's, or in addition.
  bool no_cache = false;
  std::vector<std::string> build_args;  // NAME=VALUE or NAME
  std::string target;

  OutputFormat output_format = OutputFormat::kYaml;  // render
  bool show_secrets = false;                         // render
  bool show_dockerfile = false;                      // render
  bool verify = false;                               // render

  std::string kube_context;  // build, render --verify
  EngineChoice engine = EngineChoice::kAuto;
  int jobs = 0;  // 0: as many as there are images, at most 4
  bool keep_going = false;
  bool force = false;
  bool explain_rebuild = false;
  bool short_log = false;
  absl::Duration schedule_timeout = absl::Minutes(5);
  bool has_schedule_timeout = false;
  int retries = 1;
  Progress progress = Progress::kAuto;
  std::string result_file;  // JSON; "-": standard output
  std::string trace_file;   // OpenTelemetry's JSON
  std::string output_tar;   // keep the image as a file instead of pushing
  bool skip_push_check = false;
  bool no_verify = false;

  std::string account = "ovenbird";  // rbac
  std::string account_namespace;     // rbac; empty: that of the builds

  bool dry_run = false;         // cleanup, validate --fix
  bool all_namespaces = false;  // cleanup
  bool contexts = false;        // cleanup

  bool all_paths = false;    // context
  bool json_output = false;  // context, images, doctor

  std::string registry;     // init
  std::string from_file;    // migrate
  std::string output_file;  // init, migrate; "-": standard output

  std::string log_image;  // logs; empty: the only one
  bool follow = false;    // logs
  bool pod_log = false;   // logs: of a pod, whatever files there are

  SchemaKind schema_kind = SchemaKind::kConfig;  // schema
  std::string schema_file;  // schema; empty or "-": standard output

  std::string subject;  // explain: option path or diagnostic id

  Shell shell = Shell::kBash;      // completion
  std::vector<std::string> words;  // what to complete; the last one is begun
};

// How `main` exits if there is nothing to run, after --help or a usage error.
struct Exit {
  int code;
  std::string out;
  std::string err;
};

// Returns all verbs and their flags: what help, completion and the man page
// print.
CommandLine DescribeCommandLine();

// Parses the arguments without the program's name. Returns an Exit with code 2
// for a usage error, with code 0 for --help.
std::variant<Options, Exit> ParseCommandLine(
    const std::vector<std::string>& words);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_OPTIONS_H_
