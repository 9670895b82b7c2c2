#include "runtime/plan/secrets.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::optional<std::string> Environment(const std::string& name) {
  if (name == "TOKEN") return "t0";
  return std::nullopt;
}

// "ID env=NAME" or "ID file=PATH".
std::string Shown(const kube::BuildSecret& secret) {
  return absl::StrCat(
      secret.id, secret.env.empty() ? "" : " env=", secret.env,
      secret.file.empty() ? "" : " file=", secret.file,
      secret.secret_name.empty() ? "" : " secret=", secret.secret_name,
      secret.secret_key.empty() ? "" : "/", secret.secret_key);
}

TEST(ParseSecretFlagTest, AsDockerReadsIt) {
  const struct {
    const char* text;
    const char* secret;
  } kCases[] = {
      {"id=a,src=/f", "a file=/f"},
      {"id=a,source=/d/../f", "a file=/f"},
      {"type=file,id=a,src=/f", "a file=/f"},
      {"id=a,env=B", "a env=B"},
      {"type=env,id=a,env=B", "a env=B"},
      {"type=env,id=a,src=B", "a env=B"},
      {"id=TOKEN", "TOKEN env=TOKEN"},
      {"\"id=a\",\"src=/with,comma\"", "a file=/with,comma"},
  };
  for (const auto& c : kCases) {
    const auto secret = ParseSecretFlag(c.text, Environment);
    ASSERT_THAT(secret, testing::IsOk()) << c.text;
    EXPECT_EQ(Shown(*secret), c.secret) << c.text;
  }
  // A file in this folder.
  EXPECT_THAT(Shown(*ParseSecretFlag("id=other", Environment)),
              ::testing::EndsWith("/other"));
}

TEST(ParseSecretFlagTest, Mistakes) {
  const struct {
    const char* text;
    const char* problem;
  } kCases[] = {
      {"src=/f", "`id` is missing"},
      {"id=a,src=/f,env=B", "it has `src` and `env`"},
      {"id=a,size=3", "`size=3` is none of"},
      {"id=a,type=ssh", "`type=ssh` is none of"},
      {"id=a,ro", "`ro` is not of the form NAME=VALUE"},
      {"", ""},
  };
  for (const auto& c : kCases) {
    const auto secret = ParseSecretFlag(c.text, Environment);
    ASSERT_FALSE(secret.ok()) << c.text;
    EXPECT_THAT(std::string(secret.status().message()), HasSubstr(c.problem));
  }
}

class SecretsTest : public ::testing::Test {
 protected:
  kube::BuildSecret Secret(const std::string& id) {
    kube::BuildSecret secret;
    secret.id = id;
    secret.env = "TOKEN";
    return secret;
  }
  // Of the config.
  GivenSecret Given(const std::string& id) {
    return {Secret(id), {&file_, 0, 1}};
  }
  void Ask(const std::string& id, bool required, int stage = 0) {
    dockerfile::SecretMount mount;
    mount.id = id;
    mount.span = {&file_, 0, 1};
    mount.required = required;
    mount.stage = stage;
    asked_.mounts.push_back(mount);
  }
  // "id: text", then the label after " | ".
  std::vector<std::string> Problems() const {
    std::vector<std::string> shown;
    for (const diag::Diagnostic& problem : problems_.diagnostics()) {
      shown.push_back(absl::StrCat(problem.rule->id, ": ", problem.message,
                                   problem.label.empty() ? "" : " | ",
                                   problem.label));
    }
    return shown;
  }

  const SourceFile file_{"f", "text"};
  AskedSecrets asked_{{}, {0}};
  diag::Collector problems_;
};

TEST_F(SecretsTest, OfTheConfigAndTheCommandLine) {
  config::BuildOptions options;
  options.secrets.resize(4);
  options.secrets[0].id = "a";
  options.secrets[0].file = "d/../a.txt";
  options.secrets[1].id = "b";
  options.secrets[1].file = "~/b";
  options.secrets[2].id = "c";
  options.secrets[2].secret.emplace();
  options.secrets[2].secret->name = "s";
  options.secrets[2].secret->key = "k";
  options.secrets[3].id = "token";
  options.secrets[3].file = "/no";
  std::vector<std::string> shown;
  for (const GivenSecret& given :
       GivenSecrets(&options, {Secret("token")}, "/project", "/home")) {
    shown.push_back(Shown(given.secret));
  }
  EXPECT_THAT(shown, ElementsAre("token env=TOKEN", "a file=/project/a.txt",
                                 "b file=/home/b", "c secret=s/k"));
  EXPECT_THAT(GivenSecrets(nullptr, {}, "/project", ""), IsEmpty());
}

TEST_F(SecretsTest, UnusedOnesOfTheConfig) {
  Ask("npmrc", false, 1);
  ReportUnused({Given("npmrc"), Given("npmrx"), {Secret("other"), {}}}, asked_,
               "Dockerfile", problems_);
  EXPECT_THAT(Problems(),
              ElementsAre("secret-unused: `Dockerfile` does not ask for the "
                          "secret `npmrx` | did you mean `npmrc`?"));
}

TEST_F(SecretsTest, AVariableMayNameAnySecret) {
  Ask("$ID", true);
  ReportUnused({Given("a")}, asked_, "Dockerfile", problems_);
  ReportMissing({}, asked_, problems_);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(SecretsTest, MissingOnes) {
  Ask("given", true);
  Ask("a", true);
  Ask("b", false);
  Ask("b", false);
  Ask("elsewhere", true, 1);
  ReportMissing({Given("given")}, asked_, problems_);
  EXPECT_THAT(
      Problems(),
      ElementsAre("secret-missing: the build has no secret `a` | required here",
                  "secret-not-given: the build has no secret `b`: the command "
                  "runs without it"));
}

TEST_F(SecretsTest, Values) {
  const std::string path = ::testing::TempDir() + "/value";
  std::ofstream(path) << "v1\n";
  GivenSecret of_file = Given("f");
  of_file.secret.env.clear();
  of_file.secret.file = path;
  GivenSecret of_cluster = Given("c");
  of_cluster.secret.env.clear();
  of_cluster.secret.secret_name = "s";
  const std::vector<kube::BuildSecret> secrets =
      ReadSecrets({Given("e"), of_file, of_cluster, Given("unneeded")},
                  {"e", "f", "c"}, Environment, problems_);
  EXPECT_THAT(Problems(), IsEmpty());
  ASSERT_EQ(secrets.size(), 3u);
  EXPECT_EQ(secrets[0].value, "t0");
  EXPECT_EQ(secrets[1].value, "v1\n");
  EXPECT_EQ(secrets[2].value, "");
  LookForSecrets({Given("e"), of_file, of_cluster, Given("unneeded")},
                 {"e", "f", "c"}, Environment, problems_);
  EXPECT_THAT(Problems(), IsEmpty());
  // Without an environment nothing is read.
  of_file.secret.file = "/nowhere";
  EXPECT_EQ(ReadSecrets({of_file}, {"f"}, nullptr, problems_)[0].value, "");
  EXPECT_THAT(Problems(), IsEmpty());
}

// `--secret id=ID,src=<(...)` is a pipe, which may have no end.
TEST_F(SecretsTest, APipeWithoutAnEnd) {
  GivenSecret pipe = Given("p");
  pipe.span = {};
  pipe.secret.env.clear();
  pipe.secret.file = "/dev/zero";
  LookForSecrets({pipe}, {"p"}, Environment, problems_);
  EXPECT_THAT(Problems(), IsEmpty());
  ReadSecrets({pipe}, {"p"}, Environment, problems_);
  EXPECT_THAT(Problems(),
              ElementsAre("secret-unreadable: the secret `p` has no value: it "
                          "is larger than 500 KiB"));
}

TEST_F(SecretsTest, NoValues) {
  GivenSecret unset = Given("u");
  unset.secret.env = "NONE";
  GivenSecret missing = Given("m");
  missing.secret.env.clear();
  missing.secret.file = "/nowhere";
  const std::string path = ::testing::TempDir() + "/large";
  std::ofstream(path) << std::string((500 << 10) + 1, 'x');
  GivenSecret large = Given("l");
  large.secret.env.clear();
  large.secret.file = path;
  GivenSecret device = Given("d");
  device.secret.env.clear();
  device.secret.file = "/dev/zero";
  const std::vector<GivenSecret> given = {unset, missing, large, device};
  diag::Collector warnings;
  LookForSecrets(given, {"u", "m", "l", "d"}, Environment, warnings);
  ReadSecrets(given, {"u", "m", "l", "d"}, Environment, problems_);
  ASSERT_EQ(warnings.diagnostics().size(), problems_.diagnostics().size());
  for (size_t i = 0; i < given.size(); ++i) {
    const diag::Diagnostic& warning = warnings.diagnostics()[i];
    EXPECT_EQ(warning.severity, diag::Severity::kWarning);
    EXPECT_EQ(warning.message, problems_.diagnostics()[i].message);
  }
  EXPECT_THAT(
      Problems(),
      ElementsAre(
          "secret-unreadable: the secret `u` has no value: the environment "
          "variable `NONE` is not set",
          HasSubstr("the secret `m` has no value: "),
          "secret-unreadable: the secret `l` has no value: it is larger than "
          "500 KiB",
          HasSubstr("`/dev/zero`: it is not a regular file")));
}

}  // namespace
}  // namespace ovenbird::plan
