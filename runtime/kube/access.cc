#include "runtime/kube/access.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/environment.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/suggest.h"
#include "runtime/kube/auth_provider.h"

namespace ovenbird::kube {
namespace {

struct Files {
  std::vector<std::string> paths;
  const char* named_by;  // for messages
};

Files KubeconfigFiles(const AccessOptions& options) {
  if (!options.kubeconfig.empty())
    return {{options.kubeconfig}, "--kubeconfig"};
  const std::string list = options.getenv("KUBECONFIG");
  if (!list.empty()) {
    return {absl::StrSplit(list, ':', absl::SkipEmpty()), "KUBECONFIG"};
  }
  return {{absl::StrCat(options.getenv("HOME"), "/.kube/config")}, ""};
}

absl::Status At(const std::string& where, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(where, ": ", status.message()));
}

absl::StatusOr<std::string> Content(const FileOrData& content,
                                    const std::string& where) {
  if (!content.data.empty() || content.file.empty()) return content.data;
  absl::StatusOr<std::string> text = ReadFile(content.file);
  if (!text.ok()) return At(where, text.status());
  return text;
}

absl::Status SetServer(absl::string_view server, bool tls,
                       ClusterAccess& access) {
  // As kubectl does.
  std::string text(server);
  if (!absl::StrContains(text, "://")) {
    text.insert(0, tls ? "https://" : "http://");
  }
  ASSIGN_OR_RETURN(access.server, net::ParseUrl(text));
  if (access.server.scheme != "http" && access.server.scheme != "https") {
    return absl::InvalidArgumentError("a server's URL is http or https");
  }
  access.path_prefix = std::string(absl::StripSuffix(
      access.server.target.substr(0, access.server.target.find('?')), "/"));
  access.server.target = "/";
  return absl::OkStatus();
}

bool HasCredentials(const ConfigUser& user) {
  return !user.token.empty() || !user.token_file.empty() ||
         !user.username.empty() || user.exec.has_value() ||
         !user.auth_provider.empty();
}

// kubectl connects without the credentials, and the server's "forbidden" does
// not tell why. A client certificate is only ever sent over TLS. Behind a
// proxy, the loopback address is that of another machine.
absl::Status CheckPlainHttp(const ConfigCluster& cluster,
                            const ConfigContext& context,
                            const ConfigUser& user,
                            const ClusterAccess& access) {
  const bool stays_here =
      access.server.IsLoopback() && access.options.proxy.value_or("").empty();
  if (access.server.scheme != "http" || stays_here || !HasCredentials(user)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      cluster.where, ": the server of cluster `", cluster.name,
      "` uses plain HTTP (", access.server.Origin(),
      "), which would show the credentials of user `", user.name,
      "` to the network; set `server: https://...`, or delete `user` from "
      "context `",
      context.name, "` if the server needs no credentials"));
}

// What a plugin is told about the cluster it is asked for.
json::Value ClusterInfo(const ConfigCluster& cluster,
                        const net::TlsOptions& tls) {
  json::Value info;
  info.Set("server", cluster.server);
  if (!tls.server_name.empty()) info.Set("tls-server-name", tls.server_name);
  if (tls.insecure_skip_verify) info.Set("insecure-skip-tls-verify", true);
  if (!tls.ca_pem.empty()) {
    info.Set("certificate-authority-data", absl::Base64Escape(tls.ca_pem));
  }
  if (cluster.proxy_url) info.Set("proxy-url", *cluster.proxy_url);
  info.Set("config", cluster.exec_config);
  return info;
}

void SetImpersonation(const ConfigUser& user, net::Headers& headers) {
  if (user.impersonate.empty()) return;
  headers.emplace_back("Impersonate-User", user.impersonate);
  if (!user.impersonate_uid.empty()) {
    headers.emplace_back("Impersonate-Uid", user.impersonate_uid);
  }
  for (const std::string& group : user.impersonate_groups) {
    headers.emplace_back("Impersonate-Group", group);
  }
  for (const auto& [key, value] : user.impersonate_extra) {
    headers.emplace_back(
        absl::StrCat("Impersonate-Extra-", net::EscapeUrlPart(key)), value);
  }
}

absl::StatusOr<std::shared_ptr<Credentials>> UserCredentials(
    const ConfigUser& user, const json::Value& cluster_info,
    const ExecPluginOptions& exec_options) {
  Credential credential;
  ASSIGN_OR_RETURN(credential.client_cert_pem,
                   Content(user.client_cert, user.where));
  ASSIGN_OR_RETURN(credential.client_key_pem,
                   Content(user.client_key, user.where));
  if (!user.token_file.empty()) {
    // Read once now, so that a missing file is named with its kubeconfig.
    const absl::StatusOr<std::string> token = ReadFile(user.token_file);
    if (token.ok()) {
      return TokenFileCredentials(user.token_file, std::move(credential));
    }
    if (user.token.empty()) return At(user.where, token.status());
  }
  if (!user.token.empty()) {
    credential.authorization = absl::StrCat("Bearer ", user.token);
    return FixedCredentials(std::move(credential));
  }
  if (!user.username.empty()) {
    credential.authorization = absl::StrCat(
        "Basic ",
        absl::Base64Escape(absl::StrCat(user.username, ":", user.password)));
    return FixedCredentials(std::move(credential));
  }
  if (user.exec) {
    return ExecPluginCredentials(*user.exec, cluster_info, exec_options);
  }
  if (!user.auth_provider.empty()) {
    absl::StatusOr<std::string> token =
        AuthProviderToken(user.auth_provider, user.auth_provider_config);
    if (!token.ok()) return At(user.where, token.status());
    credential.authorization = absl::StrCat("Bearer ", *token);
  }
  return FixedCredentials(std::move(credential));
}

absl::Status NoSuchContext(const Kubeconfig& config, const std::string& name,
                           const std::string& named_by) {
  std::vector<absl::string_view> names;
  for (const ConfigContext& context : config.contexts) {
    names.push_back(context.name);
  }
  const absl::string_view meant = Suggest(name, names);
  std::string help =
      names.empty() ? std::string("there are no contexts")
                    : absl::StrCat("contexts: ", absl::StrJoin(names, ", "));
  if (!meant.empty()) help = absl::StrCat("did you mean `", meant, "`? ", help);
  return absl::InvalidArgumentError(
      absl::StrCat(named_by, ": there is no context `", name, "` in ",
                   absl::StrJoin(config.files, ", "), "; ", help));
}

absl::StatusOr<ClusterAccess> FromContext(const Kubeconfig& config,
                                          const ConfigContext& context,
                                          const ExecPluginOptions& exec) {
  const ConfigCluster* cluster = config.FindCluster(context.cluster);
  if (cluster == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        context.where, ": context `", context.name,
        "` names a cluster that does not exist: `", context.cluster, "`"));
  }
  if (cluster->server.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        cluster->where, ": cluster `", cluster->name, "` has no `server`"));
  }
  ClusterAccess access;
  net::TlsOptions& tls = access.options.tls;
  ASSIGN_OR_RETURN(tls.ca_pem, Content(cluster->ca, cluster->where));
  tls.insecure_skip_verify = cluster->insecure_skip_tls_verify;
  tls.server_name = cluster->tls_server_name;
  access.options.proxy = cluster->proxy_url;
  absl::Status status =
      SetServer(cluster->server,
                !cluster->ca.empty() || tls.insecure_skip_verify, access);
  if (!status.ok()) return At(cluster->where, status);
  if (!context.name_space.empty()) access.name_space = context.name_space;
  access.context = context.name;
  access.description =
      absl::StrCat("context `", context.name, "` of ",
                   context.where.substr(0, context.where.rfind(':')));
  if (context.user.empty()) {
    access.credentials = FixedCredentials({});
    return access;
  }
  const ConfigUser* user = config.FindUser(context.user);
  if (user == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        context.where, ": context `", context.name,
        "` names a user that does not exist: `", context.user, "`"));
  }
  RETURN_IF_ERROR(CheckPlainHttp(*cluster, context, *user, access));
  SetImpersonation(*user, access.headers);
  ASSIGN_OR_RETURN(access.credentials,
                   UserCredentials(*user, ClusterInfo(*cluster, tls), exec));
  return access;
}

// The service account of the pod that this runs in; nullopt outside of pods.
absl::StatusOr<std::optional<ClusterAccess>> FromPod(
    const AccessOptions& options) {
  const std::string host = options.getenv("KUBERNETES_SERVICE_HOST");
  const std::string port = options.getenv("KUBERNETES_SERVICE_PORT");
  const std::string token = options.service_account + "/token";
  if (host.empty() || port.empty() || !ReadFile(token).ok()) {
    return std::nullopt;
  }
  ClusterAccess access;
  net::Url& server = access.server;
  server.scheme = "https";
  server.host = host;
  const std::optional<int> number = net::ParsePort(port);
  if (!number) {
    return absl::InvalidArgumentError(
        absl::StrCat("KUBERNETES_SERVICE_PORT is not a port: `", port, "`"));
  }
  server.port = *number;
  ASSIGN_OR_RETURN(access.options.tls.ca_pem,
                   ReadFile(options.service_account + "/ca.crt"));
  access.credentials = TokenFileCredentials(token, {});
  const absl::StatusOr<std::string> name_space =
      ReadFile(options.service_account + "/namespace");
  if (name_space.ok())
    access.name_space = std::string(absl::StripAsciiWhitespace(*name_space));
  access.description = "the service account of this pod";
  return access;
}

// Of files that cannot be read: with who has named them, if not we ourselves.
absl::Status NamedBy(const Files& files, const absl::Status& status) {
  if (*files.named_by == '\0' || absl::IsInvalidArgument(status)) {
    return status;
  }
  return absl::Status(status.code(), absl::StrCat(status.message(), " (from ",
                                                  files.named_by, ")"));
}

absl::Status NothingConfigured(const Files& files) {
  // As for kubectl, which does not look into the home folder then either.
  if (files.paths.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "no Kubernetes cluster is configured: ", files.named_by,
        " has only empty parts and so names no file; set it to a kubeconfig's "
        "path, or unset it to use that of the home folder"));
  }
  if (*files.named_by != '\0') {
    return absl::NotFoundError(absl::StrCat(
        "no Kubernetes cluster is configured: ", files.named_by, " names ",
        absl::StrJoin(files.paths, " and "), ", but no context is there"));
  }
  return absl::NotFoundError(absl::StrCat(
      "no Kubernetes cluster is configured: there is no context in ",
      files.paths[0], ", and KUBECONFIG is not set"));
}

}  // namespace

absl::StatusOr<ClusterAccess> FindCluster(const AccessOptions& given) {
  AccessOptions options = given;
  if (!options.getenv) options.getenv = EnvironmentOrEmpty;
  const Files files = KubeconfigFiles(options);
  absl::StatusOr<Kubeconfig> read = ReadKubeconfigs(files.paths);
  if (!read.ok()) return NamedBy(files, read.status());
  const Kubeconfig config = *std::move(read);
  if (!options.context.empty()) {
    if (config.files.empty()) return NothingConfigured(files);
    const ConfigContext* context = config.FindContext(options.context);
    if (context == nullptr) {
      return NoSuchContext(config, options.context, "--kube-context");
    }
    return FromContext(config, *context, options.exec_plugin);
  }
  if (!config.current_context.empty()) {
    const ConfigContext* context = config.FindContext(config.current_context);
    if (context == nullptr) {
      return NoSuchContext(config, config.current_context,
                           config.current_context_where);
    }
    return FromContext(config, *context, options.exec_plugin);
  }
  ASSIGN_OR_RETURN(std::optional<ClusterAccess> pod, FromPod(options));
  if (pod) return *std::move(pod);
  if (!config.contexts.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        absl::StrJoin(config.files, ", "),
        ": no current-context is set; choose one with --kube-context or "
        "`kubectl config use-context`"));
  }
  return NothingConfigured(files);
}

}  // namespace ovenbird::kube
