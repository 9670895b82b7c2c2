#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/status_macros.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/access.h"
#include "runtime/kube/rights.h"
#include "runtime/kube/role.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/plan.h"

namespace ovenbird::cli {
namespace {

void AddBuilds(const plan::ImagePlan& image, const Options& options,
               kube::RightsNeeded& needed) {
  if (image.platforms.empty()) {
    kube::AddRightsNeeded(image.spec, options.has_schedule_timeout, needed);
  }
  for (const auto& one : image.platforms) {
    kube::AddRightsNeeded(one->spec, options.has_schedule_timeout, needed);
  }
}

// The namespace of builds for which neither the config nor a flag names one:
// that of the kube context, as for `build`.
absl::StatusOr<std::string> DefaultNamespace(const Options& options) {
  kube::AccessOptions access;
  access.context = options.kube_context;
  const absl::StatusOr<kube::ClusterAccess> cluster = kube::FindCluster(access);
  if (cluster.ok()) return cluster->name_space;
  if (absl::IsNotFound(cluster.status()) && options.kube_context.empty()) {
    return "default";
  }
  return cluster.status();
}

// By namespace.
using Roles = std::map<std::string, kube::RoleRequest>;

absl::StatusOr<Roles> RolesFor(const plan::Plan& plan, bool lists_nodes,
                               const Options& options) {
  Roles roles;
  for (const auto& image : plan.images) {
    if (image->builder == plan::Builder::kCustom) continue;
    std::string name_space = image->kaniko->namespace_;
    if (name_space.empty()) {
      ASSIGN_OR_RETURN(name_space, DefaultNamespace(options));
    }
    kube::RoleRequest& role = roles[name_space];
    role.name_space = name_space;
    role.account = options.account;
    role.account_namespace = options.account_namespace;
    role.images.push_back(image->key);
    if (lists_nodes) role.needed.lists_nodes = true;
    AddBuilds(*image, options, role.needed);
  }
  return roles;
}

}  // namespace

int Rbac(const Options& options) {
  int exit_code = kExitGood;
  diag::Collector problems;
  const std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, exit_code);
  if (project == nullptr) return exit_code;
  bool lists_nodes = false;
  absl::StatusOr<plan::Plan> plan = plan::Plan();
  if (!problems.has_errors()) {
    plan = PlanOffline(*project, options, problems, &lists_nodes);
  }
  if (!ShowProblems(problems, project.get(), options)) return kExitUsage;
  absl::StatusOr<Roles> roles =
      plan.ok() ? RolesFor(*plan, lists_nodes, options) : plan.status();
  if (!roles.ok()) {
    ShowError(roles.status().message());
    return kExitEnvironment;
  }
  if (roles->empty()) {
    std::cout << "# No image is built in the cluster.\n";
  }
  for (const auto& [name_space, role] : *roles) {
    std::cout << kube::RoleText(role);
  }
  std::cout << std::flush;
  return std::cout ? kExitGood : kExitEnvironment;
}

}  // namespace ovenbird::cli
