#include "runtime/doctor/doctor.h"

#include <iostream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/verbs.h"
#include "runtime/doctor/finding.h"
#include "runtime/doctor/report.h"
#include "runtime/kube/access.h"

namespace ovenbird::cli {
namespace {

doctor::Request RequestFor(const Planned& planned, const Options& options) {
  doctor::Request request;
  request.plan = &planned.plan;
  request.engine_of = [&planned](const std::string& key) {
    return planned.choice.EngineOf(key);
  };
  request.waits_for_nodes = options.has_schedule_timeout;
  request.lists_nodes = planned.lists_nodes;
  request.problems = planned.problems;
  if (!planned.engine_problem.ok()) {
    kube::AccessOptions access;
    access.context = options.kube_context;
    request.cluster = kube::FindCluster(access);
  } else if (planned.choice.cluster) {
    request.cluster = *planned.choice.cluster;
  }
  return request;
}

// What has stopped planning, except for a kubeconfig, which has a check.
doctor::Findings PlanningFailures(const Planned& planned,
                                  const doctor::Request& request) {
  doctor::Findings findings;
  const bool is_kubeconfig = request.cluster && !request.cluster->ok();
  if (!planned.engine_problem.ok() && !is_kubeconfig) {
    findings.push_back(doctor::Error(
        "engine", "engine", std::string(planned.engine_problem.message()), ""));
  }
  if (!planned.plan_problem.ok()) {
    findings.push_back(
        doctor::Error("config", "plan of the builds",
                      std::string(planned.plan_problem.message()),
                      "without a plan, checks of the images are left out"));
  }
  return findings;
}

}  // namespace

int Doctor(const Options& options) {
  int exit_code = kExitGood;
  const std::unique_ptr<Planned> planned = PlanProject(options, exit_code);
  if (planned == nullptr) return exit_code;
  const doctor::Request request = RequestFor(*planned, options);
  doctor::Findings findings = PlanningFailures(*planned, request);
  Cancellation cancel;
  for (doctor::Finding& finding : doctor::Examine(request, cancel)) {
    findings.push_back(std::move(finding));
  }
  std::cout << (options.json_output ? doctor::ToJson(findings)
                                    : doctor::ToText(findings))
            << std::flush;
  if (!std::cout || doctor::HasErrors(findings)) return kExitEnvironment;
  return kExitGood;
}

}  // namespace ovenbird::cli
