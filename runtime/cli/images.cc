#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/writer.h"
#include "runtime/cli/planning.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/pulled_images.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

// "executor of app, web; base image of app".
std::string Reasons(const plan::PulledImage& image) {
  std::string text;
  const plan::PulledFor* before = nullptr;
  for (const plan::PulledFor& reason : image.reasons) {
    if (before != nullptr && before->reason == reason.reason) {
      absl::StrAppend(&text, ", ", reason.key);
    } else {
      absl::StrAppend(&text, before == nullptr ? "" : "; ",
                      plan::ToString(reason.reason), " of ", reason.key);
    }
    before = &reason;
  }
  if (!image.built_by.empty()) {
    absl::StrAppend(&text, "; built by ", image.built_by);
  }
  return text;
}

std::string ToText(const std::vector<plan::PulledImage>& images) {
  constexpr char kTitle[] = "IMAGE";
  size_t width = sizeof(kTitle) - 1;
  for (const plan::PulledImage& image : images) {
    width = std::max(width, image.name.size());
  }
  const auto line = [width](const std::string& name, const char* digest,
                            const std::string& reasons) {
    return absl::StrCat(name, std::string(width - name.size() + 2, ' '), digest,
                        reasons, "\n");
  };
  std::string text = line(kTitle, "DIGEST  ", "USED AS");
  for (const plan::PulledImage& image : images) {
    text += line(image.name, image.digest.empty() ? "no      " : "yes     ",
                 report::Visible(Reasons(image)));
  }
  return text;
}

void WriteOrNull(const std::string& text, Writer& out) {
  if (text.empty()) {
    out.Null();
  } else {
    out.String(text);
  }
}

void Write(const plan::PulledImage& image, Writer& out) {
  out.BeginObject();
  out.Key("name");
  out.String(image.name);
  out.Key("repository");
  out.String(image.repository);
  out.Key("tag");
  WriteOrNull(image.tag, out);
  out.Key("digest");
  WriteOrNull(image.digest, out);
  out.Key("usedAs");
  out.BeginArray();
  for (const plan::PulledFor& reason : image.reasons) {
    out.BeginObject();
    out.Key("what");
    out.String(plan::ToString(reason.reason));
    out.Key("image");
    out.String(reason.key);
    out.EndObject();
  }
  out.EndArray();
  if (!image.built_by.empty()) {
    out.Key("builtBy");
    out.String(image.built_by);
  }
  out.EndObject();
}

std::string ToJson(const std::vector<plan::PulledImage>& images) {
  std::string text;
  JsonWriter json(&text, /*pretty=*/true);
  json.BeginObject();
  json.Key("images");
  json.BeginArray();
  for (const plan::PulledImage& image : images) Write(image, json);
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

}  // namespace

int Images(const Options& options) {
  int exit_code = kExitGood;
  diag::Collector problems;
  const std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, exit_code);
  if (project == nullptr) return exit_code;
  absl::StatusOr<plan::Plan> plan = plan::Plan();
  if (!problems.has_errors()) plan = PlanOffline(*project, options, problems);
  if (!ShowProblems(problems, project.get(), options)) return kExitUsage;
  if (!plan.ok()) {
    ShowError(plan.status().message());
    return kExitEnvironment;
  }
  for (const auto& image : plan->images) {
    if (image->builder != plan::Builder::kCustom) continue;
    ShowError(absl::StrCat("image `", image->key,
                           "`: the command of `build.custom` pulls its images "
                           "itself, so they are not listed"));
  }
  const std::vector<plan::PulledImage> images = plan::PulledImages(*plan);
  std::cout << (options.json_output ? ToJson(images) : ToText(images))
            << std::flush;
  return std::cout ? kExitGood : kExitEnvironment;
}

}  // namespace ovenbird::cli
