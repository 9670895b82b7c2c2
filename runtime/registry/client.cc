#include "runtime/registry/client.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/net/retry_after.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/error.h"
#include "runtime/registry/location.h"
#include "runtime/registry/reference.h"

namespace ovenbird::registry {
namespace {

constexpr int kMaxRedirects = 5;
constexpr uint64_t kMaxToken = 1 << 20;
constexpr char kManifestTypes[] =
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

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

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

// How long a server that is busy asks to wait.
std::optional<absl::Duration> RetryAfter(const net::Response& response) {
  if (response.status != 429 && response.status != 503) return std::nullopt;
  return net::ParseRetryAfter(response);
}

// Others would send a body where nobody expects it.
bool MayFollow(absl::string_view method) {
  return method == "GET" || method == "HEAD";
}

net::Headers WithoutLogin(net::Headers headers) {
  const auto is_login = [](const auto& header) {
    return absl::EqualsIgnoreCase(header.first, "Authorization");
  };
  headers.erase(std::remove_if(headers.begin(), headers.end(), is_login),
                headers.end());
  return headers;
}

absl::Status About(absl::string_view what, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(what, ": ", status.message()));
}

bool IsDigest(absl::string_view tag_or_digest) {
  return absl::StrContains(tag_or_digest, ':');  // no tag has a colon
}

// Two digests of one algorithm that are not the same.
bool Contradict(absl::string_view a, absl::string_view b) {
  return a != b && a.substr(0, a.find(':')) == b.substr(0, b.find(':'));
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

// kaniko speaks plain HTTP to these on its own.
bool IsPrivate(absl::string_view domain) {
  const absl::string_view host = domain.substr(0, domain.find(':'));
  return absl::EndsWith(host, ".local") || IsPrivateAddress(host);
}

// Whoever answers in a private network gets no password in clear.
bool MaySpeakPlainHttp(absl::string_view domain, const ClientOptions& options) {
  return options.insecure || IsLoopback(domain) ||
         (options.plain_http_in_private_networks && IsPrivate(domain) &&
          !options.credentials.has_value());
}

}  // namespace

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
  absl::StatusOr<net::Url> parsed = ResolveLocation(base_, url);
  if (!parsed.ok()) {
    return About(absl::StrCat(domain_, ": token server refused"),
                 parsed.status());
  }
  request.max_answer = kMaxToken;
  ASSIGN_OR_RETURN(Answer answer,
                   Follow("token", *std::move(parsed), request,
                          [this](net::Client& server, const auto& asked) {
                            return SendWhole(server, asked);
                          }));
  return std::move(answer.response);
}

absl::StatusOr<net::Response> Client::SendWhole(net::Client& server,
                                                const net::Request& request) {
  return server.Send(request, options_.timeout, options_.cancel);
}

absl::StatusOr<net::Response> Client::TryScheme(const std::string& scheme) {
  ASSIGN_OR_RETURN(net::Url url, net::ParseUrl(UrlText(scheme, domain_)));
  ASSIGN_OR_RETURN(net::Client * client, ClientFor(url));
  net::Request request;
  request.target = url.target;
  request.max_answer = kMaxManifest;
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
  // A certificate shows that TLS is there; a failure to verify it must not
  // bring the password out.
  if (!net::IsCertificateError(https) && MaySpeakPlainHttp(domain_, options_)) {
    const absl::Status http = TryScheme("http").status();
    if (http.ok() || absl::IsCancelled(http)) return http;
    return https;
  }
  if (absl::IsFailedPrecondition(https)) {
    return WithHint(https,
                    "; if this registry has no TLS or an untrusted "
                    "certificate, set `insecure: true`");
  }
  return https;
}

absl::StatusOr<net::Response> Client::Patiently(net::Client& server,
                                                const net::Request& request,
                                                const Exchange& exchange) {
  absl::StatusOr<net::Response> response = exchange(server, request);
  if (!response.ok()) return response;
  const std::optional<absl::Duration> wait = RetryAfter(*response);
  if (!wait.has_value() || *wait > options_.timeout) return response;
  RETURN_IF_ERROR(Sleep(*wait, options_.cancel));
  return exchange(server, request);
}

absl::StatusOr<Client::Answer> Client::Follow(absl::string_view what,
                                              net::Url url,
                                              const net::Request& request,
                                              const Exchange& exchange) {
  const std::string own = url.Origin();
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    ASSIGN_OR_RETURN(net::Client * server, ClientFor(url));
    net::Request asked = request;
    asked.target = url.target;
    if (url.Origin() != own) asked.headers = WithoutLogin(asked.headers);
    ASSIGN_OR_RETURN(net::Response response,
                     Patiently(*server, asked, exchange));
    if (!IsRedirect(response.status) || !MayFollow(request.method)) {
      return Answer{std::move(response), url.Origin()};
    }
    absl::StatusOr<net::Url> next =
        ResolveLocation(url, response.Header("Location"));
    if (!next.ok()) {
      return About(absl::StrCat(what, ": redirect refused"), next.status());
    }
    url = *std::move(next);
  }
  return absl::UnavailableError(
      absl::StrCat(what, ": more than ", kMaxRedirects, " redirects"));
}

absl::StatusOr<net::Response> Client::Send(const Call& call) {
  return Send(call, [this](net::Client& server, const net::Request& request) {
    return SendWhole(server, request);
  });
}

absl::StatusOr<net::Response> Client::Send(const Call& call,
                                           const Exchange& exchange) {
  RETURN_IF_ERROR(Connect());
  net::Url url = base_;
  url.target = call.target;
  for (bool again = true;; again = false) {
    net::Request request;
    request.method = call.method;
    request.headers = call.headers;
    request.body = call.body;
    request.max_answer = kMaxManifest;
    request.may_be_slow = !call.body.empty();
    const std::string authorization = authorizer_.HeaderFor(call.scope);
    if (!authorization.empty()) {
      request.headers.emplace_back("Authorization", authorization);
    }
    ASSIGN_OR_RETURN(Answer answer, Follow(call.what, url, request, exchange));
    net::Response& response = answer.response;
    // A store that asks for a login does not speak for the registry.
    const bool own = answer.origin == base_.Origin();
    if (response.status != 401 || !own || !again) return std::move(response);
    absl::StatusOr<bool> learnt = authorizer_.Learn(response, call.scope);
    if (!learnt.ok()) return Explain(learnt.status());
    if (!*learnt) return std::move(response);
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
        absl::StrCat("; ", domain_, " rejected the credentials",
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
  return {absl::StrCat("manifest of ", domain_, "/", path,
                       IsDigest(tag_or_digest) ? "@" : ":", tag_or_digest),
          method,
          absl::StrCat("/v2/", path, "/manifests/", tag_or_digest),
          absl::StrCat("repository:", path, ":pull"),
          {{"Accept", kManifestTypes}},
          ""};
}

absl::StatusOr<Manifest> Client::Head(const std::string& path,
                                      const std::string& tag_or_digest) {
  const Call call = ManifestCall("HEAD", path, tag_or_digest);
  if (IsDigest(tag_or_digest)) RETURN_IF_ERROR(CheckDigest(tag_or_digest));
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  Manifest manifest;
  manifest.digest = std::string(response.Header("Docker-Content-Digest"));
  manifest.media_type = std::string(response.Header("Content-Type"));
  // A registry that does not say a digest has to hand out the bytes.
  if (!CheckDigest(manifest.digest).ok()) {
    ASSIGN_OR_RETURN(manifest, Get(path, tag_or_digest));
    manifest.bytes.clear();
  } else if (IsDigest(tag_or_digest) &&
             Contradict(tag_or_digest, manifest.digest)) {
    return absl::DataLossError(absl::StrCat(
        call.what, ": the registry has a different digest: ", manifest.digest));
  }
  return manifest;
}

absl::StatusOr<Manifest> Client::Get(const std::string& path,
                                     const std::string& tag_or_digest) {
  const Call call = ManifestCall("GET", path, tag_or_digest);
  std::unique_ptr<DigestVerifier> verifier;
  if (IsDigest(tag_or_digest)) {
    ASSIGN_OR_RETURN(verifier, DigestVerifier::New(tag_or_digest));
  }
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  if (verifier != nullptr) {
    verifier->Update(response.body);
    const absl::Status status = verifier->Finish();
    if (!status.ok()) return About(call.what, status);
  }
  Manifest manifest;
  manifest.digest = DigestOf(response.body);
  manifest.media_type = std::string(response.Header("Content-Type"));
  manifest.bytes = std::move(response.body);
  return manifest;
}

bool Client::IsTooSlow(uint64_t size, absl::Duration time) const {
  return time > options_.slow_after &&
         static_cast<double>(size) < static_cast<double>(kSlowestDownload) *
                                         absl::ToDoubleSeconds(time);
}

absl::StatusOr<std::string> Client::Put(const std::string& path,
                                        const std::string& tag_or_digest,
                                        const std::string& media_type,
                                        const std::string& bytes) {
  Call call = ManifestCall("PUT", path, tag_or_digest);
  call.what = absl::StrCat("push of the ", call.what);
  call.scope = absl::StrCat("repository:", path, ":pull,push");
  call.headers = {{"Content-Type", media_type}};
  call.body = bytes;
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status != 201 && response.status != 200) {
    return Explain(ResponseError(call.what, response));
  }
  const std::string digest = DigestOf(bytes);
  const absl::string_view stored = response.Header("Docker-Content-Digest");
  if (!stored.empty() && Contradict(digest, stored)) {
    return absl::DataLossError(absl::StrCat(
        call.what, ": the registry stored a different digest: ", stored));
  }
  return digest;
}

absl::Status Client::ReadBlob(
    const std::string& path, const std::string& digest,
    const std::function<absl::Status(absl::string_view)>& on_data) {
  ASSIGN_OR_RETURN(std::unique_ptr<DigestVerifier> verifier,
                   DigestVerifier::New(digest));
  const Call call = {absl::StrCat("blob ", digest, " of ", domain_, "/", path),
                     "GET",
                     absl::StrCat("/v2/", path, "/blobs/", digest),
                     absl::StrCat("repository:", path, ":pull"),
                     {},
                     ""};
  absl::Status failed;
  const absl::Time start = SteadyNow();
  uint64_t size = 0;
  const auto take = [&](absl::string_view data) {
    verifier->Update(data);
    failed = on_data(data);
    size += data.size();
    if (failed.ok() && IsTooSlow(size, SteadyNow() - start)) {
      failed = absl::DeadlineExceededError(
          absl::StrCat(call.what, ": ", size, " bytes in ",
                       absl::FormatDuration(absl::Trunc(SteadyNow() - start,
                                                        absl::Milliseconds(1))),
                       " are too slow"));
    }
    return failed.ok();
  };
  ASSIGN_OR_RETURN(
      net::Response response,
      Send(call, [&](net::Client& server, const net::Request& request) {
        return server.Stream(request, take, options_.timeout, options_.cancel);
      }));
  RETURN_IF_ERROR(failed);
  if (response.status != 200)
    return Explain(ResponseError(call.what, response));
  const absl::Status status = verifier->Finish();
  return status.ok() ? status : About(call.what, status);
}

}  // namespace ovenbird::registry
