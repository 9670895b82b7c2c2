#include "runtime/net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/base/steady_time.h"

namespace ovenbird::net {
namespace {

namespace ssl = asio::ssl;

class TlsContextImpl : public TlsContext {
 public:
  ssl::context context{ssl::context::tls_client};
  TlsOptions options;
};

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* cert) const { X509_free(cert); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string LastOpenSslError() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown error";
}

// Adds each certificate of `pem` as a trust anchor.
absl::Status AddAuthorities(SSL_CTX* ctx, const std::string& pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  // As Go does: what is listed is trusted, be it a root or not.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  const std::unique_ptr<BIO, Free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (const std::unique_ptr<X509, Free> cert{
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store, cert.get()) == 1) ++count;
  }
  const std::string reason = LastOpenSslError();
  if (count > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the CA certificate is not PEM: ", reason));
}

absl::Status UseClientCertificate(SSL_CTX* ctx, ssl::context& context,
                                  const TlsOptions& options) {
  if (options.client_cert_pem.empty() && options.client_key_pem.empty()) {
    return absl::OkStatus();
  }
  if (options.client_cert_pem.empty() || options.client_key_pem.empty()) {
    return absl::InvalidArgumentError(
        options.client_key_pem.empty()
            ? "there is a client certificate but no key for it"
            : "there is a client key but no certificate for it");
  }
  // Without this OpenSSL would ask at the terminal for a passphrase.
  SSL_CTX_set_default_passwd_cb(ctx, [](char*, int, int, void*) { return 0; });
  error_code ec;
  context.use_certificate_chain(asio::buffer(options.client_cert_pem), ec);
  if (ec) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the client certificate cannot be read as PEM: ", ec.message()));
  }
  context.use_private_key(asio::buffer(options.client_key_pem),
                          ssl::context::pem, ec);
  if (!ec) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the client key cannot be used (it must be unencrypted PEM and belong to "
      "the client certificate): ",
      ec.message()));
}

void TrustSystem(SSL_CTX* ctx) {
  SSL_CTX_set_default_verify_paths(ctx);
  // Where other distributions than the one OpenSSL was built for keep them.
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt",
                           "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    if (getenv("SSL_CERT_FILE") != nullptr) break;
    if (SSL_CTX_load_verify_locations(ctx, file, nullptr) == 1) break;
  }
  ERR_clear_error();
}

std::string EnvironmentText(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

// The system's authorities, which all contexts share: to parse about 150
// certificates takes 20 ms, and each registry has a client of its own. They are
// read again after a while, or if the environment names others.
class SystemAuthorities {
 public:
  // Lets a new context trust them.
  void Trust(SSL_CTX* ctx) {
    constexpr absl::Duration kLifetime = absl::Minutes(1);
    const std::string source =
        absl::StrCat(EnvironmentText("SSL_CERT_FILE"), "\n",
                     EnvironmentText("SSL_CERT_DIR"));
    const absl::Time now = SteadyNow();
    MutexLock lock(&mutex_);
    if (store_ != nullptr && source_ == source && now < expiry_) {
      SSL_CTX_set1_cert_store(ctx, store_.get());
      return;
    }
    TrustSystem(ctx);
    X509_STORE* store = SSL_CTX_get_cert_store(ctx);
    X509_STORE_up_ref(store);
    store_.reset(store);
    source_ = source;
    expiry_ = now + kLifetime;
  }

 private:
  Mutex mutex_;
  std::unique_ptr<X509_STORE, Free> store_ ABSL_GUARDED_BY(mutex_);
  std::string source_ ABSL_GUARDED_BY(mutex_);
  absl::Time expiry_ ABSL_GUARDED_BY(mutex_);
};

SystemAuthorities& AuthoritiesOfTheSystem() {
  static auto& authorities = *new SystemAuthorities();
  return authorities;
}

std::string NameText(X509_NAME* name) {
  char text[256] = "";
  X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof(text));
  if (text[0] == '\0') X509_NAME_oneline(name, text, sizeof(text));
  return text;
}

std::string TimeText(const ASN1_TIME* time) {
  std::tm tm = {};
  ASN1_TIME_to_tm(time, &tm);
  char text[32];
  strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
  return text;
}

std::string IpText(const ASN1_OCTET_STRING* ip) {
  std::vector<int> parts(ip->data, ip->data + ip->length);
  if (ip->length == 4) return absl::StrJoin(parts, ".");
  std::string text;
  for (int i = 0; i + 1 < ip->length; i += 2) {
    absl::StrAppend(&text, i > 0 ? ":" : "",
                    absl::Hex(parts[i] * 256 + parts[i + 1]));
  }
  return text;
}

// The names that a certificate is good for.
std::string CertificateNames(X509* cert) {
  std::vector<std::string> out;
  const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(cert, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) {
      out.emplace_back(
          reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
          ASN1_STRING_length(name->d.dNSName));
    } else if (name->type == GEN_IPADD) {
      out.push_back(IpText(name->d.iPAddress));
    }
  }
  if (out.empty()) {
    return absl::StrCat("`", NameText(X509_get_subject_name(cert)),
                        "`, without a DNS name or an address");
  }
  if (out.size() > 8) {
    out.resize(8);
    out.push_back("...");
  }
  return absl::StrJoin(out, ", ");
}

std::string VerifyProblem(int error, X509* cert, const TlsReport& report) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return absl::StrCat(
          "its certificate is signed by an unknown authority, `",
          NameText(X509_get_issuer_name(cert)), "`");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return absl::StrCat("its certificate is self-signed (`",
                          NameText(X509_get_subject_name(cert)),
                          "`) and is not trusted");
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return absl::StrCat(
          "its certificate was not signed by the trusted authority of that "
          "name, `",
          NameText(X509_get_issuer_name(cert)), "` (another key)");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return absl::StrCat("the certificate `",
                          NameText(X509_get_subject_name(cert)),
                          "` expired on ", TimeText(X509_get0_notAfter(cert)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return absl::StrCat(
          "the certificate `", NameText(X509_get_subject_name(cert)),
          "` is not valid before ", TimeText(X509_get0_notBefore(cert)),
          "; check this machine's clock");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return absl::StrCat("its certificate is for ", CertificateNames(cert),
                          ", not for `", report.host, "`");
    default:
      return absl::StrCat("its certificate was rejected: ",
                          X509_verify_cert_error_string(error));
  }
}

int ReportIndex() {
  static const int index =
      SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int Verify(int ok, X509_STORE_CTX* store) {
  if (ok == 1) return ok;
  const auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* report = static_cast<TlsReport*>(SSL_get_ex_data(ssl, ReportIndex()));
  X509* cert = X509_STORE_CTX_get_current_cert(store);
  if (report != nullptr && cert != nullptr && report->problem.empty()) {
    report->problem =
        VerifyProblem(X509_STORE_CTX_get_error(store), cert, *report);
  }
  return ok;
}

// Many servers close without a close_notify.
error_code WithPlainEof(error_code ec) {
  return ec == ssl::error::stream_truncated ? error_code(asio::error::eof) : ec;
}

// Has the server's certificate checked for `host`. False if that is impossible:
// an empty name would be taken as any name.
bool Expect(SSL* ssl, const std::string& host) {
  if (host.empty()) return false;
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1) return true;
  ERR_clear_error();
  // The subject is text for people, and its owner need not prove it.
  X509_VERIFY_PARAM_set_hostflags(param,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const bool ok =
      X509_VERIFY_PARAM_set1_host(param, host.c_str(), host.size()) == 1 &&
      SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  ERR_clear_error();
  return ok;
}

class TlsStreamImpl : public TlsStream {
 public:
  TlsStreamImpl(asio::io_context& io, std::unique_ptr<Stream> lower,
                std::shared_ptr<TlsContextImpl> context, absl::string_view host,
                std::shared_ptr<TlsReport> report)
      : context_(std::move(context)),
        report_(std::move(report)),
        ssl_(AnyStream(io, std::move(lower)), context_->context) {
    const TlsOptions& options = context_->options;
    report_->host = std::string(absl::StripSuffix(
        options.server_name.empty() ? host : options.server_name, "."));
    report_->client_certificate = !options.client_cert_pem.empty();
    SSL* native = ssl_.native_handle();
    SSL_set_ex_data(native, ReportIndex(), report_.get());
    if (options.insecure_skip_verify) {
      SSL_set_verify(native, SSL_VERIFY_NONE, nullptr);
    } else {
      SSL_set_verify(native, SSL_VERIFY_PEER, Verify);
    }
    has_name_ = Expect(native, report_->host) || options.insecure_skip_verify;
  }

  void Handshake(absl::AnyInvocable<void(error_code)> handler) override {
    if (!has_name_) {
      report_->problem =
          absl::StrCat("its certificate cannot be checked, since `",
                       report_->host, "` is not a server's name");
      return asio::post(
          ssl_.get_executor(), [handler = std::move(handler)]() mutable {
            handler(error_code(ssl::error::unspecified_system_error));
          });
    }
    ssl_.async_handshake(ssl::stream_base::client,
                         [handler = std::move(handler)](error_code ec) mutable {
                           handler(WithPlainEof(ec));
                         });
  }

  void ReadSome(asio::mutable_buffer buffer, IoHandler handler) override {
    ssl_.async_read_some(buffer, [handler = std::move(handler)](
                                     error_code ec, size_t size) mutable {
      handler(WithPlainEof(ec), size);
    });
  }

  void WriteSome(asio::const_buffer buffer, IoHandler handler) override {
    ssl_.async_write_some(buffer, std::move(handler));
  }

  void Close() override { ssl_.next_layer().Close(); }

  bool LooksIdle() override {
    return SSL_pending(ssl_.native_handle()) == 0 &&
           ssl_.next_layer().stream().LooksIdle();
  }

 private:
  std::shared_ptr<TlsContextImpl> context_;
  std::shared_ptr<TlsReport> report_;
  ssl::stream<AnyStream> ssl_;
  bool has_name_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<TlsContext>> NewTlsContext(
    const TlsOptions& options) {
  auto result = std::make_shared<TlsContextImpl>();
  result->options = options;
  SSL_CTX* ctx = result->context.native_handle();
  // Without ALPN a gateway may choose HTTP/2.
  static constexpr unsigned char kAlpn[] = "\x08http/1.1";
  // The second one returns 0 for success.
  if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_alpn_protos(ctx, kAlpn, sizeof(kAlpn) - 1) != 0) {
    return absl::InternalError(
        absl::StrCat("cannot set up TLS: ", LastOpenSslError()));
  }
  if (!options.ca_pem.empty()) {
    if (absl::Status s = AddAuthorities(ctx, options.ca_pem); !s.ok()) return s;
  } else if (!options.insecure_skip_verify) {
    AuthoritiesOfTheSystem().Trust(ctx);
  }
  absl::Status status = UseClientCertificate(ctx, result->context, options);
  if (!status.ok()) return status;
  return result;
}

std::unique_ptr<TlsStream> NewTlsStream(asio::io_context& io,
                                        std::unique_ptr<Stream> lower,
                                        std::shared_ptr<TlsContext> context,
                                        absl::string_view host,
                                        std::shared_ptr<TlsReport> report) {
  return std::make_unique<TlsStreamImpl>(
      io, std::move(lower),
      std::static_pointer_cast<TlsContextImpl>(std::move(context)), host,
      std::move(report));
}

bool IsTlsError(const error_code& ec) {
  return ec.category() == asio::error::get_ssl_category() ||
         ec.category() == ssl::error::get_stream_category();
}

std::string TlsProblem(const error_code& ec, const TlsReport& report) {
  // Then `ec` is one of several errors that OpenSSL has for it.
  if (!report.problem.empty()) return report.problem;
  const char* certificate =
      report.client_certificate
          ? "it rejected the client certificate"
          : "it requires a client certificate, and none is configured";
  switch (ERR_GET_REASON(static_cast<unsigned long>(ec.value()))) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
      return "it does not speak TLS on this port; if it is meant to be plain "
             "HTTP, use http://";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return certificate;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return absl::StrCat(certificate, " (it does not know its issuer)");
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return absl::StrCat(certificate, " (expired)");
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return absl::StrCat("it aborted the TLS handshake",
                          report.client_certificate
                              ? ""
                              : "; it may require a client certificate, and "
                                "none is configured");
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "it supports neither TLS 1.2 nor TLS 1.3";
    case SSL_R_TLSV1_UNRECOGNIZED_NAME:
      return absl::StrCat("it has no server named `", report.host, "`");
    default:
      break;
  }
  return absl::StrCat("TLS failed: ", ec.message());
}

}  // namespace ovenbird::net
