#include "runtime/kube/kubeconfig.h"

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::kube {
namespace {

using yaml::Node;

json::Value ToJson(const Node& node) {
  if (node.is_mapping()) {
    json::Object object;
    for (const yaml::Entry& entry : node.entries()) {
      object.emplace_back(std::string(entry.key()), ToJson(*entry.value()));
    }
    return object;
  }
  if (node.is_sequence()) {
    json::Array array;
    for (const Node* item : node.items()) array.push_back(ToJson(*item));
    return array;
  }
  const yaml::ScalarValue value = yaml::ResolveScalar(node);
  switch (value.type) {
    case yaml::ScalarType::kNull:
      return nullptr;
    case yaml::ScalarType::kBool:
      return value.boolean;
    case yaml::ScalarType::kInt:
      if (value.integer()) return *value.integer();
      return value.real;
    case yaml::ScalarType::kFloat:
      return value.real;
    case yaml::ScalarType::kString:
      return node.scalar();
  }
  return nullptr;
}

// Reads one file. The first error is kept, and what follows is harmless.
class Reader {
 public:
  Reader(const SourceFile& file, std::string path)
      : file_(file), folder_(std::filesystem::path(path).parent_path()) {}

  Kubeconfig Read(const Node& root);
  const absl::Status& status() const { return status_; }

 private:
  std::string Where(const Node& node) const {
    return absl::StrCat(file_.name(), ":",
                        file_.PositionAt(node.span().begin).line);
  }

  void Fail(const Node& node, absl::string_view message) {
    if (!status_.ok()) return;
    status_ =
        absl::InvalidArgumentError(absl::StrCat(Where(node), ": ", message));
  }

  // The value of a key as text, as it is written; empty when there is none.
  std::string Text(const Node& map, absl::string_view key) {
    const Node* node = map.Find(key);
    if (node == nullptr) return "";
    if (!node->is_scalar() && !node->is_null()) {
      Fail(*node, absl::StrCat("`", key, "` must be a string"));
      return "";
    }
    if (yaml::ResolveScalar(*node).type == yaml::ScalarType::kNull) return "";
    return std::string(node->scalar());
  }

  bool Flag(const Node& map, absl::string_view key) {
    const Node* node = map.Find(key);
    if (node == nullptr || node->is_null()) return false;
    if (node->is_scalar()) {
      const yaml::ScalarValue value = yaml::ResolveScalar(*node);
      if (value.type == yaml::ScalarType::kBool) return value.boolean;
      if (value.type == yaml::ScalarType::kNull) return false;
    }
    Fail(*node, absl::StrCat("`", key, "` must be true or false"));
    return false;
  }

  std::vector<std::string> Texts(const Node& map, absl::string_view key) {
    std::vector<std::string> out;
    for (const Node* item : List(map, key)) {
      out.emplace_back(item->scalar());
    }
    return out;
  }

  absl::Span<const Node* const> List(const Node& map, absl::string_view key) {
    const Node* node = map.Find(key);
    if (node == nullptr || node->is_null()) return {};
    if (!node->is_sequence()) {
      Fail(*node, absl::StrCat("`", key, "` must be a list"));
    }
    return node->items();
  }

  // A path of the file, relative to the file's folder.
  std::string Path(const std::string& path) const {
    if (path.empty() || path[0] == '/') return path;
    return (folder_ / path).lexically_normal().string();
  }

  FileOrData Content(const Node& map, absl::string_view key) {
    FileOrData out;
    out.file = Path(Text(map, key));
    const std::string data_key = absl::StrCat(key, "-data");
    const std::string encoded = Text(map, data_key);
    if (!absl::Base64Unescape(encoded, &out.data)) {
      Fail(*map.Find(data_key), absl::StrCat("`", data_key, "` is not base64"));
    }
    return out;
  }

  // Calls `read` with the name, and with the mapping under `inner` if there
  // is one, of each entry of the list `key`.
  template <typename Read>
  void Named(const Node& root, absl::string_view key, absl::string_view inner,
             Read read) {
    for (const Node* entry : List(root, key)) {
      if (!entry->is_mapping()) {
        Fail(*entry, absl::StrCat("an entry of `", key,
                                  "` must have `name` and `", inner, "`"));
        continue;
      }
      const std::string name = Text(*entry, "name");
      if (name.empty()) {
        Fail(*entry, absl::StrCat("an entry of `", key, "` has no `name`"));
      }
      const Node* value = entry->Find(inner);
      if (value == nullptr || value->is_null()) continue;
      if (!value->is_mapping()) {
        Fail(*value, absl::StrCat("`", inner, "` must be a mapping"));
        continue;
      }
      read(name, *entry, *value);
    }
  }

  ConfigCluster ReadCluster(const Node& node);
  ConfigUser ReadUser(const Node& node);
  ConfigExec ReadExec(const Node& node);

  const SourceFile& file_;
  const std::filesystem::path folder_;
  absl::Status status_;
};

ConfigCluster Reader::ReadCluster(const Node& node) {
  ConfigCluster cluster;
  cluster.server = Text(node, "server");
  cluster.ca = Content(node, "certificate-authority");
  cluster.insecure_skip_tls_verify = Flag(node, "insecure-skip-tls-verify");
  cluster.tls_server_name = Text(node, "tls-server-name");
  if (const std::string proxy = Text(node, "proxy-url"); !proxy.empty()) {
    cluster.proxy_url = proxy;
  }
  for (const Node* extension : List(node, "extensions")) {
    if (!extension->is_mapping()) continue;
    if (Text(*extension, "name") != "client.authentication.k8s.io/exec") {
      continue;
    }
    const Node* value = extension->Find("extension");
    if (value != nullptr) cluster.exec_config = ToJson(*value);
  }
  return cluster;
}

ConfigExec Reader::ReadExec(const Node& node) {
  ConfigExec exec;
  exec.where = Where(node);
  exec.api_version = Text(node, "apiVersion");
  exec.command = Text(node, "command");
  if (exec.command.empty()) Fail(node, "`exec` has no `command`");
  if (exec.command.find('/') != std::string::npos) {
    exec.command = Path(exec.command);
  }
  exec.args = Texts(node, "args");
  for (const Node* variable : List(node, "env")) {
    if (!variable->is_mapping()) continue;
    exec.env.emplace_back(Text(*variable, "name"), Text(*variable, "value"));
  }
  exec.install_hint = Text(node, "installHint");
  exec.provide_cluster_info = Flag(node, "provideClusterInfo");
  exec.always_interactive = Text(node, "interactiveMode") == "Always";
  return exec;
}

ConfigUser Reader::ReadUser(const Node& node) {
  ConfigUser user;
  user.client_cert = Content(node, "client-certificate");
  user.client_key = Content(node, "client-key");
  user.token = Text(node, "token");
  user.token_file = Path(Text(node, "tokenFile"));
  user.username = Text(node, "username");
  user.password = Text(node, "password");
  user.impersonate = Text(node, "as");
  user.impersonate_uid = Text(node, "as-uid");
  user.impersonate_groups = Texts(node, "as-groups");
  const Node* extra = node.Find("as-user-extra");
  if (extra != nullptr) {
    for (const yaml::Entry& entry : extra->entries()) {
      for (const std::string& value : Texts(*extra, entry.key())) {
        user.impersonate_extra.emplace_back(std::string(entry.key()), value);
      }
    }
  }
  const Node* exec = node.Find("exec");
  if (exec != nullptr && exec->is_mapping()) user.exec = ReadExec(*exec);
  const Node* provider = node.Find("auth-provider");
  if (provider != nullptr && provider->is_mapping()) {
    user.auth_provider = Text(*provider, "name");
    const Node* config = provider->Find("config");
    if (config != nullptr) user.auth_provider_config = ToJson(*config);
  }
  return user;
}

Kubeconfig Reader::Read(const Node& root) {
  Kubeconfig out;
  out.files = {file_.name()};
  if (root.is_null()) return out;
  if (!root.is_mapping()) {
    Fail(root, "a kubeconfig must be a mapping");
    return out;
  }
  Named(root, "clusters", "cluster",
        [&](const std::string& name, const Node& entry, const Node& value) {
          ConfigCluster cluster = ReadCluster(value);
          cluster.name = name;
          cluster.where = Where(entry);
          out.clusters.push_back(std::move(cluster));
        });
  Named(root, "users", "user",
        [&](const std::string& name, const Node& entry, const Node& value) {
          ConfigUser user = ReadUser(value);
          user.name = name;
          user.where = Where(entry);
          out.users.push_back(std::move(user));
        });
  Named(
      root, "contexts", "context",
      [&](const std::string& name, const Node& entry, const Node& value) {
        out.contexts.push_back({name, Where(entry), Text(value, "cluster"),
                                Text(value, "user"), Text(value, "namespace")});
      });
  out.current_context = Text(root, "current-context");
  if (!out.current_context.empty()) {
    out.current_context_where = Where(*root.Find("current-context"));
  }
  return out;
}

template <typename T>
const T* FindNamed(const std::vector<T>& entries, absl::string_view name) {
  for (const T& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

template <typename T>
void MergeNamed(std::vector<T>& into, std::vector<T>& from) {
  for (T& entry : from) {
    if (FindNamed(into, entry.name) == nullptr) {
      into.push_back(std::move(entry));
    }
  }
}

}  // namespace

const ConfigCluster* Kubeconfig::FindCluster(absl::string_view name) const {
  return FindNamed(clusters, name);
}
const ConfigUser* Kubeconfig::FindUser(absl::string_view name) const {
  return FindNamed(users, name);
}
const ConfigContext* Kubeconfig::FindContext(absl::string_view name) const {
  return FindNamed(contexts, name);
}

absl::StatusOr<Kubeconfig> ParseKubeconfig(const std::string& path,
                                           const std::string& text) {
  const SourceFile file(path, text);
  yaml::Arena arena;
  diag::Collector problems;
  const Node* root = yaml::Parse(file, arena, problems);
  if (root == nullptr) {
    std::string message = "not YAML";
    std::string where = path;
    for (const diag::Diagnostic& problem : problems.Sorted()) {
      message = problem.message;
      if (problem.span) {
        absl::StrAppend(&where, ":", file.PositionAt(problem.span.begin).line);
      }
      break;
    }
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", message));
  }
  Reader reader(file, path);
  Kubeconfig config = reader.Read(*root);
  RETURN_IF_ERROR(reader.status());
  return config;
}

Kubeconfig MergeKubeconfigs(std::vector<Kubeconfig> configs) {
  Kubeconfig out;
  for (Kubeconfig& config : configs) {
    for (std::string& file : config.files) out.files.push_back(file);
    MergeNamed(out.clusters, config.clusters);
    MergeNamed(out.users, config.users);
    MergeNamed(out.contexts, config.contexts);
    if (out.current_context.empty()) {
      out.current_context = config.current_context;
      out.current_context_where = config.current_context_where;
    }
  }
  return out;
}

absl::StatusOr<Kubeconfig> ReadKubeconfigs(
    const std::vector<std::string>& paths) {
  std::vector<Kubeconfig> configs;
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (absl::IsNotFound(text.status())) continue;
    RETURN_IF_ERROR(text.status());
    ASSIGN_OR_RETURN(Kubeconfig config, ParseKubeconfig(path, *text));
    configs.push_back(std::move(config));
  }
  return MergeKubeconfigs(std::move(configs));
}

}  // namespace ovenbird::kube
