#include "runtime/registry/client.h"

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/error.h"
#include "runtime/registry/reference.h"

namespace ovenbird::registry {
namespace {

constexpr int kMaxRedirects = 5;
constexpr char kManifestTypes[] =
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

std::string DigestOf(absl::string_view bytes) {
  return absl::StrCat("sha256:", ToHex(Sha256Of(bytes)));
}

// "https" + "a.b:5000" + "/v2/"
std::string UrlText(absl::string_view scheme, absl::string_view domain) {
  return absl::StrCat(scheme, "://", ApiHost(domain), "/v2/");
}

std::string CaOfDocker(absl::string_view domain) {
  std::ifstream file(absl::StrCat("/etc/docker/certs.d/", domain, "/ca.crt"));
  std::stringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

// A redirect's target as a whole URL.
std::string Resolve(const net::Url& from, absl::string_view location) {
  if (absl::StrContains(location, "://")) return std::string(location);
  if (absl::StartsWith(location, "//")) {
    return absl::StrCat(from.scheme, ":", location);
  }
  return absl::StrCat(from.Origin(), absl::StartsWith(location, "/") ? "" : "/",
                      location);
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

bool IsPrivateAddress(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4) return false;
  int numbers[4];
  for (size_t i = 0; i < 4; ++i) {
    if (!absl::SimpleAtoi(parts[i], &numbers[i])) return false;
  }
  return numbers[0] == 10 || (numbers[0] == 192 && numbers[1] == 168) ||
         (numbers[0] == 172 && numbers[1] >= 16 && numbers[1] < 32);
}

}  // namespace

bool MaySpeakPlainHttp(absl::string_view domain) {
  const absl::string_view host = domain.substr(0, domain.find(':'));
  return IsLoopback(domain) || absl::EndsWith(host, ".local") ||
         IsPrivateAddress(host);
}

Client::Client(std::string domain, ClientOptions options)
    : domain_(NormalizeDomain(domain)),
      options_(std::move(options)),
      authorizer_(options_.credentials,
                  [this](const std::string& url, net::Request request) {
                    return SendToUrl(url, std::move(request));
                  }) {}

Client::~Client() = default;

net::TlsOptions Client::TlsFor(const net::Url& url) const {
  net::TlsOptions tls;
  // What is said of this registry holds for it alone.
  absl::StatusOr<net::Url> own = net::ParseUrl(UrlText("https", domain_));
  if (own.ok() && own->HostPort() == url.HostPort()) {
    tls.insecure_skip_verify = options_.insecure;
    tls.ca_pem =
        options_.ca_pem.empty() ? CaOfDocker(domain_) : options_.ca_pem;
  }
  return tls;
}

absl::StatusOr<net::Client*> Client::ClientFor(const net::Url& url) {
  std::unique_ptr<net::Client>& client = clients_[url.Origin()];
  if (client == nullptr) {
    net::ClientOptions options;
    options.tls = TlsFor(url);
    options.connect_timeout = options_.connect_timeout;
    ASSIGN_OR_RETURN(client, net::NewClient(url, std::move(options)));
  }
  return client.get();
}

absl::StatusOr<net::Response> Client::SendToUrl(const std::string& url,
                                                net::Request request) {
  ASSIGN_OR_RETURN(net::Url parsed, net::ParseUrl(url));
  ASSIGN_OR_RETURN(net::Client * client, ClientFor(parsed));
  request.target = parsed.target;
  return client->Send(request, options_.timeout, options_.cancel);
}

absl::StatusOr<net::Response> Client::TryScheme(const std::string& scheme) {
  ASSIGN_OR_RETURN(net::Url url, net::ParseUrl(UrlText(scheme, domain_)));
  ASSIGN_OR_RETURN(net::Client * client, ClientFor(url));
  net::Request request;
  request.target = url.target;
  absl::StatusOr<net::Response> response =
      client->Send(request, options_.timeout, options_.cancel);
  // A TLS server answers plain HTTP with 400.
  if (response.ok() && scheme == "http" && response->status == 400) {
    return ResponseError(url.Origin(), *response);
  }
  if (response.ok()) base_ = std::move(url);
  return response;
}

absl::Status Client::Connect() {
  if (!base_.scheme.empty()) return absl::OkStatus();
  const absl::Status https = TryScheme("https").status();
  if (https.ok() || absl::IsCancelled(https)) return https;
  if (options_.insecure || MaySpeakPlainHttp(domain_)) {
    const absl::Status http = TryScheme("http").status();
    if (http.ok() || absl::IsCancelled(http)) return http;
    return https;
  }
  if (absl::IsFailedPrecondition(https)) {
    return WithHint(https,
                    "; if this registry is meant to have no TLS or a "
                    "certificate of its own, set `insecure: true`");
  }
  return https;
}

absl::StatusOr<net::Response> Client::Send(const Call& call) {
  RETURN_IF_ERROR(Connect());
  ASSIGN_OR_RETURN(net::Client * client, ClientFor(base_));
  for (bool again = true;; again = false) {
    net::Request request;
    request.method = call.method;
    request.target = call.target;
    request.headers = call.headers;
    const std::string authorization = authorizer_.HeaderFor(call.scope);
    if (!authorization.empty()) {
      request.headers.emplace_back("Authorization", authorization);
    }
    ASSIGN_OR_RETURN(net::Response response,
                     client->Send(request, options_.timeout, options_.cancel));
    if (response.status != 401 || !again) return response;
    absl::StatusOr<bool> learnt = authorizer_.Learn(response, call.scope);
    if (!learnt.ok()) return Explain(learnt.status());
    if (!*learnt) return response;
  }
}

absl::Status Client::Explain(const absl::Status& status) const {
  const std::string& user = options_.credentials.has_value()
                                ? options_.credentials->username
                                : domain_;
  if (absl::IsUnauthenticated(status)) {
    if (!options_.credentials.has_value()) {
      return WithHint(status,
                      absl::StrCat("; there are no credentials for ", domain_,
                                   ": `docker login ",
                                   domain_ == "docker.io" ? "" : domain_, "`"));
    }
    return WithHint(
        status,
        absl::StrCat("; ", domain_, " does not accept the credentials",
                     user.empty() ? "" : absl::StrCat(" of `", user, "`")));
  }
  if (absl::IsPermissionDenied(status) && options_.credentials.has_value()) {
    return WithHint(
        status,
        absl::StrCat("; the credentials",
                     user.empty() ? "" : absl::StrCat(" of `", user, "`"),
                     " do not allow this"));
  }
  return status;
}

Client::Call Client::ManifestCall(const std::string& method,
                                  const std::string& path,
                                  const std::string& tag_or_digest) const {
  const bool digest = absl::StrContains(tag_or_digest, ':');
  return {absl::StrCat("manifest of ", domain_, "/", path, digest ? "@" : ":",
                       tag_or_digest),
          method,
          absl::StrCat("/v2/", path, "/manifests/", tag_or_digest),
          absl::StrCat("repository:", path, ":pull"),
          {{"Accept", kManifestTypes}}};
}

absl::StatusOr<Manifest> Client::Head(const std::string& path,
                                      const std::string& tag_or_digest) {
  const Call call = ManifestCall("HEAD", path, tag_or_digest);
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  Manifest manifest;
  manifest.digest = std::string(response.Header("Docker-Content-Digest"));
  manifest.media_type = std::string(response.Header("Content-Type"));
  // A registry that does not say it has to hand out the bytes.
  if (manifest.digest.empty()) {
    ASSIGN_OR_RETURN(manifest, Get(path, tag_or_digest));
    manifest.bytes.clear();
  }
  return manifest;
}

absl::StatusOr<Manifest> Client::Get(const std::string& path,
                                     const std::string& tag_or_digest) {
  const Call call = ManifestCall("GET", path, tag_or_digest);
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  Manifest manifest;
  manifest.digest = DigestOf(response.body);
  manifest.media_type = std::string(response.Header("Content-Type"));
  manifest.bytes = std::move(response.body);
  if (absl::StartsWith(tag_or_digest, "sha256:") &&
      tag_or_digest != manifest.digest) {
    return absl::DataLossError(absl::StrCat(
        call.what, ": what came has another digest: ", manifest.digest));
  }
  return manifest;
}

absl::Status Client::CheckPush(const std::string& path) {
  Call call = {absl::StrCat("push to ", domain_, "/", path),
               "POST",
               absl::StrCat("/v2/", path, "/blobs/uploads/"),
               absl::StrCat("repository:", path, ":pull,push"),
               {{"Content-Type", "application/octet-stream"}}};
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status == 404) {
    return WithHint(ResponseError(call.what, response),
                    "; this registry does not make repositories by itself: "
                    "make this one first");
  }
  if (response.status != 202 && response.status != 201) {
    return Explain(ResponseError(call.what, response));
  }
  // Cancelling is a courtesy: registries drop uploads that go nowhere.
  absl::StatusOr<net::Url> upload =
      net::ParseUrl(Resolve(base_, response.Header("Location")));
  if (upload.ok() && upload->Origin() == base_.Origin()) {
    call.method = "DELETE";
    call.target = upload->target;
    call.headers.clear();
    const absl::Status cancelled = Send(call).status();
    if (absl::IsCancelled(cancelled)) return cancelled;
  }
  return absl::OkStatus();
}

absl::StatusOr<net::Response> Client::FollowBlob(
    const Call& call, const std::function<bool(absl::string_view)>& on_data) {
  net::Url url = base_;
  url.target = call.target;
  bool learnt = false;
  for (int redirects = 0; redirects <= kMaxRedirects;) {
    ASSIGN_OR_RETURN(net::Client * client, ClientFor(url));
    net::Request request;
    request.target = url.target;
    const std::string authorization = authorizer_.HeaderFor(call.scope);
    // Credentials are for the registry, not for where it keeps its blobs.
    const bool own = url.Origin() == base_.Origin();
    if (own && !authorization.empty()) {
      request.headers = {{"Authorization", authorization}};
    }
    ASSIGN_OR_RETURN(
        net::Response response,
        client->Stream(request, on_data, options_.timeout, options_.cancel));
    if (response.status == 401 && own && !learnt) {
      ASSIGN_OR_RETURN(learnt, authorizer_.Learn(response, call.scope));
      if (learnt) continue;
    }
    if (!IsRedirect(response.status)) return response;
    const std::string location = Resolve(url, response.Header("Location"));
    if (url.scheme == "https" && absl::StartsWith(location, "http:")) {
      return absl::FailedPreconditionError(absl::StrCat(
          call.what, ": redirected from TLS to plain HTTP: ", location));
    }
    ASSIGN_OR_RETURN(url, net::ParseUrl(location));
    ++redirects;
  }
  return absl::UnavailableError(
      absl::StrCat(call.what, ": more than ", kMaxRedirects, " redirects"));
}

absl::Status Client::ReadBlob(
    const std::string& path, const std::string& digest,
    const std::function<absl::Status(absl::string_view)>& on_data) {
  RETURN_IF_ERROR(Connect());
  const Call call = {absl::StrCat("blob ", digest, " of ", domain_, "/", path),
                     "GET",
                     absl::StrCat("/v2/", path, "/blobs/", digest),
                     absl::StrCat("repository:", path, ":pull"),
                     {}};
  Sha256 sha;
  absl::Status failed;
  ASSIGN_OR_RETURN(net::Response response,
                   FollowBlob(call, [&](absl::string_view data) {
                     sha.Update(data);
                     failed = on_data(data);
                     return failed.ok();
                   }));
  RETURN_IF_ERROR(failed);
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  const std::string got = absl::StrCat("sha256:", ToHex(sha.Finish()));
  if (got != digest) {
    return absl::DataLossError(
        absl::StrCat(call.what, ": what came has another digest: ", got));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::registry
