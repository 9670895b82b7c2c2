#include "runtime/registry/auth.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/url.h"
#include "runtime/registry/error.h"

namespace ovenbird::registry {
namespace {

constexpr absl::string_view kClientId = "ovenbird";

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", c);
}

// A reader of the header's grammar: scheme 1*SP #(token "=" (token | quoted)).
class ChallengeReader {
 public:
  explicit ChallengeReader(absl::string_view text) : text_(text) {}

  std::vector<Challenge> Read() {
    std::vector<Challenge> result;
    while (Skip(" \t,"), !text_.empty()) {
      const std::string word = Token();
      if (word.empty()) {
        text_.remove_prefix(1);  // Not of the grammar: go on behind it.
        continue;
      }
      Skip(" \t");
      if (!result.empty() && absl::StartsWith(text_, "=")) {
        text_.remove_prefix(1);
        Skip(" \t");
        result.back().parameters.emplace(absl::AsciiStrToLower(word), Value());
      } else {
        result.push_back({absl::AsciiStrToLower(word), {}});
      }
    }
    return result;
  }

 private:
  void Skip(absl::string_view chars) {
    while (!text_.empty() && absl::StrContains(chars, text_[0])) {
      text_.remove_prefix(1);
    }
  }

  std::string Token() {
    size_t size = 0;
    while (size < text_.size() && IsTokenChar(text_[size])) ++size;
    std::string token(text_.substr(0, size));
    text_.remove_prefix(size);
    return token;
  }

  std::string Value() {
    if (!absl::StartsWith(text_, "\"")) return Token();
    std::string value;
    text_.remove_prefix(1);
    while (!text_.empty() && text_[0] != '"') {
      if (text_[0] == '\\' && text_.size() > 1) text_.remove_prefix(1);
      value.push_back(text_[0]);
      text_.remove_prefix(1);
    }
    if (!text_.empty()) text_.remove_prefix(1);
    return value;
  }

  absl::string_view text_;
};

std::string BasicHeader(const Credentials& credentials) {
  return absl::StrCat("Basic ",
                      absl::Base64Escape(absl::StrCat(credentials.username, ":",
                                                      credentials.password)));
}

std::string Form(
    const std::vector<std::pair<absl::string_view, std::string>>& fields) {
  std::string result;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    absl::StrAppend(&result, result.empty() ? "" : "&", name, "=",
                    net::EscapeUrlPart(value));
  }
  return result;
}

}  // namespace

absl::string_view Challenge::Get(absl::string_view name) const {
  const auto found = parameters.find(std::string(name));
  return found == parameters.end() ? absl::string_view()
                                   : absl::string_view(found->second);
}

std::vector<Challenge> ParseChallenges(absl::string_view header) {
  return ChallengeReader(header).Read();
}

std::string Authorizer::HeaderFor(const std::string& scope) const {
  if (credentials_.has_value() && !credentials_->registry_token.empty()) {
    return absl::StrCat("Bearer ", credentials_->registry_token);
  }
  if (basic_) return BasicHeader(*credentials_);
  const auto token = tokens_.find(scope);
  return token == tokens_.end() ? "" : absl::StrCat("Bearer ", token->second);
}

absl::StatusOr<bool> Authorizer::Learn(const net::Response& unauthorized,
                                       const std::string& scope) {
  if (credentials_.has_value() && !credentials_->registry_token.empty()) {
    return false;  // The only thing there is was refused.
  }
  for (const auto& [name, value] : unauthorized.headers) {
    if (!absl::EqualsIgnoreCase(name, "WWW-Authenticate")) continue;
    for (const Challenge& challenge : ParseChallenges(value)) {
      if (challenge.scheme == "bearer") {
        ASSIGN_OR_RETURN(tokens_[scope], FetchToken(challenge, scope));
        return true;
      }
      if (challenge.scheme == "basic") {
        if (basic_ || !credentials_.has_value() ||
            credentials_->password.empty()) {
          return false;
        }
        basic_ = true;
        return true;
      }
    }
  }
  return false;
}

net::Request Authorizer::TokenRequest(const Challenge& challenge,
                                      const std::string& scope,
                                      std::string& url) const {
  const std::string service(challenge.Get("service"));
  // What is wanted; the challenge's own scope when that is not known.
  const std::string wanted =
      scope.empty() ? std::string(challenge.Get("scope")) : scope;
  net::Request request;
  url = std::string(challenge.Get("realm"));
  if (credentials_.has_value() && !credentials_->identity_token.empty()) {
    request.method = "POST";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = Form({{"grant_type", "refresh_token"},
                         {"service", service},
                         {"client_id", std::string(kClientId)},
                         {"scope", wanted},
                         {"refresh_token", credentials_->identity_token}});
    return request;
  }
  const bool login =
      credentials_.has_value() && !credentials_->password.empty();
  const std::string query =
      Form({{"service", service},
            {"scope", wanted},
            {"account", login ? credentials_->username : ""}});
  absl::StrAppend(&url, absl::StrContains(url, '?') ? "&" : "?", query);
  if (login) request.headers = {{"Authorization", BasicHeader(*credentials_)}};
  return request;
}

absl::StatusOr<std::string> Authorizer::FetchToken(const Challenge& challenge,
                                                   const std::string& scope) {
  if (challenge.Get("realm").empty()) {
    return absl::UnavailableError(
        "the registry requires a token, but does not say where to get it (no "
        "realm)");
  }
  std::string url;
  net::Request request = TokenRequest(challenge, scope, url);
  ASSIGN_OR_RETURN(net::Response response, send_(url, std::move(request)));
  if (response.status != 200) {
    return ResponseError(absl::StrCat("token from ", challenge.Get("realm")),
                         response);
  }
  absl::StatusOr<json::Value> answer = json::Parse(response.body);
  if (answer.ok()) {
    for (absl::string_view name : {"token", "access_token"}) {
      const absl::string_view token = (*answer)[name].string_or();
      if (!token.empty()) return std::string(token);
    }
  }
  return absl::UnavailableError(
      absl::StrCat("token from ", challenge.Get("realm"),
                   ": the response has neither `token` nor `access_token`"));
}

}  // namespace ovenbird::registry
