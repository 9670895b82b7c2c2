#include <cstddef>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/spool.h"
#include "runtime/base/writer.h"
#include "runtime/build/cluster/dry_run.h"
#include "runtime/build/result.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/project.h"
#include "runtime/cli/results.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/access.h"
#include "runtime/kube/client.h"
#include "runtime/kube/hide_secrets.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/builder.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {
namespace {

// Objects one after the other, as the format wants them. They are kept until
// Finish(): nothing is printed if a later image has errors.
class ObjectStream {
 public:
  // `in_memory`: how many bytes to keep there; the others are in a file.
  ObjectStream(OutputFormat format, size_t in_memory)
      : format_(format), spool_(in_memory) {
    if (format_ == OutputFormat::kJson) {
      json_.BeginObject();
      json_.Key("apiVersion");
      json_.String("v1");
      json_.Key("kind");
      json_.String("List");
      json_.Key("items");
      json_.BeginArray();
    }
  }

  template <typename T>
  void Add(const T& object) {
    if (format_ == OutputFormat::kJson) {
      Write(object, json_);
    } else {
      text_ += "---\n";
      YamlWriter yaml(&text_);
      Write(object, yaml);
    }
    if (text_.size() > (1 << 16)) Flush();
  }

  // JSON has no comments: there it is shown to who looks.
  void Comment(const std::string& text) {
    if (format_ == OutputFormat::kJson) {
      absl::StrAppend(&comments_, text, "\n");
    } else {
      absl::StrAppend(&text_, "# ", text, "\n");
    }
  }

  // Returns false if not everything can be printed.
  bool Finish() {
    if (format_ == OutputFormat::kJson) {
      json_.EndArray();
      json_.EndObject();
      text_ += '\n';
    }
    Flush();
    std::cerr << comments_;
    return spool_.CopyTo(std::cout) && std::cout.flush();
  }

 private:
  void Flush() {
    spool_.Append(text_);
    text_.clear();
  }

  const OutputFormat format_;
  Spool spool_;
  std::string text_;
  std::string comments_;  // for stderr
  JsonWriter json_{&text_, /*pretty=*/true};
};

// Why there may be no pod; empty: kaniko builds the image in any case.
std::string WhoElseBuilds(const std::string& key, const config::Image& image) {
  switch (plan::WantedBuilder(image)) {
    case plan::Builder::kCustom:
      return absl::StrCat("image `", key,
                          "`: built on your machine by the command of "
                          "`build.custom`, without a pod");
    case plan::Builder::kDocker:
      return absl::StrCat("image `", key,
                          "`: built by a Docker daemon, without a pod, if "
                          "one answers; otherwise, and with --engine "
                          "kubernetes, as follows");
    case plan::Builder::kKaniko:
      break;
  }
  return "";
}

// The builds of an image: one for each platform, or a single one.
std::vector<plan::ImagePlan*> BuildsOf(plan::ImagePlan& image) {
  if (image.platforms.empty()) return {&image};
  std::vector<plan::ImagePlan*> builds;
  for (const auto& one : image.platforms) builds.push_back(one.get());
  return builds;
}

// A comment tells several of them apart.
void ShowDockerfiles(const plan::Plan& plan) {
  for (const auto& image : plan.images) {
    for (plan::ImagePlan* build : BuildsOf(*image)) {
      if (build->dockerfile == nullptr) continue;
      if (plan.images.size() > 1 || !image->platforms.empty()) {
        std::cout << "# ovenbird: image `" << image->key << "`"
                  << (image->platforms.empty()
                          ? ""
                          : absl::StrCat(" for ",
                                         build->spec.platform->ToString()))
                  << "\n";
      }
      std::cout << build->sent_dockerfile;
    }
  }
}

// Lets the cluster check the objects of each build; shows the verdicts.
class Verifier {
 public:
  Verifier(const Options& options, kube::Client& client, Cancellation& cancel)
      : options_(options), client_(client), cancel_(cancel) {}

  void Try(const std::string& subject, const kube::BuildSpec& spec) {
    const std::string name_space = spec.kaniko->namespace_.empty()
                                       ? client_.access().name_space
                                       : spec.kaniko->namespace_;
    build::DryRunResult tried =
        build::TryToCreate(client_, spec, name_space, cancel_);
    build::ImageResult& result = result_.images.emplace_back();
    result.key = subject;
    if (tried.secret) {
      result.warnings = std::move(tried.secret->warnings);
      result.failure = std::move(tried.secret->failure);
    }
    result.warnings.insert(result.warnings.end(), tried.pod.warnings.begin(),
                           tried.pod.warnings.end());
    if (!result.failure) result.failure = std::move(tried.pod.failure);
    if (result.failure) return;
    accepted_.push_back(absl::StrCat("image `", subject,
                                     "`: the cluster accepts its objects (",
                                     "namespace `", name_space, "`)"));
  }

  // Returns the exit code.
  int End(const report::Mask& mask) {
    HidePasswords(mask, result_);
    ShowDiagnostics(result_, options_);
    ShowFailures(result_, std::cerr);
    for (const std::string& line : accepted_) std::cerr << line << "\n";
    return build::ExitCode(result_);
  }

 private:
  const Options& options_;
  kube::Client& client_;
  Cancellation& cancel_;
  build::RunResult result_;
  std::vector<std::string> accepted_;
};

int Verify(const Options& options, Planned& planned) {
  kube::AccessOptions access_options;
  access_options.context = options.kube_context;
  absl::StatusOr<kube::ClusterAccess> access =
      kube::FindCluster(access_options);
  absl::StatusOr<std::unique_ptr<kube::Client>> client =
      access.ok() ? kube::Client::New(*std::move(access), {}) : access.status();
  if (!client.ok()) {
    ShowError(client.status().message());
    return kExitEnvironment;
  }
  SignalCancellation signals([] { return ""; });
  Verifier verifier(options, **client, signals.cancellation());
  for (const auto& image : planned.plan.images) {
    if (image->builder == plan::Builder::kCustom) continue;
    for (plan::ImagePlan* build : BuildsOf(*image)) {
      verifier.Try(image->platforms.empty()
                       ? image->key
                       : absl::StrCat(image->key, "` for `",
                                      build->spec.platform->ToString()),
                   build->spec);
    }
  }
  return verifier.End(report::Mask(planned.project->passwords));
}

// The objects of images, of one after the other.
class Renderer {
 public:
  explicit Renderer(const Options& options)
      : options_(options),
        // Secrets are not for a disk.
        out_(options.output_format, options.show_secrets
                                        ? std::numeric_limits<size_t>::max()
                                        : kMostInMemory) {}

  // `planned` has the configs of all images.
  void Add(const Planned& planned, plan::ImagePlan& image) {
    if (configs_.empty()) {
      for (const auto& [key, config] : planned.project->config.images) {
        configs_.emplace(key, &config);
      }
    }
    if (std::string comment = WhoElseBuilds(image.key, *configs_.at(image.key));
        !comment.empty()) {
      out_.Comment(comment);
    }
    if (image.builder == plan::Builder::kCustom) return;
    for (plan::ImagePlan* build : BuildsOf(image)) {
      // Rendered output ends up in logs and repositories.
      if (!options_.show_secrets) kube::HideSecrets(build->spec);
      kube::Manifest manifest = kube::MakeManifest(build->spec);
      if (manifest.secret) out_.Add(*manifest.secret);
      out_.Add(manifest.pod);
    }
  }

  // Returns false if not everything can be printed.
  bool Finish() { return out_.Finish(); }

 private:
  static constexpr size_t kMostInMemory = 1 << 20;

  const Options& options_;
  HashMap<absl::string_view, const config::Image*> configs_;
  ObjectStream out_;
};

}  // namespace

int Render(const Options& options) {
  int exit_code = kExitGood;
  Renderer renderer(options);
  const TakePlan take = [&](const Planned& planned, plan::ImagePlan& image) {
    renderer.Add(planned, image);
  };
  // Without plans that are needed later, one is in memory at a time.
  const bool keeps = options.show_dockerfile || options.verify;
  std::unique_ptr<Planned> planned =
      PlanProject(options, exit_code, /*before=*/nullptr, /*cancel=*/nullptr,
                  keeps ? nullptr : take);
  if (planned == nullptr) return exit_code;
  if (options.show_dockerfile) {
    ShowDockerfiles(planned->plan);
    return std::cout.flush() ? kExitGood : kExitEnvironment;
  }
  for (const auto& image : planned->plan.images) {
    renderer.Add(*planned, *image);
  }
  if (!renderer.Finish()) return kExitEnvironment;
  return options.verify ? Verify(options, *planned) : kExitGood;
}

}  // namespace ovenbird::cli
