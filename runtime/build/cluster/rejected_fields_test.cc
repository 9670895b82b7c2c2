#include "runtime/build/cluster/rejected_fields.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/build/failure.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A `kaniko` object whose values the cluster rejects.
constexpr char kKaniko[] = R"(
namespace: team
labels: {team: "not a label", "a b": x}
annotations: {note: text}
resources:
  limits: {cpu: 2, nvidia.com/gpu: half}
  requests: {nvidia.com/gpu: 3}
tolerations:
- {key: a, operator: Exists}
- {key: b, operator: Lt, value: "1"}
nodeSelector: {pool: "x y"}
additionalMounts:
- {mountPath: /one, secret: {name: One}}
- mountPath: /one/
  configMap:
    name: c
    items: [{key: k, path: a/b}]
env: {A9: b}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {topologyKey: zone, namespaces: [ok, Team]}
topologySpreadConstraints:
- {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
securityContext: {capabilities: {add: [CHOWN, CAP_X]}}
)";

class RejectedFieldsTest : public ::testing::Test {
 protected:
  RejectedFieldsTest() : file_("devspace.yaml", kKaniko) {
    diag::Collector problems;
    config::decode::Context context(&problems);
    const yaml::Node* root = yaml::Parse(file_, arena_, problems);
    Decode(*root, context, &kaniko_);
    // Values that the decoder refuses, too.
    kaniko_.affinity->pod_affinity
        ->required_during_scheduling_ignored_during_execution[0]
        .namespaces = {"ok", "Team"};
    kaniko_.security_context->capabilities->add = {"CHOWN", "CAP_X"};
    kaniko_.additional_mounts[0].secret->name = "One";
    kaniko_.resources->limits = {{"cpu", "2"}, {"nvidia.com/gpu", "half"}};
    spec_.key = "web";
    spec_.build_id = "0123456789";
    spec_.image = "registry.example.com/app";
    spec_.kaniko = &kaniko_;
  }

  // The diagnostic's path and the text at its place.
  std::string Locate(const std::string& field, const std::string& problem) {
    const std::vector<diag::Diagnostic> found =
        LocateRejectedFields({{field, problem}}, spec_);
    if (found.empty()) return "";
    EXPECT_THAT(found, SizeIs(1));
    EXPECT_THAT(found[0].message, HasSubstr(problem));
    return absl::StrCat(found[0].config_path, " @ ",
                        absl::string_view(file_.text())
                            .substr(found[0].span.begin,
                                    found[0].span.end - found[0].span.begin));
  }

  SourceFile file_;
  yaml::Arena arena_;
  config::Kaniko kaniko_;
  kube::BuildSpec spec_;
};

// The sentences are those of Kubernetes 1.20 and 1.37.
TEST_F(RejectedFieldsTest, ValuesAreFound) {
  struct Case {
    const char* field;
    const char* problem;
    const char* path;  // below images.web.build.kaniko
    const char* text;
  };
  for (const Case& one : {
           Case{"metadata.namespace", "Invalid value: \"team\": must be x",
                ".namespace", "team"},
           Case{"metadata.labels",
                "Invalid value: \"not a label\": a valid label must be x",
                ".labels.team", "\"not a label\""},
           Case{"metadata.labels",
                "Invalid value: \"a b\": name part must consist of x",
                ".labels[\"a b\"]", "\"a b\""},
           Case{"spec.containers[0].resources.limits[nvidia.com/gpu]",
                "Invalid value: \"half\": must be an integer",
                ".resources.limits[\"nvidia.com/gpu\"]", "half"},
           // The server's default for requests are the limits.
           Case{"spec.containers[0].resources.requests[cpu]",
                "Invalid value: \"2\": no", ".resources.limits.cpu", "2"},
           Case{"spec.affinity.podAffinity."
                "requiredDuringSchedulingIgnoredDuringExecution[0].namespace",
                "Invalid value: \"Team\": a lowercase RFC 1123 label must "
                "consist of lower case alphanumeric characters or '-'",
                ".affinity.podAffinity."
                "requiredDuringSchedulingIgnoredDuringExecution[0]."
                "namespaces[1]",
                "Team"},
           Case{"spec.containers[0].resources.limits[cpu]",
                "Invalid value: \"cpu\": must be a resource",
                ".resources.limits.cpu", "cpu"},
           Case{"spec.initContainers[0].resources.requests",
                "Invalid value: \"3\": must be equal to nvidia.com/gpu limit "
                "of half",
                ".resources.requests[\"nvidia.com/gpu\"]", "3"},
           Case{"spec.tolerations[1].operator",
                "Unsupported value: \"Lt\": supported values: \"Equal\"",
                ".tolerations[1].operator", "Lt"},
           Case{"spec.tolerations[0].effect", "Required value",
                ".tolerations[0]", "{key: a, operator: Exists}"},
           Case{"spec.nodeSelector", "Invalid value: \"x y\": a valid label",
                ".nodeSelector.pool", "\"x y\""},
           Case{"spec.volumes[1].secret.secretName",
                "Invalid value: \"One\": lower case",
                ".additionalMounts[0].secret.name", "One"},
           Case{"spec.volumes[2].configMap.items[0].path",
                "Invalid value: "
                "\"a/b\": must not contain '..'",
                ".additionalMounts[1].configMap.items[0].path", "a/b"},
           Case{"spec.containers[0].volumeMounts[2].mountPath",
                "Invalid value: \"/one/\": must be unique",
                ".additionalMounts[1].mountPath", "/one/"},
           Case{"spec.containers[0].env[1].name",
                "Invalid value: \"A9\": a valid environment variable name",
                ".env.A9", "A9"},
           Case{"spec.topologySpreadConstraints[0].{topologyKey, "
                "whenUnsatisfiable}",
                "Duplicate value: \"{zone, ScheduleAnyway}\"",
                ".topologySpreadConstraints[0]",
                "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "
                "ScheduleAnyway}"},
           Case{"spec.containers[0].securityContext.capabilities.add",
                "Invalid value: \"CAP_X\": no",
                ".securityContext.capabilities.add[1]", "CAP_X"},
       }) {
    EXPECT_EQ(
        Locate(one.field, one.problem),
        absl::StrCat("images.web.build.kaniko", one.path, " @ ", one.text))
        << one.field;
  }
}

TEST_F(RejectedFieldsTest, OtherFieldsAreLeftOut) {
  EXPECT_EQ(Locate("metadata.name", "Invalid value"), "");
  EXPECT_EQ(Locate("spec.containers[3].image", "Required value"), "");
  EXPECT_EQ(Locate("spec.made.up", "Forbidden"), "");
  // The file does not have the option: the default is not the user's mistake.
  EXPECT_EQ(Locate("spec.containers[0].image", "Invalid value"), "");
  kaniko_.source = nullptr;
  EXPECT_EQ(Locate("metadata.labels", "Invalid value"), "");
}

// A webhook put its containers, volumes and tolerations before those that were
// sent.
TEST_F(RejectedFieldsTest, FieldsOfAPodThatAWebhookChanged) {
  EXPECT_EQ(Locate("spec.containers[1].resources.limits[nvidia.com/gpu]",
                   "Invalid value: \"half\": must be an integer"),
            "images.web.build.kaniko.resources.limits[\"nvidia.com/gpu\"] @ "
            "half");
  EXPECT_EQ(Locate("spec.tolerations[2].value", "Invalid value: \"1\": no"),
            "images.web.build.kaniko.tolerations[1].value @ \"1\"");
  EXPECT_EQ(Locate("spec.volumes[0].secret.secretName",
                   "Invalid value: \"One\": lower case"),
            "images.web.build.kaniko.additionalMounts[0].secret.name @ One");
  // Those of the webhook itself.
  EXPECT_EQ(Locate("spec.tolerations[0].operator",
                   "Unsupported value: \"Lte\": supported values: \"Equal\""),
            "");
  EXPECT_EQ(Locate("spec.containers[0].resources.limits[nvidia.com/gpu]",
                   "Invalid value: \"many\": must be an integer"),
            "");
}

TEST_F(RejectedFieldsTest, AFailureOfTheConfig) {
  Failure failure;
  failure.details = {"Pod \"p\" is invalid"};
  failure.rejected = {{"metadata.name", "Invalid value"}};
  NameOptions(spec_, failure);
  EXPECT_EQ(failure.kind, FailureKind::kEnvironment);
  EXPECT_THAT(failure.diagnostics, IsEmpty());
  EXPECT_EQ(failure.hint, "");
  failure.rejected.push_back({"spec.tolerations[1].operator", "no"});
  NameOptions(spec_, failure);
  EXPECT_EQ(failure.kind, FailureKind::kConfig);
  EXPECT_THAT(failure.diagnostics, SizeIs(1));
  EXPECT_THAT(failure.details, ElementsAre("Pod \"p\" is invalid"));
  EXPECT_THAT(failure.hint, HasSubstr("fix the values"));
}

}  // namespace
}  // namespace ovenbird::build
