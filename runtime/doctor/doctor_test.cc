#include "runtime/doctor/doctor.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/doctor/finding.h"
#include "runtime/kube/credentials.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::doctor {
namespace {

using ::ovenbird::kube::testing::StatusResponse;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A cluster that allows everything and has nothing.
class Cluster {
 public:
  Cluster()
      : server_(net::testing::EachRequest(
            [this](const net::Request& request) { return Answer(request); })) {}

  kube::ClusterAccess Access() const {
    kube::ClusterAccess access;
    access.server = server_.url();
    access.credentials = kube::FixedCredentials({});
    access.description = "the test's server";
    access.name_space = "ns";
    return access;
  }
  // Requests other than GET: "POST /path".
  std::vector<std::string> changes() {
    MutexLock lock(&mutex_);
    return {changes_.begin(), changes_.end()};
  }
  bool sees(absl::string_view text) {
    MutexLock lock(&mutex_);
    return absl::StrContains(bodies_, text);
  }

 private:
  net::Response Answer(const net::Request& request) {
    {
      MutexLock lock(&mutex_);
      bodies_ += request.body;
      if (request.method != "GET") {
        changes_.insert(absl::StrCat(request.method, " ", request.target));
      }
    }
    if (request.target == "/version") {
      return {200, {}, R"({"gitVersion":"v1.37.1"})"};
    }
    if (absl::StrContains(request.target, "selfsubjectaccessreviews")) {
      return {201, {}, R"({"status":{"allowed":true}})"};
    }
    if (absl::EndsWith(request.target, "?dryRun=All")) {
      return {201, {}, request.body};
    }
    if (absl::EndsWith(request.target, "/resourcequotas")) {
      return {200, {}, R"({"items":[]})"};
    }
    return StatusResponse(404, "NotFound", "not there");
  }

  Mutex mutex_;
  std::set<std::string> changes_ ABSL_GUARDED_BY(mutex_);
  std::string bodies_ ABSL_GUARDED_BY(mutex_);
  net::testing::Server server_;
};

std::unique_ptr<plan::ImagePlan> Image(const std::string& key) {
  auto image = std::make_unique<plan::ImagePlan>();
  image->key = key;
  image->spec.key = key;
  image->spec.kaniko = &image->kaniko.Mutable();
  image->kaniko.Mutable().image = "ghcr.io/osscontainertools/kaniko:v1.28.3";
  // In a pod it is another machine: nothing is asked.
  image->spec.image = absl::StrCat("127.0.0.1:1/", key);
  image->spec.cache_repo = image->spec.image;
  image->spec.tags = {"v1"};
  return image;
}

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    request_.plan = &plan_;
    request_.engine_of = [this](const std::string& key) {
      return key == "local" ? absl::string_view("local")
                            : absl::string_view(engine_);
    };
    plan_.images.push_back(Image("app"));
  }

  // "STATE CHECK SUBJECT: TEXT" of each.
  std::vector<std::string> Lines() {
    Cancellation cancel;
    std::vector<std::string> lines;
    for (const Finding& finding : Examine(request_, cancel)) {
      lines.push_back(absl::StrCat(ToString(finding.state), " ", finding.check,
                                   " ", finding.subject, ": ", finding.text));
    }
    return lines;
  }

  plan::Plan plan_;
  std::string engine_ = "kubernetes";
  Request request_;
};

TEST_F(DoctorTest, AGoodCluster) {
  Cluster cluster;
  request_.cluster = cluster.Access();
  plan_.images[0]->spec.docker_config =
      R"({"auths":{"r.io":{"auth":"aHVzaA=="}}})";
  plan_.images[0]->spec.secrets = {{.id = "token", .value = "hush"}};
  EXPECT_THAT(
      Lines(),
      ElementsAre(
          "ok engine engine `kubernetes`: builds app",
          "ok kubeconfig kubeconfig: the test's server",
          "ok server API server: Kubernetes v1.37.1", StartsWith("ok clock "),
          StartsWith("ok rights rights in namespace `ns`: all "),
          "ok dry-run pod of image `app`: the cluster accepts it (dry run)",
          "error reference service account `default` in namespace `ns`: "
          "missing: a build pod does not start without",
          StartsWith("warning registry push to 127.0.0.1:1/app "),
          StartsWith("ok executor executor of app: "),
          StartsWith("ok cache ")));
  // Nothing was created, and no secret has left this machine.
  EXPECT_THAT(cluster.changes(),
              ElementsAre("POST /api/v1/namespaces/ns/pods?dryRun=All",
                          "POST /api/v1/namespaces/ns/secrets?dryRun=All",
                          "POST /apis/authorization.k8s.io/v1/"
                          "selfsubjectaccessreviews"));
  EXPECT_FALSE(cluster.sees("aHVzaA=="));
  EXPECT_FALSE(cluster.sees("hush"));
}

TEST_F(DoctorTest, ManyImagesInSeveralNamespaces) {
  Cluster cluster;
  request_.cluster = cluster.Access();
  for (int i = 0; i < 10; ++i) {
    plan_.images.push_back(Image(absl::StrCat("image", i)));
    if (i > 4) plan_.images.back()->kaniko.Mutable().namespace_ = "other";
  }
  const std::vector<std::string> lines = Lines();
  EXPECT_THAT(lines,
              Contains(StartsWith("ok rights rights in namespace `ns`")));
  EXPECT_THAT(lines,
              Contains(StartsWith("ok rights rights in namespace `other`")));
  EXPECT_THAT(lines, Contains(StartsWith("ok dry-run")).Times(11));
  EXPECT_THAT(lines, Contains(StartsWith("error reference")).Times(2));
}

TEST_F(DoctorTest, NoServer) {
  {
    Cluster cluster;
    request_.cluster = cluster.Access();
  }
  const std::vector<std::string> lines = Lines();
  EXPECT_THAT(lines, Contains(StartsWith("error server API server: ")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("rights"))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("dry-run"))));
  // What needs no cluster is checked.
  EXPECT_THAT(lines, Contains(StartsWith("warning registry")));
}

TEST_F(DoctorTest, NoKubeconfig) {
  request_.cluster = absl::NotFoundError("no cluster is configured");
  EXPECT_THAT(Lines(), Contains("error kubeconfig kubeconfig: no cluster is "
                                "configured"));
}

TEST_F(DoctorTest, OtherEngines) {
  engine_ = "docker";
  plan_.images[0]->builder = plan::Builder::kDocker;
  plan_.images.push_back(Image("local"));
  const std::vector<std::string> lines = Lines();
  EXPECT_THAT(lines, Contains("ok engine engine `docker`: builds app"));
  EXPECT_THAT(lines, Contains("ok engine engine `local`: builds local"));
  EXPECT_THAT(lines, Contains(HasSubstr("runtime container runtime")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" server "))));
  // No server has this port.
  EXPECT_THAT(lines, Contains(StartsWith("error registry")).Times(2));
  EXPECT_THAT(lines, Contains(StartsWith("ok executor executor of local")));
}

TEST_F(DoctorTest, NoImages) {
  plan_.images.clear();
  EXPECT_THAT(Lines(), ElementsAre(StartsWith("ok cache ")));
}

}  // namespace
}  // namespace ovenbird::doctor
