#include "runtime/dockerfile/stage_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/suggest.h"
#include "runtime/config/format.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/official_images.h"
#include "runtime/dockerfile/value_check.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {

bool HasHole(absl::string_view image) {
  if (image.empty()) return true;
  constexpr absl::string_view kMarks = ":/@-.";
  if (absl::StrContains(kMarks, image.front()) ||
      absl::StrContains(kMarks, image.back())) {
    return true;
  }
  for (absl::string_view hole : {"//", "/:", ":-", ":.", "/-", "::", "@:"}) {
    if (absl::StrContains(image, hole)) return true;
  }
  return false;
}

void StageCheck::CheckStage(const Stage& stage, const Scope& global) const {
  CheckBase(stage, global);
  for (const Instruction& instruction : stage.instructions) {
    for (const Reference& reference : ReferencesOf(instruction)) {
      CheckReference(stage, reference);
    }
  }
}

void StageCheck::CheckBase(const Stage& stage, const Scope& global) const {
  if (stage.base.text.empty()) return;  // The parser has said so.
  const Expanded base = global.ExpandGlobal(stage.base.text);
  if (!base.error.empty()) {
    return ReportExpansion(stage.base.span, base, sink_);
  }
  if (HasHole(base.text) && absl::StrContains(stage.base.text, '$') &&
      !base.known_size.has_value()) {
    const std::string name =
        base.unknown.empty() ? stage.base.text : base.unknown;
    sink_.Handle(diag::DockerfileEmptyBase(
        stage.base.span, name,
        base.unknown.empty()
            ? std::string("set the build argument, or give ARG a default")
            : absl::StrCat("declare it above the first FROM: `ARG ", name,
                           "=...`")));
  } else if (base.text != kScratch &&
             names_.Above(base.text, stage.index) < 0) {
    CheckImageName(
        absl::StrReplaceAll(base.text, {{std::string(1, kExecutorsOwn), "x"}}),
        stage.base.span);
    if (!absl::StrContains(stage.base.text, '$')) {
      CheckTypo(stage, base.text, stage.base.span);
    }
  }
  CheckPlatform(stage, global);
}

void StageCheck::CheckPlatform(const Stage& stage, const Scope& global) const {
  const Flag* platform = stage.from.FindFlag("platform");
  if (platform == nullptr || platform->value.value_or("").empty()) return;
  const Expanded value = global.ExpandGlobal(*platform->value);
  if (!value.error.empty()) {
    return ReportExpansion(platform->span, value, sink_);
  }
  if (value.known_size.has_value()) return;
  const std::string problem = PlatformProblem(value.text);
  if (problem.empty()) return;
  sink_.Handle(diag::DockerfileValue(platform->span, "platform", problem,
                                     "write `--platform=linux/amd64`"));
}

void StageCheck::CheckImageName(absl::string_view image, Span span) const {
  const std::string problem =
      config::FormatProblem(config::Format::kImageReference, image);
  if (problem.empty()) return;
  sink_.Handle(diag::DockerfileValue(
      span, absl::StrCat("image `", image, "`"), problem,
      config::FormatAdvice(config::Format::kImageReference)));
}

void StageCheck::CheckTypo(const Stage& stage, absl::string_view image,
                           Span span) const {
  // Nobody writes these by mistake for a stage; an invalid name has an error.
  if (image.find_first_of(":/@.") != image.npos || IsOfficialImage(image) ||
      !config::FormatProblem(config::Format::kImageReference, image).empty()) {
    return;
  }
  std::vector<absl::string_view> names;
  for (const Stage& other : dockerfile_.stages) {
    if (other.index >= stage.index) break;
    if (!other.name.empty()) names.push_back(other.name);
  }
  absl::string_view best = Suggest(image, names);
  for (size_t i = 0; best.empty() && i < names.size(); ++i) {
    // `build` for `builder`, and the other way round.
    if (std::min(image.size(), names[i].size()) >= 4 &&
        (absl::StartsWith(names[i], image) ||
         absl::StartsWith(image, names[i]))) {
      best = names[i];
    }
  }
  if (best.empty()) return;
  diag::Diagnostic typo = diag::DockerfileLaterStage(
      span, image, absl::StrCat("did you mean `", best, "`?"));
  // A build can succeed with such an image.
  typo.severity = diag::Severity::kWarning;
  typo.help = absl::StrCat("write `", best, "` for the stage, or `", image,
                           ":latest` for an image");
  sink_.Handle(std::move(typo));
}

void StageCheck::CheckReference(const Stage& stage,
                                const Reference& reference) const {
  int number = 0;
  const Scope none(&build_args_, dockerfile_.escape);
  if (reference.is_copy) {
    const Expanded plain = none.Expand(reference.text);
    if (!plain.error.empty()) {
      return ReportExpansion(reference.span, plain, sink_);
    }
    if (plain.text != reference.text) {
      sink_.Handle(diag::DockerfileValue(
          reference.span, "flag `--from`", "it cannot have variables",
          "add a stage `FROM IMAGE AS NAME` and copy from that"));
      return;
    }
  }
  const int other = names_.Of(reference);
  if (other < 0) {
    if (reference.is_copy && absl::SimpleAtoi(reference.text, &number)) {
      sink_.Handle(
          diag::DockerfileLaterStage(reference.span, reference.text, ""));
    } else if (reference.text != kScratch) {
      CheckImageName(reference.text, reference.span);
      CheckTypo(stage, reference.text, reference.span);
    }
  } else if (other >= stage.index && names_.Reaches(other, stage.index)) {
    sink_.Handle(diag::DockerfileLaterStage(reference.span, reference.text,
                                            other == stage.index
                                                ? "this is the stage itself"
                                                : "that stage needs this one"));
  }
}

}  // namespace ovenbird::dockerfile
