#include "runtime/rewrite/context_copy.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {

using dockerfile::Instruction;

namespace {

// As in StageState::PathOf, over the base image's WORKDIR, too.
std::optional<std::string> TargetOf(const Site& site, const Instruction& copy) {
  const std::string& text = copy.words.back().text;
  if (auto path = site.before.PathOf(text)) return path;
  const auto& changes = site.before.changes;
  const bool moved = std::any_of(changes.begin(), changes.end(),
                                 [](const StageChange& change) {
                                   return change.kind == StageChange::kWorkdir;
                                 });
  const auto value = KnownValue(site.before.scope, text);
  const auto base = moved || !value ? nullptr : site.Base();
  if (base == nullptr) return std::nullopt;
  return CleanPath(absl::StrCat("/", base->working_dir, "/", *value));
}

}  // namespace

std::vector<ContextSource> ContextSourcesOf(const Site& site,
                                            const Instruction& copy) {
  std::vector<ContextSource> sources;
  if (copy.FindFlag("from") != nullptr || !copy.heredocs.empty()) {
    return sources;
  }
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto text = KnownValue(site.before.scope, copy.words[i].text);
    if (!text || IsRemote(*text)) continue;
    sources.push_back({CleanPath(absl::StrCat("/", *text)), &copy.words[i]});
  }
  return sources;
}

std::optional<std::string> ArrivalOf(const Site& site, const Instruction& copy,
                                     const ContextSource& source,
                                     const std::string& path) {
  if (copy.FindFlag("parents") != nullptr) return std::nullopt;
  auto target = TargetOf(site, copy);
  auto below = Below(source.path, path);
  if (!target || !below) return std::nullopt;
  // A file that a wildcard matches keeps its name.
  if (below->empty()) below = path.substr(path.rfind('/') + 1);
  if (*target == "/") target->clear();
  return absl::StrCat(*target, "/", *below);
}

}  // namespace ovenbird::rewrite
