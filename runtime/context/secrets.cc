#include "runtime/context/secrets.h"

#include <iterator>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace ovenbird::context {
namespace {

struct Kind {
  // Of the path's end, from a folder's or the file's name on.
  const char* path;
  // In the content; null: the name is enough.
  const char* content;
  const char* why;
};

// A value that is taken from the environment, `${TOKEN}`, is no secret.
constexpr Kind kKinds[] = {
    {R"re(\.env(\..*)?)re", nullptr, "environment file"},
    {R"re(id_(rsa|dsa|ecdsa|ed25519)(_sk)?)re", nullptr, "SSH private key"},
    {R"re(.*\.(pem|key|ppk|asc))re", "PRIVATE KEY|PuTTY-User-Key-File",
     "private key"},
    {R"re(.*\.(p12|pfx|jks|keystore|kdbx))re", nullptr, "key store"},
    {R"re([._]netrc|\.git-credentials|\.pgpass|\.htpasswd|\.vault-token)re",
     nullptr, "passwords"},
    {R"re(\.npmrc)re", R"re((?m)_(authToken|auth|password)\s*=\s*[^$\s])re",
     "token of a package registry"},
    {R"re(\.yarnrc\.yml)re", R"re(npmAuth(Token|Ident):\s*["']?[^$\s"'])re",
     "token of a package registry"},
    {R"re(\.pypirc)re", R"re((?m)^\s*password\s*[:=])re",
     "password of a package registry"},
    {R"re(\.cargo/credentials(\.toml)?)re", "token",
     "token of a package registry"},
    {R"re((\.m2/)?settings\.xml)re", "<password>[^$<]",
     "password of a package registry"},
    {R"re(auth\.json)re",
     R"re("(http-basic|github-oauth|gitlab-token|bearer)")re",
     "token of a package registry"},
    {R"re(\.git/config)re", R"re(://[^/@\s]*:[^/@\s]+@|(?i)extraheader\s*=)re",
     "credentials for a Git server"},
    {R"re(\.dockercfg|\.docker/config\.json)re",
     R"re("(auth|identitytoken)"\s*:)re",
     "credentials for container registries"},
    {R"re(\.aws/credentials)re", nullptr, "AWS access key"},
    {R"re(\.kube/config|.*kubeconfig(\.ya?ml)?)re",
     "client-key-data|token:|password:", "access to a Kubernetes cluster"},
    {R"re(.*(key|secret|credential|account).*\.json)re",
     R"re("private_key"\s*:)re", "key of a service account"},
    {R"re(.*\.tfstate(\.backup)?)re", nullptr,
     "Terraform state, which has secrets in plain text"},
};

// Meant to be shared.
bool IsTemplate(absl::string_view path) {
  for (absl::string_view end :
       {".example", ".sample", ".template", ".dist", ".defaults", ".tmpl"}) {
    if (absl::EndsWith(path, end)) return true;
  }
  return false;
}

// Compiled once: a context may have many files.
const std::vector<std::unique_ptr<const RE2>>& PathPatterns() {
  static const auto* const patterns = [] {
    auto* all = new std::vector<std::unique_ptr<const RE2>>;
    for (const Kind& kind : kKinds) {
      all->push_back(std::make_unique<RE2>(
          absl::StrCat("(?s)(?:^|.*/)(?:", kind.path, ")")));
    }
    return all;
  }();
  return *patterns;
}

}  // namespace

std::string WhySecret(absl::string_view path,
                      const std::function<std::string()>& head) {
  if (IsTemplate(path)) return "";
  const re2::StringPiece text(path.data(), path.size());
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    const Kind& kind = kKinds[i];
    if (!RE2::FullMatch(text, *PathPatterns()[i])) continue;
    if (kind.content == nullptr || RE2::PartialMatch(head(), kind.content)) {
      return kind.why;
    }
  }
  return "";
}

}  // namespace ovenbird::context
