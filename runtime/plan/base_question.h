// A question about the image that a Dockerfile starts from.
#ifndef OVENBIRD_RUNTIME_PLAN_BASE_QUESTION_H_
#define OVENBIRD_RUNTIME_PLAN_BASE_QUESTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "runtime/config/config.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {

// What to find out about an image, and for which build.
struct BaseQuestion {
  std::string image;
  // The kaniko object of the image that is built (`own_image`). A Dockerfile's
  // plan leaves both to the function that it asks.
  const config::Kaniko* kaniko = nullptr;
  std::string own_image;
  // The platform on which kaniko runs, e.g. "linux/amd64"; empty: unknown.
  std::string platform;
  // Asks for its files, too.
  bool files = false;
};

// The answer to a BaseQuestion.
struct BaseAnswer {
  // Null: nothing is known.
  std::shared_ptr<const rewrite::BaseImage> image;
  // Why a part of the answer is unknown.
  absl::Status problem;
};

using AskBaseImage = std::function<BaseAnswer(const BaseQuestion&)>;

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BASE_QUESTION_H_
