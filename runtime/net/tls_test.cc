// TLS from the client's end: what is accepted, and in which words the rest is
// refused.
#include "runtime/net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/certificates.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net {
namespace {

using testing::CertificateSpec;
using testing::Conversation;
using testing::EachRequest;
using ::testing::HasSubstr;
using testing::KeyPair;
using testing::MakeAuthority;
using testing::MakeCertificate;
using testing::Server;
using testing::ServerOptions;

class TlsTest : public ::testing::Test {
 protected:
  // The answer of a server with such a certificate to a client with `tls`.
  static absl::StatusOr<Response> Ask(const ServerOptions& options,
                                      const TlsOptions& tls,
                                      const std::string& host = "127.0.0.1") {
    Server server(options, EachRequest([](const Request&) {
                    return Response{200, {}, "secret"};
                  }));
    Url url = server.url();
    url.host = host;
    auto client = NewClient(url, tls);
    if (!client.ok()) return client.status();
    return (*client)->Send(Request(), absl::Seconds(60));
  }

  static ServerOptions With(const KeyPair& pair) {
    ServerOptions options;
    options.tls = pair;
    return options;
  }

  static void ExpectRefused(const absl::StatusOr<Response>& response,
                            absl::string_view message) {
    EXPECT_EQ(response.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(response.status().message()),
                HasSubstr(std::string(message)));
  }

  const KeyPair ca_ = MakeAuthority("our authority");
  const TlsOptions trust_{.ca_pem = ca_.cert_pem};
};

TEST_F(TlsTest, AcceptsWhatItsAuthoritySigned) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto response = Ask(With(good), trust_, host);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, "secret");
  }
}

TEST_F(TlsTest, AcceptsOneOfSeveralAuthorities) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  const TlsOptions both{.ca_pem = absl::StrCat("# a comment\n",
                                               MakeAuthority("other").cert_pem,
                                               ca_.cert_pem)};
  EXPECT_TRUE(Ask(With(good), both).ok());
}

TEST_F(TlsTest, AcceptsAServersOwnCertificateWhenItIsListed) {
  const KeyPair self = MakeCertificate(CertificateSpec());
  EXPECT_TRUE(Ask(With(self), {.ca_pem = self.cert_pem}).ok());
}

TEST_F(TlsTest, RefusesInWords) {
  const KeyPair other = MakeAuthority("another authority");
  const KeyPair same_name = MakeAuthority("our authority");
  CertificateSpec expired;
  expired.not_before = absl::FromUnixSeconds(1577836800);
  expired.not_after = absl::FromUnixSeconds(1609459200);
  CertificateSpec future;
  future.not_before = absl::FromUnixSeconds(4102444800);
  future.not_after = absl::FromUnixSeconds(4102531200);
  CertificateSpec elsewhere;
  elsewhere.dns_names = {"a.example.com", "*.b.example.com"};
  elsewhere.ip_addresses = {"10.0.0.1", "fd00::7"};
  CertificateSpec nameless;
  nameless.common_name = "kube";
  nameless.dns_names.clear();
  nameless.ip_addresses.clear();
  const std::pair<KeyPair, const char*> kCases[] = {
      {MakeCertificate(CertificateSpec(), &other),
       "its certificate is signed by an unknown authority, `another "
       "authority`"},
      {MakeCertificate(CertificateSpec(), &same_name),
       "its certificate was not signed by the trusted authority of that name, "
       "`our authority` (another key)"},
      {MakeCertificate(CertificateSpec()),
       "its certificate is self-signed (`test`) and is not trusted"},
      {MakeCertificate(expired, &ca_),
       "the certificate `test` expired on 2021-01-01 00:00 UTC"},
      {MakeCertificate(future, &ca_),
       "the certificate `test` is not valid before 2100-01-01 00:00 UTC; check "
       "this machine's clock"},
      {MakeCertificate(elsewhere, &ca_),
       "its certificate is for a.example.com, *.b.example.com, 10.0.0.1, "
       "fd00:0:0:0:0:0:0:7, not for `127.0.0.1`"},
      {MakeCertificate(nameless, &ca_),
       "its certificate is for `kube`, without a DNS name or an address, not "
       "for `127.0.0.1`"},
  };
  for (const auto& [pair, message] : kCases) {
    SCOPED_TRACE(message);
    ExpectRefused(Ask(With(pair), trust_), message);
    // The same certificate passes where it is not looked at.
    EXPECT_TRUE(Ask(With(pair), {.insecure_skip_verify = true}).ok());
  }
}

// Names in the subject were given up by RFC 9525: issuers do not check them.
TEST_F(TlsTest, TheSubjectIsNoName) {
  CertificateSpec subject_only;
  subject_only.common_name = "localhost";
  subject_only.dns_names.clear();
  subject_only.ip_addresses.clear();
  ExpectRefused(
      Ask(With(MakeCertificate(subject_only, &ca_)), trust_, "localhost"),
      "its certificate is for `localhost`, without a DNS name or an "
      "address, not for `localhost`");
}

// OpenSSL takes an empty name as "any name".
TEST_F(TlsTest, AnEmptyNameIsRefused) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  for (const char* name : {".", ".."}) {
    TlsOptions tls = trust_;
    tls.server_name = name;
    EXPECT_FALSE(Ask(With(good), tls).ok()) << name;
  }
}

TEST_F(TlsTest, SystemsAuthoritiesDoNotKnowOurs) {
  ExpectRefused(Ask(With(MakeCertificate(CertificateSpec(), &ca_)), {}),
                "signed by an unknown authority, `our authority`");
}

// They are kept, but not if the environment names others.
TEST_F(TlsTest, SystemsAuthoritiesOfTheEnvironment) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  const std::string file = absl::StrCat(::testing::TempDir(), "/ours.pem");
  ASSERT_TRUE(WriteFile(file, ca_.cert_pem).ok());
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(setenv("SSL_CERT_FILE", file.c_str(), 1), 0);
    for (int again = 0; again < 2; ++again) {
      EXPECT_TRUE(Ask(With(good), {}).ok()) << round;
    }
    ASSERT_EQ(unsetenv("SSL_CERT_FILE"), 0);
    ExpectRefused(Ask(With(good), {}), "signed by an unknown authority");
  }
}

TEST_F(TlsTest, AnotherServerName) {
  CertificateSpec spec;
  spec.dns_names = {"kubernetes"};
  spec.ip_addresses.clear();
  const KeyPair pair = MakeCertificate(spec, &ca_);
  TlsOptions tls = trust_;
  tls.server_name = "kubernetes";
  EXPECT_TRUE(Ask(With(pair), tls).ok());
  tls.server_name = "kubernetes.default";
  ExpectRefused(Ask(With(pair), tls),
                "is for kubernetes, not for `kubernetes.default`");
}

TEST_F(TlsTest, ClientCertificates) {
  ServerOptions options = With(MakeCertificate(CertificateSpec(), &ca_));
  options.client_ca_pem = ca_.cert_pem;
  const KeyPair admin = MakeCertificate({.common_name = "admin"}, &ca_);
  const KeyPair stranger = MakeCertificate({.common_name = "stranger"});
  TlsOptions tls = trust_;
  ExpectRefused(Ask(options, tls),
                "it requires a client certificate, and none is configured");
  tls.client_cert_pem = stranger.cert_pem;
  tls.client_key_pem = stranger.key_pem;
  ExpectRefused(Ask(options, tls), "it rejected the client certificate");
  tls.client_cert_pem = admin.cert_pem;
  tls.client_key_pem = admin.key_pem;
  const auto response = Ask(options, tls);
  EXPECT_TRUE(response.ok()) << response.status();
}

TEST_F(TlsTest, OptionsThatCanNotWork) {
  const KeyPair a = MakeCertificate({.common_name = "a"});
  const KeyPair b = MakeCertificate({.common_name = "b"});
  const std::pair<TlsOptions, const char*> kCases[] = {
      {{.ca_pem = "not PEM"}, "the CA certificate is not PEM"},
      {{.client_cert_pem = a.cert_pem},
       "there is a client certificate but no key for it"},
      {{.client_key_pem = a.key_pem},
       "there is a client key but no certificate for it"},
      {{.client_cert_pem = "x", .client_key_pem = a.key_pem},
       "the client certificate cannot be read as PEM"},
      {{.client_cert_pem = a.cert_pem, .client_key_pem = "x"},
       "the client key cannot be used"},
      {{.client_cert_pem = a.cert_pem, .client_key_pem = b.key_pem},
       "belong to the client certificate"},
  };
  for (const auto& [tls, message] : kCases) {
    SCOPED_TRACE(message);
    const auto client = NewClient(*ParseUrl("https://h"), tls);
    EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(client.status().message()), HasSubstr(message));
  }
}

TEST_F(TlsTest, TheOtherSideDoesNotSpeakTls) {
  const std::function<void(Conversation&)> kServers[] = {
      [](Conversation& c) {
        c.ReadRaw(1000);
        c.Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        c.WaitForClose();
      },
      [](Conversation& c) { c.ReadRaw(1000); },
  };
  for (const auto& handler : kServers) {
    Server server(handler);
    Url url = server.url();
    url.scheme = "https";
    ExpectRefused((*NewClient(url))->Send(Request(), absl::Seconds(60)),
                  "speak TLS");
  }
}

TEST_F(TlsTest, KeepsItsConnectionAndReplacesAClosedOne) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  Server server(With(good), [](Conversation& c) {
    // Two answers on each connection.
    for (int i = 0; i < 2 && c.Next(); ++i) c.Reply(200);
  });
  const auto client = *NewClient(server.url(), trust_);
  for (int i = 0; i < 6; ++i) {
    const auto response = client->Send(Request(), absl::Seconds(60));
    ASSERT_TRUE(response.ok()) << response.status();
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(TlsTest, LargeBodiesBothWays) {
  const KeyPair good = MakeCertificate(CertificateSpec(), &ca_);
  Server server(With(good), EachRequest([](const Request& request) {
                  return Response{200, {}, request.body};
                }));
  Request request;
  request.method = "PUT";
  for (int i = 0; i < 1000000; ++i) absl::StrAppend(&request.body, i, ",");
  const auto response =
      (*NewClient(server.url(), trust_))->Send(request, absl::Seconds(60));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->body == request.body);
}

TEST_F(TlsTest, CancellationEndsAHandshake) {
  Cancellation cancel;
  Server server([&](Conversation& c) {
    c.ReadRaw(1);
    cancel.Cancel();
    c.WaitForClose();
  });
  Url url = server.url();
  url.scheme = "https";
  EXPECT_EQ((*NewClient(url))
                ->Send(Request(), absl::InfiniteDuration(), &cancel)
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace ovenbird::net
