#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/writer.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/hide_secrets.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/builder.h"

namespace ovenbird::cli {
namespace {

// Objects one after the other, as the format wants them.
class ObjectStream {
 public:
  explicit ObjectStream(OutputFormat format) : format_(format) {
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
      std::cerr << text << "\n";
    } else {
      absl::StrAppend(&text_, "# ", text, "\n");
    }
  }

  void Finish() {
    if (format_ == OutputFormat::kJson) {
      json_.EndArray();
      json_.EndObject();
      text_ += '\n';
    }
    Flush();
    std::cout << std::flush;
  }

 private:
  void Flush() {
    std::cout << text_;
    text_.clear();
  }

  const OutputFormat format_;
  std::string text_;
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

}  // namespace

int Render(const Options& options) {
  int exit_code = kExitGood;
  std::unique_ptr<Planned> planned = PlanProject(options, exit_code);
  if (planned == nullptr) return exit_code;
  if (options.show_dockerfile) {
    ShowDockerfiles(planned->plan);
    return std::cout.flush() ? kExitGood : kExitEnvironment;
  }
  ObjectStream out(options.output_format);
  absl::flat_hash_map<absl::string_view, const config::Image*> configs;
  for (const auto& [key, image] : planned->project->config.images) {
    configs.emplace(key, &image);
  }
  for (const auto& image : planned->plan.images) {
    if (std::string comment =
            WhoElseBuilds(image->key, *configs.at(image->key));
        !comment.empty()) {
      out.Comment(comment);
    }
    if (image->builder == plan::Builder::kCustom) continue;
    for (plan::ImagePlan* build : BuildsOf(*image)) {
      // Rendered output ends up in logs and repositories.
      if (!options.show_secrets) kube::HideSecrets(build->spec);
      kube::Manifest manifest = kube::MakeManifest(build->spec);
      if (manifest.secret) out.Add(*manifest.secret);
      out.Add(manifest.pod);
    }
  }
  out.Finish();
  return std::cout ? kExitGood : kExitEnvironment;
}

}  // namespace ovenbird::cli
