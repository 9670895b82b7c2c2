// Certificates made on the spot, so that tests meet real ones of every kind
// and none expires in the repository.
#ifndef OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_
#define OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace ovenbird::net::testing {

struct KeyPair {
  std::string cert_pem;
  std::string key_pem;
};

struct CertificateSpec {
  std::string common_name = "test";
  std::vector<std::string> dns_names = {"localhost"};
  std::vector<std::string> ip_addresses = {"127.0.0.1"};
  absl::Time not_before = absl::Now() - absl::Hours(1);
  absl::Time not_after = absl::Now() + absl::Hours(24);
  bool is_authority = false;
};

// Signed by `issuer`, or by itself.
KeyPair MakeCertificate(const CertificateSpec& spec,
                        const KeyPair* issuer = nullptr);
KeyPair MakeAuthority(const std::string& common_name);

}  // namespace ovenbird::net::testing

#endif  // OVENBIRD_RUNTIME_NET_TESTING_CERTIFICATES_H_
