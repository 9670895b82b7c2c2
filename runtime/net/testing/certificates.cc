#include "runtime/net/testing/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"

namespace ovenbird::net::testing {
namespace {

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void Check(bool ok) {
  if (!ok) std::abort();
}

template <typename Write>
std::string Pem(Write write) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  Check(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void AddExtension(X509* cert, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &ctx, nid, text.c_str()));
  Check(extension != nullptr);
  Check(X509_add_ext(cert, extension.get(), -1) == 1);
}

std::string AlternativeNames(const CertificateSpec& spec) {
  std::string names;
  for (const std::string& dns : spec.dns_names) {
    absl::StrAppend(&names, names.empty() ? "" : ",", "DNS:", dns);
  }
  for (const std::string& ip : spec.ip_addresses) {
    absl::StrAppend(&names, names.empty() ? "" : ",", "IP:", ip);
  }
  return names;
}

struct Issuer {
  Owned<X509> cert;
  Owned<EVP_PKEY> key;
};

Issuer ReadIssuer(const KeyPair& pair) {
  Issuer out;
  const Owned<BIO> cert(BIO_new_mem_buf(pair.cert_pem.data(), -1));
  out.cert.reset(PEM_read_bio_X509(cert.get(), nullptr, nullptr, nullptr));
  const Owned<BIO> key(BIO_new_mem_buf(pair.key_pem.data(), -1));
  out.key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  Check(out.cert != nullptr && out.key != nullptr);
  return out;
}

}  // namespace

KeyPair MakeCertificate(const CertificateSpec& spec, const KeyPair* issuer) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> cert(X509_new());
  Check(key != nullptr && cert != nullptr);
  Check(X509_set_version(cert.get(), 2) == 1);
  uint64_t serial = 0;
  Check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 7) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(cert.get()),
                absl::ToTimeT(spec.not_before));
  ASN1_TIME_set(X509_getm_notAfter(cert.get()), absl::ToTimeT(spec.not_after));
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(spec.common_name.c_str()), -1, -1,
      0);
  Issuer signer;
  if (issuer != nullptr) signer = ReadIssuer(*issuer);
  X509* signer_cert = issuer != nullptr ? signer.cert.get() : cert.get();
  EVP_PKEY* signer_key = issuer != nullptr ? signer.key.get() : key.get();
  X509_set_issuer_name(cert.get(), X509_get_subject_name(signer_cert));
  AddExtension(cert.get(), signer_cert, NID_basic_constraints,
               spec.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (const std::string names = AlternativeNames(spec); !names.empty()) {
    AddExtension(cert.get(), signer_cert, NID_subject_alt_name, names);
  }
  Check(X509_sign(cert.get(), signer_key, EVP_sha256()) > 0);
  KeyPair out;
  out.cert_pem = Pem([&](BIO* b) { return PEM_write_bio_X509(b, cert.get()); });
  out.key_pem = Pem([&](BIO* b) {
    return PEM_write_bio_PrivateKey(b, key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr);
  });
  return out;
}

KeyPair MakeAuthority(const std::string& common_name) {
  CertificateSpec spec;
  spec.common_name = common_name;
  spec.dns_names.clear();
  spec.ip_addresses.clear();
  spec.is_authority = true;
  return MakeCertificate(spec);
}

}  // namespace ovenbird::net::testing
