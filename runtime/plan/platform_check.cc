#include "runtime/plan/platform_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/kube/executor_args.h"

namespace ovenbird::plan {
namespace {

class PlatformCheck {
 public:
  PlatformCheck(const DockerfileRequest& request,
                const dockerfile::Dockerfile& dockerfile,
                const dockerfile::BuildArgs& args, diag::Sink& sink)
      : request_(request), dockerfile_(dockerfile), args_(args), sink_(sink) {}

  void Check(const std::vector<int>& stages, int target,
             const std::vector<OtherBase>& others) {
    const int root = RootStage(dockerfile_, target, args_);
    bool is_other = false;
    for (const OtherBase& other : others) {
      is_other = is_other || other.stage == root;
      if (other.image.empty() || !Rewrites(request_)) {
        ReportIgnoredPlatform(other, other.stage == root);
      } else if (other.stage == root) {
        ReportArchitecture(other.flag, other.platform.architecture);
      }
    }
    const dockerfile::Stage& stage =
        dockerfile_.stages[static_cast<size_t>(root)];
    if (!is_other) {
      ReportForeignBase(stage, HasRunInChain(dockerfile_, stages, root, args_));
    }
    ReportVariant(stage);
  }

 private:
  void Report(Span span, absl::string_view effect, absl::string_view advice) {
    sink_.Handle(diag::KanikoDiffers(
        span, dockerfile::Executor(ExecutorOf(request_)).name(), effect,
        advice));
  }

  void ReportIgnoredPlatform(const OtherBase& other, bool is_root) {
    const bool is_known = !request_.platform.empty();
    // Where the build runs, and what the base image is, may be known then.
    if (!is_known && request_.base_image == nullptr) return;
    const std::string name = other.platform.ToString();
    Report(
        other.flag,
        absl::StrCat("ignores `--platform=", name,
                     "`: the stage starts from the image for ",
                     is_known ? request_.platform : "the platform of its node"),
        request_.is_for_platform || (is_known && !is_root)
            ? "remove the flag, or copy files that are the same on all "
              "platforms"
            : absl::StrCat("set `platforms: [", name, "]` for the image"));
  }

  // The image that is pushed starts from one for another architecture: BuildKit
  // writes that one into an image for no platform in particular. `span`: of
  // what names the image.
  void ReportArchitecture(Span span, absl::string_view architecture) {
    const auto platform = BuildPlatform(request_);
    if (platform && platform->architecture == architecture) return;
    const bool writes_its_own = kube::HasPlatformFlag(ExecutorOf(request_));
    if (writes_its_own && !request_.is_for_platform) {
      Report(span,
             absl::StrCat("writes the architecture of its node into the image, "
                          "not ",
                          architecture),
             absl::StrCat("set `platforms: [linux/", architecture,
                          "]` for the image"));
    } else if (!writes_its_own && request_.is_for_platform) {
      Report(span,
             absl::StrCat("writes the architecture ", architecture,
                          " into the image for ", request_.platform),
             "start from an image for that platform");
    }
  }

  // The same of an image for one platform only. If it has a RUN, the build
  // fails.
  void ReportForeignBase(const dockerfile::Stage& root, bool runs) {
    const auto platform = BuildPlatform(request_);
    if (!platform || runs || root.base.text == "scratch") return;
    const auto base = ImageOfPlatform(
        request_, ImageOfStage(dockerfile_, root, args_), *platform);
    if (base == nullptr || base->is_of_index || base->architecture.empty()) {
      return;
    }
    ReportArchitecture(root.base.span, base->architecture);
  }

  // Executors know no variant: the image has that of the base image.
  void ReportVariant(const dockerfile::Stage& root) {
    if (!request_.is_for_platform) return;
    const Platform platform = *BuildPlatform(request_);
    if (platform.variant.empty()) return;
    if (root.base.text != "scratch") {
      const auto base = ImageOfPlatform(
          request_, ImageOfStage(dockerfile_, root, args_), platform);
      if (base == nullptr || base->variant == platform.variant) return;
    }
    Report(root.base.span,
           absl::StrCat("leaves the variant `", platform.variant,
                        "` out of the image's configuration"),
           "start from an image for that variant");
  }

  const DockerfileRequest& request_;
  const dockerfile::Dockerfile& dockerfile_;
  const dockerfile::BuildArgs& args_;
  diag::Sink& sink_;
};

}  // namespace

void CheckPlatforms(const DockerfileRequest& request,
                    const dockerfile::Dockerfile& dockerfile,
                    const dockerfile::BuildArgs& args,
                    const std::vector<int>& stages, int target,
                    const std::vector<OtherBase>& others, diag::Sink& sink) {
  PlatformCheck(request, dockerfile, args, sink).Check(stages, target, others);
}

}  // namespace ovenbird::plan
