#include "runtime/plan/select_images.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::plan {
namespace {

// Reports a name that no image has.
void ReportUnknown(const config::Config& config, const std::string& name,
                   diag::Sink& sink) {
  std::vector<std::string> keys;
  for (const auto& [key, image] : config.images) {
    if (key == name) return;
    keys.push_back(key);
  }
  sink.Handle(
      diag::UnknownImage({}, name, DidYouMean(name, keys),
                         keys.empty() ? "(none)" : absl::StrJoin(keys, ", ")));
}

}  // namespace

std::vector<std::string> KeysOf(const std::vector<const KeyedImage*>& images) {
  std::vector<std::string> keys;
  keys.reserve(images.size());
  for (const KeyedImage* image : images) keys.push_back(image->first);
  return keys;
}

std::vector<const KeyedImage*> SelectImages(
    const config::Config& config, const std::vector<std::string>& names,
    diag::Sink& sink) {
  std::vector<const KeyedImage*> selected;
  for (const KeyedImage& keyed : config.images) {
    const auto& [key, image] = keyed;
    if (image.build && image.build->disabled) continue;
    if (names.empty() ||
        std::find(names.begin(), names.end(), key) != names.end()) {
      selected.push_back(&keyed);
    }
  }
  for (const std::string& name : names) ReportUnknown(config, name, sink);
  return selected;
}

}  // namespace ovenbird::plan
