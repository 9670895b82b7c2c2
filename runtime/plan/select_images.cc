#include "runtime/plan/select_images.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "runtime/base/source_file.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/node.h"

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

void CheckForImages(const config::Loaded& project,
                    const std::vector<std::string>& names, diag::Sink& sink) {
  diag::Collector unknown;
  if (!SelectImages(project.config, names, unknown).empty() ||
      unknown.has_errors()) {
    return;
  }
  const yaml::Entry* images =
      project.root == nullptr ? nullptr : project.root->FindEntry("images");
  diag::Diagnostic none = diag::NoImages(
      images == nullptr ? Span{&project.file, 0, 0} : images->key_span());
  none.help =
      project.config.images.empty()
          ? "add one: `images: {app: {image: registry.example.com/app}}`"
          : "all images are disabled: remove `disabled: true` under "
            "`build` of one";
  sink.Handle(std::move(none));
}

}  // namespace ovenbird::plan
