#include "runtime/plan/from_platform.h"

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::plan {
namespace {

// Such a stage has the platform of that stage.
bool StartsFromStage(const dockerfile::Dockerfile& dockerfile,
                     const dockerfile::Stage& stage,
                     const dockerfile::Scope& global) {
  const std::string base = global.ExpandGlobal(stage.base.text).text;
  for (int above = 0; above < stage.index; ++above) {
    if (absl::EqualsIgnoreCase(
            dockerfile.stages[static_cast<size_t>(above)].name, base)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void ReportOtherPlatforms(const dockerfile::Dockerfile& dockerfile,
                          const std::vector<int>& stages,
                          const dockerfile::BuildArgs& args,
                          const Platform& platform, absl::string_view executor,
                          diag::Sink& sink) {
  dockerfile::Scope global(&args, dockerfile.escape);
  for (const dockerfile::Instruction& arg : dockerfile.global_args) {
    global.AddGlobal(arg, [](const auto&, const auto&) {});
  }
  for (const int index : stages) {
    const dockerfile::Stage& stage =
        dockerfile.stages[static_cast<size_t>(index)];
    const dockerfile::Flag* flag = stage.from.FindFlag("platform");
    if (flag == nullptr || StartsFromStage(dockerfile, stage, global)) continue;
    const dockerfile::Expanded value =
        global.ExpandGlobal(flag->value.value_or(""));
    const absl::StatusOr<Platform> named = ParsePlatform(value.text);
    if (!value.IsKnown() || !named.ok() || *named == platform) continue;
    sink.Handle(diag::KanikoDiffers(
        flag->span, executor,
        absl::StrCat("ignores `--platform=", value.text,
                     "`: the stage starts from the image for ",
                     platform.ToString()),
        "remove the flag, or copy files that are the same on all platforms"));
  }
}

}  // namespace ovenbird::plan
