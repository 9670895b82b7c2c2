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

struct BaseQuestion {
  std::string image;
  // What pulls it, and for which image.
  const config::Kaniko* kaniko = nullptr;
  std::string own_image;
  // "linux/amd64"; empty: not known.
  std::string platform;
  // Its files, too.
  bool files = false;
};

struct BaseAnswer {
  // Null: nothing is known.
  std::shared_ptr<const rewrite::BaseImage> image;
  // Why something that was asked for is not known.
  absl::Status problem;
};

using AskBaseImage = std::function<BaseAnswer(const BaseQuestion&)>;

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BASE_QUESTION_H_
