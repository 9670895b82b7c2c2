#include "runtime/kube/testing/authorizer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/kube/testing/api_server.h"

namespace ovenbird::kube::testing {
namespace {

std::string VerbOf(const net::Request& request, bool has_name) {
  if (request.method == "POST") return "create";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return "delete";
  if (has_name) return "get";
  return QueryValue(request.target, "watch").empty() ? "list" : "watch";
}

}  // namespace

Authorizer::Authorizer(std::vector<Right> rights, std::string name_space)
    : rights_(std::move(rights)), name_space_(std::move(name_space)) {}

// "/api/v1/namespaces/NS/pods/NAME/log", "/apis/batch/v1/jobs", "/api/v1/nodes"
std::vector<Authorizer::Asked> Authorizer::AskedBy(
    const net::Request& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  size_t next = 0;
  const auto take = [&] {
    return next < parts.size() ? parts[next++] : std::string();
  };
  Asked asked;
  const std::string api = take();
  if (api != "api" && api != "apis") return {};  // /version: allowed to all
  if (api == "apis") asked.right.group = take();
  take();  // the version
  if (parts.size() > next + 2 && parts[next] == "namespaces") {
    take();
    asked.name_space = take();
  }
  asked.right.resource = take();
  if (const std::string name = take(); !name.empty()) {
    asked.right.names = {name};
  }
  const std::string subresource = take();
  if (!subresource.empty()) {
    absl::StrAppend(&asked.right.resource, "/", subresource);
  }
  asked.right.verb = VerbOf(request, !asked.right.names.empty());
  std::vector<Asked> all = {asked};
  if (subresource == "exec") {
    asked.right.verb = "create";
    all.push_back(std::move(asked));
  }
  return all;
}

const Right* Authorizer::Find(const Asked& asked) const {
  for (const Right& right : rights_) {
    const bool is_here = right.is_cluster_wide
                             ? asked.name_space.empty()
                             : asked.name_space == name_space_;
    if (!is_here || right.group != asked.right.group ||
        right.resource != asked.right.resource ||
        right.verb != asked.right.verb) {
      continue;
    }
    if (right.names.empty()) return &right;
    // A right for named objects is not for lists.
    if (!asked.right.names.empty() &&
        std::count(right.names.begin(), right.names.end(),
                   asked.right.names[0]) > 0) {
      return &right;
    }
  }
  return nullptr;
}

std::optional<net::Response> Authorizer::Check(const net::Request& request) {
  MutexLock lock(&mutex_);
  for (Asked& asked : AskedBy(request)) {
    if (const Right* right = Find(asked)) {
      used_.insert(Describe(*right));
      continue;
    }
    asked.right.names.clear();
    refused_.insert(Describe(asked.right));
    return StatusResponse(
        403, "Forbidden",
        absl::StrCat(
            asked.right.resource, " is forbidden: User \"u\" cannot ",
            asked.right.verb, " resource \"", asked.right.resource,
            "\" in API group \"", asked.right.group, "\" ",
            asked.name_space.empty()
                ? "at the cluster scope"
                : absl::StrCat("in the namespace \"", asked.name_space, "\"")));
  }
  return std::nullopt;
}

std::set<std::string> Authorizer::used() {
  MutexLock lock(&mutex_);
  return used_;
}

std::set<std::string> Authorizer::refused() {
  MutexLock lock(&mutex_);
  return refused_;
}

}  // namespace ovenbird::kube::testing
