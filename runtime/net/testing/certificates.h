// Certificates created by the test, so that tests use real ones of every kind
// and none expires in the repository.
#ifndef OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_
#define OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ovenbird::net::testing {

// A certificate with its private key, as PEM.
struct KeyPair {
  std::string cert_pem;
  std::string key_pem;
};

// The contents of a certificate.
struct CertificateSpec {
  std::string common_name = "test";
  std::vector<std::string> dns_names = {"localhost"};
  std::vector<std::string> ip_addresses = {"127.0.0.1"};
  absl::Time not_before = absl::Now() - absl::Hours(1);
  absl::Time not_after = absl::Now() + absl::Hours(24);
  bool is_authority = false;
};

// Returns a new certificate, signed by `issuer`, or self-signed if it is null.
KeyPair MakeCertificate(const CertificateSpec& spec,
                        const KeyPair* issuer = nullptr);
// Returns a new self-signed certificate of an authority.
KeyPair MakeAuthority(const std::string& common_name);

}  // namespace ovenbird::net::testing

#endif  // OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_
