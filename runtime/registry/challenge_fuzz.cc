// Whatever a WWW-Authenticate header holds: the challenges that are read of it
// can be printed and read again, and a login asks only where a realm says.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/net/message.h"
#include "runtime/registry/auth.h"
#include "runtime/registry/credentials.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::registry {
namespace {

using fuzz::Require;

std::string Print(const std::vector<Challenge>& challenges) {
  std::string out;
  for (const Challenge& challenge : challenges) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", challenge.scheme);
    absl::string_view separator = " ";
    for (const auto& [name, value] : challenge.parameters) {
      absl::StrAppend(&out, separator, name, "=\"");
      for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
      separator = ", ";
    }
  }
  return out;
}

void CheckLogin(absl::string_view header,
                const std::vector<Challenge>& challenges) {
  Credentials login;
  login.username = "user";
  login.password = "secret";
  int sent = 0;
  Authorizer authorizer(
      login,
      [&](const std::string& url,
          net::Request) -> absl::StatusOr<net::Response> {
        ++sent;
        bool told = false;
        for (const Challenge& challenge : challenges) {
          const absl::string_view realm = challenge.Get("realm");
          told = told || (challenge.scheme == "bearer" && !realm.empty() &&
                          absl::StartsWith(url, realm));
        }
        Require(told, "the URL is the realm of a Bearer challenge");
        Require(!absl::StrContains(url, "secret") ||
                    absl::StrContains(header, "secret"),
                "the password is not in a URL");
        return net::Response{200, {}, R"({"token": "t"})"};
      });
  net::Response refused;
  refused.status = 401;
  refused.headers = {{"WWW-Authenticate", std::string(header)}};
  const absl::StatusOr<bool> again = authorizer.Learn(refused, "scope");
  Require(sent <= 1, "one challenge asks once");
  if (again.ok() && *again) {
    Require(!authorizer.HeaderFor("scope").empty(), "there is a header now");
  }
}

void Check(absl::string_view header) {
  const std::vector<Challenge> challenges = ParseChallenges(header);
  for (const Challenge& challenge : challenges) {
    Require(!challenge.scheme.empty(), "a challenge has a scheme");
    Require(challenge.scheme == absl::AsciiStrToLower(challenge.scheme),
            "a scheme is in lower case");
  }
  const std::vector<Challenge> again = ParseChallenges(Print(challenges));
  Require(again.size() == challenges.size(), "printed challenges are read");
  for (size_t i = 0; i < again.size(); ++i) {
    Require(again[i].scheme == challenges[i].scheme &&
                again[i].parameters == challenges[i].parameters,
            "a printed challenge is the same");
  }
  CheckLogin(header, challenges);
}

}  // namespace
}  // namespace ovenbird::registry

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::registry::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
