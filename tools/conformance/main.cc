// Compares Ovenbird with recorded cases of DevSpace 4.11:
//   conformance DIR
// Prints for each case matched, intended (with the ids of the reasons) or
// UNEXPLAINED with the facts; exits with 1 when any is unexplained.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/base/writer.h"
#include "runtime/config/load.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/plan.h"
#include "runtime/registry/docker_config.h"
#include "tools/conformance/case.h"
#include "tools/conformance/context_facts.h"
#include "tools/conformance/intended.h"
#include "tools/conformance/pod_facts.h"

namespace ovenbird::conformance {
namespace {

struct Report {
  std::set<std::string> reasons;
  std::vector<std::string> unexplained;

  void Add(const Difference& difference) {
    absl::string_view reason = ReasonOf(difference);
    if (reason.empty()) {
      unexplained.push_back(
          absl::StrCat(difference.ours ? "only Ovenbird: " : "only DevSpace: ",
                       difference.fact));
    } else {
      reasons.insert(std::string(reason));
    }
  }
};

// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "conformance-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What the case declares, and nothing of this machine.
class CaseSurroundings : public config::Surroundings {
 public:
  explicit CaseSurroundings(const json::Value& variables)
      : variables_(variables) {}
  std::optional<std::string> Variable(absl::string_view name) override {
    const json::Value& value = variables_[name];
    if (value.is_null()) return std::nullopt;
    return std::string(value.string_or());
  }
  absl::Time Now() override { return absl::UnixEpoch(); }
  std::string Random() override { return "random"; }
  absl::StatusOr<std::string> GitCommit() override {
    return absl::NotFoundError("no repository");
  }

 private:
  const json::Value& variables_;
};

std::vector<std::string> Strings(const json::Value& array) {
  std::vector<std::string> strings;
  for (const json::Value& item : array.items()) {
    strings.emplace_back(item.string_or());
  }
  return strings;
}

// What Ovenbird makes of a case.
struct Ours {
  std::vector<std::string> refusals;  // ids of the errors
  std::map<std::string, kube::Manifest> manifests;
  std::vector<std::string> context;  // facts
};

Ours Render(const Case& item, const std::string& folder) {
  Ours ours;
  diag::Collector sink;
  CaseSurroundings surroundings(item.surroundings["env"]);
  const json::Value& args = item.surroundings["args"];
  config::LoadOptions load;
  load.path = folder + "/devspace.yaml";
  load.vars = Strings(args["vars"]);
  load.surroundings = &surroundings;
  load.profile = std::string(args["profile"].string_or());
  auto config = config::Load(load, sink);
  if (!config.ok()) {
    ours.refusals.push_back(std::string(config.status().message()));
    return ours;
  }
  if (!sink.has_errors()) {
    absl::StatusOr<registry::DockerConfig> login =
        registry::DockerConfig::Parse(
            json::Write(item.surroundings["dockerConfig"].is_null()
                            ? json::Value(json::Object{})
                            : item.surroundings["dockerConfig"]),
            "config.json");
    plan::PlanOptions options;
    options.tags = Strings(args["tags"]);
    options.environment = [&](const std::string& name) {
      return surroundings.Variable(name);
    };
    options.docker_config = login.ok() ? &*login : nullptr;
    // DevSpace sends what no COPY takes, too (only-what-is-copied): without
    // this nothing could be compared.
    options.full_context = true;
    // What is written out for an executor is compared with BuildKit's images.
    options.rewrite = false;
    absl::StatusOr<plan::Plan> plan = plan::MakePlan(**config, options, sink);
    if (!plan.ok()) {
      ours.refusals.push_back(std::string(plan.status().message()));
    } else if (!sink.has_errors()) {
      for (const auto& image : plan->images) {
        ours.manifests.emplace(image->key, kube::MakeManifest(image->spec));
      }
      ours.context = PlannedContext(*plan, item);
    }
  }
  for (const diag::Diagnostic& diagnostic : sink.diagnostics()) {
    if (diagnostic.severity == diag::Severity::kError) {
      ours.refusals.push_back(diagnostic.rule->id);
    }
  }
  return ours;
}

template <typename T>
json::Value AsJson(const T& object) {
  std::string text;
  JsonWriter writer(&text);
  Write(object, writer);
  return *json::Parse(text);
}

// Tags that DevSpace took at random: those of its record that the case does not
// set.
std::vector<std::string> RandomTags(const Recorded& recorded,
                                    const std::string& config) {
  std::vector<std::string> tags;
  for (const json::Value& arg :
       recorded.pod.Get({"spec", "containers"})[0]["args"].items()) {
    absl::string_view text = arg.string_or();
    if (!absl::StartsWith(text, "--destination=")) continue;
    std::string tag(text.substr(text.rfind(':') + 1));
    if (!absl::StrContains(config, tag)) tags.push_back(tag);
  }
  return tags;
}

// Credentials without a password: DevSpace writes them anyway.
bool HasOnlyEmptyLogins(const std::vector<std::string>& secret) {
  for (const std::string& fact : secret) {
    if (!absl::EndsWith(fact, " ")) return false;
  }
  return !secret.empty();
}

void CompareImage(const Recorded& recorded, const kube::Manifest& manifest,
                  const Case& item, Report& report) {
  std::vector<std::string> theirs =
      PodFacts(recorded.pod, RandomTags(recorded, item.config));
  json::Value pod = AsJson(manifest.pod);
  std::vector<std::string> our_tags;
  for (const json::Value& arg :
       pod.Get({"spec", "containers"})[0]["args"].items()) {
    absl::string_view text = arg.string_or();
    if (!absl::StartsWith(text, "--destination=")) continue;
    std::string tag(text.substr(text.rfind(':') + 1));
    if (!absl::StrContains(item.config, tag)) our_tags.push_back(tag);
  }
  std::vector<std::string> ours = PodFacts(pod, our_tags);

  if (SharedArguments(pod, recorded.pod) !=
      SharedArguments(recorded.pod, pod)) {
    report.Add({true, "another order of arguments"});
  }

  std::vector<std::string> their_secret;
  for (const json::Value& secret : recorded.secrets) {
    for (std::string& fact : SecretFacts(secret)) {
      their_secret.push_back(std::move(fact));
    }
  }
  std::vector<std::string> our_secret;
  if (manifest.secret) our_secret = SecretFacts(AsJson(*manifest.secret));
  if (HasOnlyEmptyLogins(their_secret) && our_secret.empty()) {
    report.reasons.insert("no-empty-auth");
    their_secret.clear();
    std::erase_if(theirs, [](const std::string& fact) {
      return absl::StrContains(fact, ".mount /kaniko/.docker");
    });
  }
  theirs.insert(theirs.end(), their_secret.begin(), their_secret.end());
  ours.insert(ours.end(), our_secret.begin(), our_secret.end());

  std::string name_space =
      manifest.name_space.empty()
          ? std::string(item.surroundings["namespace"].string_or("default"))
          : manifest.name_space;
  theirs.push_back(absl::StrCat("namespace = ", recorded.name_space));
  ours.push_back(absl::StrCat("namespace = ", name_space));
  for (const Difference& difference : Compare(theirs, ours)) {
    report.Add(difference);
  }
}

Report CompareCase(const Case& item) {
  Report report;
  TemporaryFolder folder;
  if (absl::Status status = WriteProject(item, folder.path()); !status.ok()) {
    report.unexplained.push_back(std::string(status.message()));
    return report;
  }
  Ours ours = Render(item, folder.path());
  std::string refusal = Refusal(item);
  if (!refusal.empty() && !ours.refusals.empty()) return report;
  if (!refusal.empty()) {
    report.Add({false, absl::StrCat("refused: ", refusal)});
    return report;
  }
  for (const std::string& id : ours.refusals) {
    report.Add({true, absl::StrCat("refused: ", id)});
  }
  if (!ours.refusals.empty()) return report;
  std::map<std::string, Recorded> pods = RecordedPods(item);
  for (const auto& [key, recorded] : pods) {
    auto it = ours.manifests.find(key);
    if (it == ours.manifests.end()) {
      report.Add({false, absl::StrCat("pod for image ", key)});
    } else {
      CompareImage(recorded, it->second, item, report);
    }
  }
  // A recorded run may end before it sends anything.
  const std::vector<std::string> context = RecordedContext(item);
  if (!context.empty()) {
    for (const Difference& difference : Compare(context, ours.context)) {
      report.Add(difference);
    }
  }
  for (const auto& [key, manifest] : ours.manifests) {
    if (pods.count(key) == 0) {
      report.Add({true, absl::StrCat("pod for image ", key)});
    }
  }
  return report;
}

int Main(const std::string& folder) {
  absl::StatusOr<std::vector<Case>> cases = ReadCases(folder);
  if (!cases.ok()) {
    std::cerr << "conformance: " << cases.status().message() << "\n";
    return 3;
  }
  int matched = 0;
  int intended = 0;
  int unexplained = 0;
  for (const Case& item : *cases) {
    Report report = CompareCase(item);
    if (!report.unexplained.empty()) {
      ++unexplained;
      std::cout << item.name << ": UNEXPLAINED\n";
      for (const std::string& line : report.unexplained) {
        std::cout << "  " << line << "\n";
      }
    } else if (!report.reasons.empty()) {
      ++intended;
      std::cout << item.name << ": intended ("
                << absl::StrJoin(report.reasons, ", ") << ")\n";
    } else {
      ++matched;
      std::cout << item.name << ": matched\n";
    }
  }
  std::cout << cases->size() << " cases: " << matched << " matched, "
            << intended << " with intended differences, " << unexplained
            << " unexplained\n";
  return unexplained == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ovenbird::conformance

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: conformance DIR\n";
    return 2;
  }
  return ovenbird::conformance::Main(argv[1]);
}
