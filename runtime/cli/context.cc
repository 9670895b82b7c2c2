#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/writer.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/context/report.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/select_images.h"

namespace ovenbird::cli {
namespace {

absl::StatusOr<context::Report> MakeReport(const plan::ImagePlan& image,
                                           const config::Loaded& project,
                                           const Options& options) {
  context::ReportOptions report;
  report.image = image.key;
  report.everything_because = image.everything_because;
  report.deep = options.all_paths;
  for (const auto& [key, config] : project.config.images) {
    if (key != image.key) continue;
    report.dockerfile = absl::StrCat(project.folder(), "/", config.dockerfile);
  }
  return context::MakeReport(image.listing, image.files, report);
}

}  // namespace

int Context(const Options& options) {
  int exit_code = kExitGood;
  diag::Collector problems;
  const std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, exit_code);
  if (project == nullptr) return exit_code;
  plan::Plan plan;
  if (!problems.has_errors()) {
    plan::CheckForImages(*project, options.images, problems);
    // Without a Docker config: no credential helper is to run for this.
    plan::PlanOptions plan_options;
    plan_options.images = options.images;
    plan_options.platforms = options.platforms;
    plan_options.full_context = options.full_context;
    plan_options.environment = EnvironmentVariable;
    absl::StatusOr<plan::Plan> made =
        plan::MakePlan(*project, plan_options, problems);
    if (!made.ok()) {
      ShowProblems(problems, project.get(), options);
      ShowError(made.status().message());
      return kExitEnvironment;
    }
    plan = *std::move(made);
  }
  if (!ShowProblems(problems, project.get(), options)) return kExitUsage;
  std::string out;
  JsonWriter json(&out, /*pretty=*/true);
  if (options.json_output) json.BeginArray();
  for (const auto& image : plan.images) {
    // The contexts for several platforms are alike.
    absl::StatusOr<context::Report> report =
        MakeReport(image->platforms.empty() ? *image : *image->platforms[0],
                   *project, options);
    if (!report.ok()) {
      ShowError(report.status().message());
      return kExitEnvironment;
    }
    if (options.json_output) {
      context::Write(*report, json);
    } else {
      absl::StrAppend(&out, out.empty() ? "" : "\n", context::ToText(*report));
    }
  }
  if (options.json_output) {
    json.EndArray();
    out += '\n';
  }
  std::cout << out << std::flush;
  return std::cout ? kExitGood : kExitEnvironment;
}

}  // namespace ovenbird::cli
