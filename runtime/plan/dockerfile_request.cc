#include "runtime/plan/dockerfile_request.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::plan {

bool Rewrites(const DockerfileRequest& request) {
  return request.rewrite && request.kaniko != nullptr;
}

const std::string& ExecutorOf(const DockerfileRequest& request) {
  return request.executor.empty() ? request.kaniko->image : request.executor;
}

rewrite::FindBaseImage FinderOf(const DockerfileRequest& request,
                                std::map<std::string, std::string>& unread) {
  return [&](absl::string_view image, bool files) {
    BaseQuestion question;
    question.image = std::string(image);
    question.kaniko = request.kaniko;
    question.own_image = request.image->image;
    question.platform = request.platform;
    question.files = files;
    BaseAnswer answer = request.base_image(question);
    if (!answer.problem.ok()) {
      unread.emplace(question.image, answer.problem.message());
    }
    return std::move(answer.image);
  };
}

std::optional<Platform> BuildPlatform(const DockerfileRequest& request) {
  const absl::StatusOr<Platform> platform = ParsePlatform(request.platform);
  return platform.ok() ? std::optional(*platform) : std::nullopt;
}

std::shared_ptr<const rewrite::BaseImage> ImageOfPlatform(
    const DockerfileRequest& request, const std::string& image,
    const Platform& platform) {
  if (request.base_image == nullptr || image.empty()) return nullptr;
  BaseQuestion question;
  question.image = image;
  question.kaniko = request.kaniko;
  question.own_image = request.image->image;
  question.platform = platform.ToString();
  return request.base_image(question).image;
}

}  // namespace ovenbird::plan
