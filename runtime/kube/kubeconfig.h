// kubeconfig files: read, and merged as kubectl does it. Their meaning for a
// connection is in access.h. Source:
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
#ifndef OVENBIRD_RUNTIME_KUBE_KUBECONFIG_H_
#define OVENBIRD_RUNTIME_KUBE_KUBECONFIG_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {

// The content of a file, or of the kubeconfig itself (already decoded from
// base64), which wins.
struct FileOrData {
  std::string file;  // absolute, or relative to the working folder
  std::string data;
  bool empty() const { return file.empty() && data.empty(); }
};

// An entry of `clusters`.
struct ConfigCluster {
  std::string name;
  std::string where;  // "/etc/kube/config:12"
  std::string server;
  FileOrData ca;
  bool insecure_skip_tls_verify = false;
  std::string tls_server_name;
  std::optional<std::string> proxy_url;
  // The extension client.authentication.k8s.io/exec, for plugins.
  json::Value exec_config;
};

// The `exec` plugin of a user.
struct ConfigExec {
  std::string where;
  std::string api_version;
  std::string command;  // with a folder: made absolute
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string install_hint;
  bool provide_cluster_info = false;
  bool always_interactive = false;
};

// An entry of `users`.
struct ConfigUser {
  std::string name;
  std::string where;
  FileOrData client_cert;
  FileOrData client_key;
  std::string token;
  std::string token_file;
  std::string username;
  std::string password;
  std::string impersonate;
  std::string impersonate_uid;
  std::vector<std::string> impersonate_groups;
  std::vector<std::pair<std::string, std::string>> impersonate_extra;
  std::optional<ConfigExec> exec;
  // The name and settings of an auth-provider. Removed from Kubernetes in 1.26
  // (except oidc).
  std::string auth_provider;
  json::Value auth_provider_config;
};

// An entry of `contexts`.
struct ConfigContext {
  std::string name;
  std::string where;
  std::string cluster;
  std::string user;
  std::string name_space;
};

// One kubeconfig, or several merged ones.
struct Kubeconfig {
  // The files that existed and were read.
  std::vector<std::string> files;
  std::vector<ConfigCluster> clusters;
  std::vector<ConfigUser> users;
  std::vector<ConfigContext> contexts;
  std::string current_context;
  std::string current_context_where;

  // Returns the entry of this name; null if it does not exist.
  const ConfigCluster* FindCluster(absl::string_view name) const;
  const ConfigUser* FindUser(absl::string_view name) const;
  const ConfigContext* FindContext(absl::string_view name) const;
};

// Parses one file's text. `path` is shown in messages, and relative paths in
// the file are relative to its folder. kInvalidArgument: "PATH:LINE: what is
// wrong".
absl::StatusOr<Kubeconfig> ParseKubeconfig(const std::string& path,
                                           const std::string& text);

// Merges files as kubectl does: if two entries have the same name, the entry of
// the earlier file wins as a whole. The first current-context wins, too.
Kubeconfig MergeKubeconfigs(std::vector<Kubeconfig> configs);

// Reads and merges files. Files that do not exist are skipped; any other
// failure is an error.
absl::StatusOr<Kubeconfig> ReadKubeconfigs(
    const std::vector<std::string>& paths);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KUBECONFIG_H_
