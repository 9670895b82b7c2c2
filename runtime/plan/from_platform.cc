#include "runtime/plan/from_platform.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

bool HasRun(const dockerfile::Stage& stage) {
  return std::any_of(
      stage.instructions.begin(), stage.instructions.end(),
      [](const dockerfile::Instruction& one) {
        return one.keyword == "RUN" ||
               (!one.trigger.empty() && one.trigger[0].keyword == "RUN");
      });
}

class Finder {
 public:
  Finder(const dockerfile::Dockerfile& dockerfile,
         const dockerfile::BuildArgs& args)
      : dockerfile_(dockerfile), global_(&args, dockerfile.escape) {
    for (const dockerfile::Instruction& arg : dockerfile.global_args) {
      global_.AddGlobal(arg, [](const auto&, const auto&) {});
    }
  }

  const dockerfile::Stage& StageAt(int index) const {
    return dockerfile_.stages[static_cast<size_t>(index)];
  }

  // Returns the stage that this one starts from; -1: an image.
  int BaseOf(int index) const {
    const std::string base =
        global_.ExpandGlobal(StageAt(index).base.text).text;
    for (int above = index - 1; !base.empty() && above >= 0; --above) {
      if (absl::EqualsIgnoreCase(StageAt(above).name, base)) return above;
    }
    return -1;
  }

  int RootOf(int index) const {
    for (int base = 0; (base = BaseOf(index)) >= 0;) index = base;
    return index;
  }

  bool HasRunInChain(const std::vector<int>& stages, int root) const {
    return std::any_of(stages.begin(), stages.end(), [&](int stage) {
      return RootOf(stage) == root && HasRun(StageAt(stage));
    });
  }

  // Returns the platform that FROM of a stage names; nullopt: none, or none
  // that makes a difference.
  std::optional<Platform> PlatformOf(int index) const {
    const dockerfile::Stage& stage = StageAt(index);
    const dockerfile::Flag* flag = stage.from.FindFlag("platform");
    if (flag == nullptr || stage.base.text == "scratch" || BaseOf(index) >= 0) {
      return std::nullopt;
    }
    const dockerfile::Expanded value =
        global_.ExpandGlobal(flag->value.value_or(""));
    const absl::StatusOr<Platform> named = ParsePlatform(value.text);
    if (!value.IsKnown() || !named.ok()) return std::nullopt;
    return *named;
  }

  // Returns the name of the image that a stage starts from; empty: unknown.
  std::string ImageOf(int index) const {
    const dockerfile::Expanded base =
        global_.ExpandGlobal(StageAt(index).base.text);
    return base.IsKnown() ? base.text : "";
  }

 private:
  const dockerfile::Dockerfile& dockerfile_;
  dockerfile::Scope global_;
};

bool HasRunTrigger(const rewrite::BaseImage& image) {
  return std::any_of(image.onbuild.begin(), image.onbuild.end(),
                     [](const std::string& trigger) {
                       return absl::StartsWithIgnoreCase(trigger, "RUN");
                     });
}

std::string ByDigest(const std::string& name, const std::string& digest) {
  absl::StatusOr<registry::Reference> reference =
      registry::ParseReference(name);
  if (!reference.ok() || digest.empty()) return "";
  reference->tag.clear();
  reference->digest = digest;
  return reference->Familiar();
}

}  // namespace

std::vector<OtherBase> FindOtherBases(const dockerfile::Dockerfile& dockerfile,
                                      const std::vector<int>& stages,
                                      const dockerfile::BuildArgs& args,
                                      const std::optional<Platform>& platform,
                                      const FindImageOfPlatform& find) {
  const Finder finder(dockerfile, args);
  std::vector<OtherBase> others;
  for (const int index : stages) {
    const std::optional<Platform> named = finder.PlatformOf(index);
    if (!named || named == platform) continue;
    const std::string name = finder.ImageOf(index);
    const auto image = name.empty() ? nullptr : find(name, *named);
    if (image != nullptr && !image->is_of_index) continue;
    OtherBase other;
    other.stage = index;
    other.flag = finder.StageAt(index).from.FindFlag("platform")->span;
    other.platform = *named;
    const bool can_run = platform && platform->os == named->os &&
                         platform->architecture == named->architecture;
    const bool runs = finder.HasRunInChain(stages, index);
    if (image != nullptr && (can_run || !(runs || HasRunTrigger(*image)))) {
      other.image = ByDigest(name, image->digest);
    }
    others.push_back(std::move(other));
  }
  return others;
}

std::string ImageOfStage(const dockerfile::Dockerfile& dockerfile,
                         const dockerfile::Stage& stage,
                         const dockerfile::BuildArgs& args) {
  return Finder(dockerfile, args).ImageOf(stage.index);
}

bool HasRunInChain(const dockerfile::Dockerfile& dockerfile,
                   const std::vector<int>& stages, int root,
                   const dockerfile::BuildArgs& args) {
  return Finder(dockerfile, args).HasRunInChain(stages, root);
}

int RootStage(const dockerfile::Dockerfile& dockerfile, int stage,
              const dockerfile::BuildArgs& args) {
  return Finder(dockerfile, args).RootOf(stage);
}

}  // namespace ovenbird::plan
