#include "runtime/kube/client.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/base/descriptor_reserve.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/known_rights.h"
#include "runtime/kube/outage.h"
#include "runtime/kube/patience.h"
#include "runtime/net/http.h"

namespace ovenbird::kube {
namespace {

constexpr char kNotReachedPayload[] = "ovenbird.kube/not-reached";
constexpr char kAnswerLostPayload[] = "ovenbird.kube/answer-lost";
// For descriptors, which other builds of the run may hold, even those of the
// reserve that this frees.
constexpr absl::Duration kDeletePatience = absl::Seconds(10);
// Of a stream whose server asks its caller to come back later.
constexpr absl::Duration kLongestPause = absl::Minutes(1);

// What happens when a request arrives twice.
enum class Twice {
  kHarmless,
  kAlreadyThere,  // a create with a name: the second is refused
  kNever,
};

std::string QueryText(const Query& query) {
  std::string out;
  for (const auto& [key, value] : query) {
    absl::StrAppend(&out, out.empty() ? "?" : "&", net::EscapeUrlPart(key), "=",
                    net::EscapeUrlPart(value));
  }
  return out;
}

// "pod" of "pods", for messages.
std::string Singular(const Resource& resource) {
  return std::string(absl::StripSuffix(resource.plural, "s"));
}

std::string Named(absl::string_view verb, const Resource& resource,
                  absl::string_view name) {
  return absl::StrCat(
      verb, " ", Singular(resource), " `", name, "`",
      resource.name_space.empty()
          ? ""
          : absl::StrCat(" in namespace `", resource.name_space, "`"));
}

// While etcd is away, API servers keep watches open and let all else wait, then
// answer 504 after 34 s (changes) or 60 s (reads). Those whose connection to it
// breaks, and now and then those of Kubernetes 1.20 that have waited, answer
// 500 with the words of their gRPC client, which differ by its version; nobody
// else's begin like this. An etcd of several members has words of its own.
bool SaysThatEtcdIsAway(absl::string_view message) {
  for (absl::string_view words :
       {"rpc error: code = Unavailable", "context deadline exceeded",
        "etcdserver: "}) {
    if (absl::StartsWith(message, words)) return true;
  }
  return false;
}

// A 5xx without Retry-After that is worth another attempt. A webhook's or
// controller's error of its own (500) is not.
bool IsPassing(const net::Response& response) {
  switch (response.status) {
    case 502:
    case 503:
    case 504:
      return true;
    case 500: {
      const absl::StatusOr<json::Value> body = json::Parse(response.body);
      return body.ok() && SaysThatEtcdIsAway((*body)["message"].string_or());
    }
    default:
      return false;
  }
}

bool AsksToWait(const net::Response& response) {
  return RetryAfter(response).has_value();
}

// An error of the connection that another attempt may not meet.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

bool Contains(const json::Value& all, const json::Value& some) {
  for (const auto& [key, value] : some.members()) {
    if (!(all[key] == value)) return false;
  }
  return true;
}

// Whether `found` may be what a create of `object`, whose answer was lost, has
// made.
bool MayBeOurs(const json::Value& found, const json::Value& object) {
  return Contains(found.Get({"metadata", "labels"}),
                  object.Get({"metadata", "labels"})) &&
         Contains(found.Get({"metadata", "annotations"}),
                  object.Get({"metadata", "annotations"}));
}

// The value of a Date header: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<absl::Time> ParseDate(absl::string_view date) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", date, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

// The texts of the Warning headers: `299 - "TEXT"`. Source:
// https://datatracker.ietf.org/doc/html/rfc7234#section-5.5
std::vector<std::string> WarningsIn(const net::Headers& headers) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : headers) {
    if (!absl::EqualsIgnoreCase(name, "Warning")) continue;
    const size_t start = value.find('"');
    if (start == value.npos) continue;
    std::string text;
    for (size_t i = start + 1; i < value.size() && value[i] != '"'; ++i) {
      if (value[i] == '\\' && i + 1 < value.size()) ++i;
      text += value[i];
    }
    if (!text.empty()) warnings.push_back(std::move(text));
  }
  return warnings;
}

class ClientImpl : public Client {
 public:
  ClientImpl(ClusterAccess access, ClientOptions options)
      : access_(std::move(access)),
        options_(std::move(options)),
        outage_(options_.on_outage) {}

  const ClusterAccess& access() const override { return access_; }

  absl::StatusOr<json::Value> Create(const Resource& resource,
                                     const json::Value& object,
                                     Cancellation* cancel) override {
    const std::string name(object.Get({"metadata", "name"}).string_or());
    const std::string doing =
        name.empty() ? absl::StrCat("create a ", Singular(resource))
                     : Named("create", resource, name);
    const net::Request request =
        NewRequest("POST", ResourcePath(resource), {}, &object);
    bool lost = false;
    absl::StatusOr<json::Value> result =
        Do(request, doing, name.empty() ? Twice::kNever : Twice::kAlreadyThere,
           cancel, &lost);
    if (!lost || result.ok()) return result;
    if (absl::IsAlreadyExists(result.status())) {
      absl::StatusOr<json::Value> found = Get(resource, name, cancel);
      if (found.ok()) return MayBeOurs(*found, object) ? found : result;
      result = found.status();
    }
    absl::Status refused = result.status();
    refused.SetPayload(kAnswerLostPayload, absl::Cord());
    return refused;
  }

  absl::StatusOr<json::Value> Get(const Resource& resource,
                                  absl::string_view name,
                                  Cancellation* cancel) override {
    return Do(NewRequest("GET", ResourcePath(resource, name)),
              Named("get", resource, name), Twice::kHarmless, cancel);
  }

  absl::StatusOr<json::Value> List(const Resource& resource,
                                   const ListOptions& options,
                                   Cancellation* cancel) override {
    Query query;
    if (!options.label_selector.empty()) {
      query.emplace_back("labelSelector", options.label_selector);
    }
    if (!options.field_selector.empty()) {
      query.emplace_back("fieldSelector", options.field_selector);
    }
    if (options.most > 0)
      query.emplace_back("limit", absl::StrCat(options.most));
    return Do(NewRequest("GET", ResourcePath(resource), query),
              absl::StrCat("list ", resource.plural), Twice::kHarmless, cancel);
  }

  absl::StatusOr<json::Value> Delete(const Resource& resource,
                                     absl::string_view name,
                                     const DeleteOptions& options,
                                     Cancellation* cancel) override {
    json::Value body;
    body.Set("kind", "DeleteOptions");
    body.Set("apiVersion", "v1");
    if (options.grace_period_seconds) {
      body.Set("gracePeriodSeconds", *options.grace_period_seconds);
    }
    if (!options.uid.empty()) {
      body.Set("preconditions", json::Object{{"uid", options.uid}});
    }
    if (!options.propagation.empty()) {
      body.Set("propagationPolicy", options.propagation);
    }
    return Do(NewRequest("DELETE", ResourcePath(resource, name), {}, &body),
              Named("delete", resource, name), Twice::kHarmless, cancel);
  }

  absl::StatusOr<json::Value> Patch(const Resource& resource,
                                    absl::string_view name,
                                    absl::string_view subresource,
                                    const json::Value& patch,
                                    Cancellation* cancel) override {
    net::Request request = NewRequest(
        "PATCH", ResourcePath(resource, name, subresource), {}, &patch);
    for (auto& [key, value] : request.headers) {
      if (key == "Content-Type") value = "application/merge-patch+json";
    }
    return Do(request, Named("change", resource, name), Twice::kHarmless,
              cancel);
  }

  absl::StatusOr<json::Value> GetPath(absl::string_view path,
                                      Cancellation* cancel) override {
    return Do(NewRequest("GET", path), absl::StrCat("get ", path),
              Twice::kHarmless, cancel);
  }

  absl::StatusOr<ServerInfo> GetServerInfo(Cancellation* cancel) override {
    net::Headers headers;
    ASSIGN_OR_RETURN(
        json::Value version,
        Do(NewRequest("GET", "/version"), "get the version of the server",
           Twice::kHarmless, cancel, nullptr, &headers));
    return ServerInfo{std::move(version),
                      ParseDate(net::FindHeader(headers, "Date"))};
  }

  absl::StatusOr<DryRun> TryCreate(const Resource& resource,
                                   const json::Value& object,
                                   Cancellation* cancel) override {
    net::Headers headers;
    ASSIGN_OR_RETURN(json::Value made,
                     Do(NewRequest("POST", ResourcePath(resource),
                                   {{"dryRun", "All"}}, &object),
                        Named("try to create", resource,
                              object.Get({"metadata", "name"}).string_or()),
                        Twice::kHarmless, cancel, nullptr, &headers));
    return DryRun{std::move(made), WarningsIn(headers)};
  }

  absl::Status Stream(absl::string_view path, const Query& query,
                      absl::string_view doing,
                      std::function<bool(absl::string_view)> on_data,
                      absl::Duration idle, Cancellation* cancel) override {
    const net::Request request = NewRequest("GET", path, query);
    bool begun = false;
    const auto pass_on = [&](absl::string_view data) {
      if (!begun) NoteAnswer();
      begun = true;
      return on_data(data);
    };
    absl::StatusOr<net::Response> response =
        Signed(cancel, [&](net::Client& client, const Credential& credential) {
          return client.Stream(Sign(request, credential), pass_on, idle,
                               cancel);
        });
    if (response.ok() && response->status / 100 == 2) return absl::OkStatus();
    absl::Status status;
    bool in_vain = false;
    if (!response.ok() && begun && MayPass(response.status())) {
      rights_.NoteOutage();
    }
    if (response.ok()) {
      status = Refused(*response, doing);
      in_vain = AsksToWait(*response) || IsPassing(*response);
      if (!in_vain) NoteAnswer();
    } else {
      status = Explained(response.status(), doing);
      in_vain = !begun && MayPass(status);
    }
    if (in_vain) NoteOutage(status);
    // Watches and logs are asked for again, but not before.
    if (const auto asked = response.ok() ? RetryAfter(*response) : std::nullopt;
        asked.has_value()) {
      RETURN_IF_ERROR(Sleep(std::min(*asked, kLongestPause), cancel));
    }
    return status;
  }

  absl::StatusOr<std::unique_ptr<net::WebSocket>> OpenWebSocket(
      absl::string_view path, const Query& query, absl::string_view doing,
      net::WebSocketRequest request, Cancellation* cancel) override;

 private:
  // A credential's client certificate and the connections made with it.
  struct Identity {
    std::string cert;
    std::string key;
    std::shared_ptr<net::Client> client;
  };

  net::Request NewRequest(const std::string& method, absl::string_view path,
                          const Query& query = {},
                          const json::Value* body = nullptr) const {
    net::Request request;
    request.method = method;
    request.target = absl::StrCat(access_.path_prefix, path, QueryText(query));
    request.headers = access_.headers;
    request.headers.emplace_back("Accept", "application/json");
    if (body != nullptr) {
      request.headers.emplace_back("Content-Type", "application/json");
      request.body = json::Write(*body);
    }
    return request;
  }

  static net::Request Sign(net::Request request, const Credential& credential) {
    if (!credential.authorization.empty()) {
      request.headers.emplace_back("Authorization", credential.authorization);
    }
    return request;
  }

  net::ClientOptions NetOptions(const Credential& credential) const {
    net::ClientOptions options = access_.options;
    options.tls.client_cert_pem = credential.client_cert_pem;
    options.tls.client_key_pem = credential.client_key_pem;
    return options;
  }

  absl::StatusOr<std::shared_ptr<net::Client>> NetClient(
      const Credential& credential) {
    MutexLock lock(&mutex_);
    if (identity_.client == nullptr ||
        identity_.cert != credential.client_cert_pem ||
        identity_.key != credential.client_key_pem) {
      ASSIGN_OR_RETURN(auto client,
                       net::NewClient(access_.server, NetOptions(credential)));
      identity_ = {credential.client_cert_pem, credential.client_key_pem,
                   std::move(client)};
    }
    return identity_.client;
  }

  // Calls `send`, and once more with other credentials after a 401.
  template <typename Send>
  absl::StatusOr<net::Response> Signed(Cancellation* cancel, Send send) {
    for (bool first = true;; first = false) {
      ASSIGN_OR_RETURN(const Credential credential,
                       access_.credentials->Get(cancel));
      ASSIGN_OR_RETURN(const std::shared_ptr<net::Client> client,
                       NetClient(credential));
      absl::StatusOr<net::Response> response = send(*client, credential);
      if (!response.ok()) {
        // Where TLS has worked before, a proxy whose server is away ends its
        // handshakes like this.
        if (reached_ && absl::IsFailedPrecondition(response.status()) &&
            net::WasNeverSent(response.status())) {
          absl::Status away =
              absl::UnavailableError(response.status().message());
          response.status().ForEachPayload(
              [&](absl::string_view type, const absl::Cord& payload) {
                away.SetPayload(type, payload);
              });
          response = away;
        }
        return response;
      }
      reached_ = true;
      if (response->status == 401 && first &&
          access_.credentials->Renew(credential)) {
        continue;
      }
      return response;
    }
  }

  // One that has never answered is nobody's to wait for.
  void NoteOutage(const absl::Status& status) {
    rights_.NoteOutage();
    if (reached_) outage_.Met(status);
  }
  void NoteAnswer() {
    reached_ = true;
    outage_.Over();
  }

  // An error of the connection, or of a plugin.
  absl::Status Explained(const absl::Status& status,
                         absl::string_view doing) const {
    if (absl::IsCancelled(status)) return status;
    return absl::Status(
        status.code(), absl::StrCat("cannot ", doing, " (", access_.description,
                                    "): ", status.message()));
  }

  absl::Status Refused(const net::Response& response,
                       absl::string_view doing) const {
    if (response.status != 401) return StatusFromResponse(response, doing);
    return StatusFromResponse(
        response,
        absl::StrCat(doing, "; the server rejected the credentials of ",
                     access_.description));
  }

  // Notes an answer to a request that needs `right`. Returns whether it is a
  // refusal that may pass. `refusals`: those of this request.
  bool IsPassingRefusal(const std::string& right, const absl::Status& status,
                        Patience& refusals) {
    const std::optional<ApiError> error = ApiErrorOf(status);
    if (!error || error->code != 403 || !SaysRightIsMissing(error->message)) {
      return false;
    }
    return rights_.MayBeGrantedSoon(right) &&
           !refusals.IsOver(std::min(kRefusalPatience, options_.retry_for));
  }

  bool MayRepeat(const absl::Status& status, Twice twice) const {
    if (!reached_ || !MayPass(status)) return false;
    return net::WasNeverSent(status) || twice != Twice::kNever;
  }

  // `asked`: set to the time after which a busy server wants to be asked again.
  absl::StatusOr<std::unique_ptr<net::WebSocket>> OpenOnce(
      absl::string_view path, const Query& query, absl::string_view doing,
      net::WebSocketRequest request, std::optional<absl::Duration>& asked,
      Cancellation* cancel);

  // `lost`: set when an earlier attempt may have been carried out. `headers`:
  // gets those of a good answer.
  absl::StatusOr<json::Value> Do(const net::Request& request,
                                 const std::string& doing, Twice twice,
                                 Cancellation* cancel, bool* lost = nullptr,
                                 net::Headers* headers = nullptr);

  const ClusterAccess access_;
  const ClientOptions options_;
  std::atomic<bool> reached_{false};
  Outage outage_;
  KnownRights rights_;
  Mutex mutex_;
  Identity identity_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<json::Value> ClientImpl::Do(const net::Request& request,
                                           const std::string& doing,
                                           Twice twice, Cancellation* cancel,
                                           bool* lost, net::Headers* headers) {
  Backoff backoff(options_.backoff);
  const absl::Time give_up = SteadyNow() + options_.retry_for;
  const std::string right = RightOf(request.method, request.target);
  Patience refusals;
  Patience descriptors;
  std::optional<DescriptorReserve::Use> reserve;
  bool reached = false;
  for (;;) {
    if (absl::Status status = CheckNotCancelled(cancel); !status.ok()) {
      if (!reached) status.SetPayload(kNotReachedPayload, absl::Cord());
      return status;
    }
    absl::StatusOr<net::Response> response =
        Signed(cancel, [&](net::Client& client, const Credential& credential) {
          absl::StatusOr<net::Response> answer = client.Send(
              Sign(request, credential), options_.request_timeout, cancel);
          reached |= !net::WasNeverSent(answer.status());
          return answer;
        });
    absl::Duration pause = backoff.Next();
    absl::Status status;
    bool again = false;
    if (!response.ok()) {
      status = Explained(response.status(), doing);
      again = MayRepeat(response.status(), twice);
      // What was created must be deleted, and can be when other builds have
      // ended.
      const absl::Duration patience = std::min(
          request.method == "DELETE" ? kDeletePatience : kDescriptorPatience,
          options_.retry_for);
      if (reached_ && IsOutOfDescriptors(status) &&
          !descriptors.IsOver(patience)) {
        if (options_.on_retry) options_.on_retry(status);
        if (request.method == "DELETE" && !reserve) {
          reserve.emplace(DescriptorReserve::OfProcess());
          continue;
        }
        RETURN_IF_ERROR(Sleep(pause, cancel));
        continue;
      }
      if (lost != nullptr && !net::WasNeverSent(response.status())) {
        *lost = true;
      }
    } else if (response->status / 100 == 2) {
      NoteAnswer();
      rights_.NoteGranted(right);
      absl::StatusOr<json::Value> value = json::Parse(response->body);
      if (headers != nullptr) *headers = std::move(response->headers);
      if (value.ok()) return value;
      return absl::InternalError(
          absl::StrCat("cannot ", doing, ": the server (", access_.description,
                       ") does not answer in JSON; is it a Kubernetes API "
                       "server?"));
    } else {
      status = Refused(*response, doing);
      const std::optional<absl::Duration> asked = RetryAfter(*response);
      again =
          asked.has_value() || (IsPassing(*response) && twice != Twice::kNever);
      if (!asked && !IsPassing(*response)) NoteAnswer();
      if (IsPassingRefusal(right, status, refusals)) {
        if (options_.on_retry) options_.on_retry(status);
        RETURN_IF_ERROR(Sleep(pause, cancel));
        continue;
      }
      if (asked) pause = std::max(pause, *asked);
      if (lost != nullptr && !asked && IsPassing(*response)) *lost = true;
    }
    if (!reached) status.SetPayload(kNotReachedPayload, absl::Cord());
    if (!again || SteadyNow() + pause > give_up) return status;
    NoteOutage(status);
    if (options_.on_retry) options_.on_retry(status);
    RETURN_IF_ERROR(Sleep(pause, cancel));
  }
}

absl::StatusOr<std::unique_ptr<net::WebSocket>> ClientImpl::OpenWebSocket(
    absl::string_view path, const Query& query, absl::string_view doing,
    net::WebSocketRequest request, Cancellation* cancel) {
  const std::string right = RightOf("GET", path);
  Backoff backoff(options_.backoff);
  const absl::Time give_up = SteadyNow() + options_.retry_for;
  Patience refusals;
  while (true) {
    std::optional<absl::Duration> asked;
    absl::StatusOr<std::unique_ptr<net::WebSocket>> socket =
        OpenOnce(path, query, doing, request, asked, cancel);
    if (socket.ok()) {
      rights_.NoteGranted(right);
      return socket;
    }
    const absl::Duration pause =
        std::max(backoff.Next(), asked.value_or(absl::ZeroDuration()));
    // What a busy server refuses, it has not begun with.
    if (!(asked && SteadyNow() + pause <= give_up) &&
        !IsPassingRefusal(right, socket.status(), refusals)) {
      return socket;
    }
    RETURN_IF_ERROR(Sleep(pause, cancel));
  }
}

absl::StatusOr<std::unique_ptr<net::WebSocket>> ClientImpl::OpenOnce(
    absl::string_view path, const Query& query, absl::string_view doing,
    net::WebSocketRequest request, std::optional<absl::Duration>& asked,
    Cancellation* cancel) {
  request.target = absl::StrCat(access_.path_prefix, path, QueryText(query));
  std::unique_ptr<net::WebSocket> socket;
  absl::StatusOr<net::Response> response = Signed(
      cancel,
      [&](net::Client&,
          const Credential& credential) -> absl::StatusOr<net::Response> {
        net::Request head;
        head.headers = access_.headers;
        request.headers = Sign(head, credential).headers;
        ASSIGN_OR_RETURN(
            net::WebSocketReply reply,
            net::OpenWebSocket(access_.server, NetOptions(credential), request,
                               cancel));
        socket = std::move(reply.socket);
        if (socket != nullptr) reply.refusal.status = 101;
        return std::move(reply.refusal);
      });
  if (!response.ok()) {
    absl::Status status = Explained(response.status(), doing);
    // One that was cut off says nothing of the server.
    if (net::WasNeverSent(response.status()) && MayPass(status)) {
      NoteOutage(status);
    }
    return status;
  }
  if (socket == nullptr) {
    asked = RetryAfter(*response);
    return Refused(*response, doing);
  }
  NoteAnswer();
  return socket;
}

}  // namespace

Resource ResourceOf(absl::string_view plural, absl::string_view name_space) {
  Resource resource;
  if (plural == "jobs") resource.api_version = "batch/v1";
  resource.plural = std::string(plural);
  resource.name_space = std::string(name_space);
  return resource;
}

bool IsOutOfDescriptors(const absl::Status& status) {
  // A server's 429 has the same code.
  return absl::IsResourceExhausted(status) && !ApiErrorOf(status).has_value();
}

bool HasNotReachedServer(const absl::Status& status) {
  return status.GetPayload(kNotReachedPayload).has_value();
}

bool HasLostAnAnswer(const absl::Status& status) {
  return status.GetPayload(kAnswerLostPayload).has_value();
}

absl::StatusOr<std::unique_ptr<Client>> Client::New(ClusterAccess access,
                                                    ClientOptions options) {
  return std::make_unique<ClientImpl>(std::move(access), std::move(options));
}

std::string ResourcePath(const Resource& resource, absl::string_view name,
                         absl::string_view subresource) {
  std::string path = absl::StrCat(
      absl::StrContains(resource.api_version, '/') ? "/apis/" : "/api/",
      resource.api_version);
  if (!resource.name_space.empty()) {
    absl::StrAppend(&path, "/namespaces/",
                    net::EscapeUrlPart(resource.name_space));
  }
  absl::StrAppend(&path, "/", resource.plural);
  if (!name.empty()) absl::StrAppend(&path, "/", net::EscapeUrlPart(name));
  if (!subresource.empty()) absl::StrAppend(&path, "/", subresource);
  return path;
}

}  // namespace ovenbird::kube
