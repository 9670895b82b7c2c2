#include "runtime/kube/role.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/base/writer.h"

namespace ovenbird::kube {
namespace {

constexpr char kApi[] = "rbac.authorization.k8s.io";
constexpr size_t kLineLength = 80;

// A string as YAML: names such as `on` and `1e3` need quotes.
std::string Quoted(absl::string_view text) {
  if (IsPlainYamlString(text)) return std::string(text);
  std::string quoted;
  AppendJsonString(text, &quoted);
  return quoted;
}

std::string List(const std::vector<std::string>& items) {
  return absl::StrCat("[",
                      absl::StrJoin(items, ", ",
                                    [](std::string* out, const auto& item) {
                                      AppendJsonString(item, out);
                                    }),
                      "]");
}

// A key of the config may be any string, also one that ends a comment: YAML has
// line ends of several kinds.
std::string Harmless(const std::string& key) {
  std::string out = key;
  for (char& c : out) {
    if (!absl::ascii_isprint(c)) c = '?';
  }
  return out;
}

// The text as lines of a comment.
std::string Comment(absl::string_view indent, absl::string_view text) {
  std::string out;
  std::string line;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!line.empty() &&
        indent.size() + 2 + line.size() + 1 + word.size() > kLineLength) {
      absl::StrAppend(&out, indent, "# ", line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  return absl::StrCat(out, indent, "# ", line, "\n");
}

bool IsOneRule(const Right& a, const Right& b) {
  return a.group == b.group && a.resource == b.resource && a.names == b.names;
}

std::string Rules(const std::vector<Right>& rights) {
  std::string out = "rules:\n";
  const Right* last = nullptr;
  for (const Right& right : rights) {
    if (last == nullptr || !IsOneRule(*last, right)) {
      absl::StrAppend(&out, "- apiGroups: ", List({right.group}),
                      "\n  resources: ", List({right.resource}), "\n");
      if (!right.names.empty()) {
        absl::StrAppend(&out, "  resourceNames: ", List(right.names), "\n");
      }
      absl::StrAppend(&out, "  verbs:\n");
    }
    absl::StrAppend(&out, Comment("  ", right.without), "  - ", right.verb,
                    "\n");
    last = &right;
  }
  return out;
}

// `name_space`: empty for objects that are not in one.
std::string Head(absl::string_view kind, absl::string_view name,
                 absl::string_view name_space) {
  std::string out = absl::StrCat("apiVersion: ", kApi, "/v1\nkind: ", kind,
                                 "\nmetadata:\n  name: ", Quoted(name), "\n");
  if (!name_space.empty()) {
    absl::StrAppend(&out, "  namespace: ", Quoted(name_space), "\n");
  }
  return out;
}

std::string AccountNamespace(const RoleRequest& request) {
  return request.account_namespace.empty() ? request.name_space
                                           : request.account_namespace;
}

// The part of a binding after its head.
std::string Binding(const RoleRequest& request, absl::string_view kind,
                    absl::string_view role) {
  return absl::StrCat(
      "roleRef:\n  apiGroup: ", kApi, "\n  kind: ", kind,
      "\n  name: ", Quoted(role),
      "\nsubjects:\n- kind: ServiceAccount\n  name: ", Quoted(request.account),
      "\n  namespace: ", Quoted(AccountNamespace(request)), "\n");
}

// Accounts of one namespace that need different rights have a Role each.
std::string RoleName(const RoleRequest& request) {
  return request.account == "ovenbird"
             ? request.account
             : absl::StrCat("ovenbird-", request.account);
}

}  // namespace

std::string RoleText(const RoleRequest& request) {
  std::vector<Right> in_namespace;
  std::vector<Right> in_cluster;
  for (Right& right : RightsFor(request.needed)) {
    (right.is_cluster_wide ? in_cluster : in_namespace)
        .push_back(std::move(right));
  }
  const std::string name = RoleName(request);
  std::string out = absl::StrCat(
      "---\n",
      Comment("", absl::StrCat("Builds of ",
                               Harmless(absl::StrJoin(request.images, ", ")),
                               " with engine kubernetes. The comment before "
                               "a verb says what happens without it.")),
      Head("Role", name, request.name_space), Rules(in_namespace), "---\n",
      Head("RoleBinding", name, request.name_space),
      Binding(request, "Role", name));
  if (in_cluster.empty()) return out;
  // The rules are the same for all accounts, so they share the ClusterRole.
  constexpr char kNodes[] = "ovenbird-nodes";
  absl::StrAppend(&out, "---\n", Head("ClusterRole", kNodes, ""),
                  Rules(in_cluster), "---\n",
                  Head("ClusterRoleBinding",
                       absl::StrCat(kNodes, "-", AccountNamespace(request), "-",
                                    request.account),
                       ""),
                  Binding(request, "ClusterRole", kNodes));
  return out;
}

}  // namespace ovenbird::kube
