#include "runtime/plan/registry_triggers.h"

#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/secret_mounts.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {
namespace {

// Calls `use` with each base image that a registry has. Those that cannot be
// read are left out: whatever they would have explained is reported.
void ForEachBase(const DockerfileRequest& request,
                 const std::vector<dockerfile::BaseImage>& images,
                 absl::FunctionRef<void(const dockerfile::BaseImage&,
                                        const rewrite::BaseImage&)>
                     use) {
  if (request.base_image == nullptr || !request.kaniko) return;
  std::map<std::string, std::string> unread;
  const rewrite::FindBaseImage find = FinderOf(request, unread);
  for (const dockerfile::BaseImage& image : images) {
    if (!image.is_base) continue;
    const auto base = find(image.image, /*files=*/false);
    if (base != nullptr) use(image, *base);
  }
}

}  // namespace

void AddTriggerArgs(const DockerfileRequest& request,
                    const dockerfile::Dockerfile& dockerfile,
                    const dockerfile::BuildArgs& given,
                    const std::vector<dockerfile::BaseImage>& images,
                    std::set<std::string>& names) {
  if (dockerfile::UndeclaredArgs(dockerfile, given).empty()) return;
  ForEachBase(
      request, images,
      [&](const dockerfile::BaseImage&, const rewrite::BaseImage& base) {
        for (const std::string& trigger : base.onbuild) {
          const std::vector<std::string> words = absl::StrSplit(
              trigger, absl::ByAnyChar(" \t"), absl::SkipEmpty());
          if (words.empty() || !absl::EqualsIgnoreCase(words[0], "ARG")) {
            continue;
          }
          for (size_t i = 1; i < words.size(); ++i) {
            names.insert(words[i].substr(0, words[i].find('=')));
          }
        }
      });
}

void AddTriggerSecrets(const DockerfileRequest& request,
                       const std::vector<dockerfile::BaseImage>& images,
                       AskedSecrets& asked) {
  if (absl::c_all_of(request.secrets, [&](const GivenSecret& given) {
        return asked.MayAskFor(given.secret.id);
      })) {
    return;
  }
  ForEachBase(
      request, images,
      [&](const dockerfile::BaseImage& image, const rewrite::BaseImage& base) {
        const SourceFile triggers(
            "ONBUILD", absl::StrCat("FROM scratch\n",
                                    absl::StrJoin(base.onbuild, "\n"), "\n"));
        diag::Collector ignored;
        for (dockerfile::SecretMount& mount :
             dockerfile::SecretMounts(dockerfile::Parse(triggers, ignored))) {
          mount.span = image.span;
          mount.stage = image.stage;
          asked.mounts.push_back(std::move(mount));
        }
      });
}

std::function<std::optional<std::vector<std::string>>(absl::string_view)>
TriggerFinder(const DockerfileRequest& request,
              const dockerfile::Dockerfile& dockerfile,
              const dockerfile::ResolveOptions& options) {
  // A single stage is needed in any case.
  if (request.base_image == nullptr || !Rewrites(request) ||
      options.target == 0) {
    return options.onbuild;
  }
  diag::Collector ignored;
  const size_t needed =
      dockerfile::Resolve(dockerfile, options, ignored).stages.size();
  if (needed > static_cast<size_t>(options.target)) return options.onbuild;
  return [&request](absl::string_view image)
             -> std::optional<std::vector<std::string>> {
    std::optional<std::vector<std::string>> own;
    if (request.onbuild) own = request.onbuild(image);
    if (own && !own->empty()) return own;
    std::map<std::string, std::string> unread;  // Rules that need it say so.
    const auto base = FinderOf(request, unread)(image, /*files=*/false);
    return base == nullptr ? own : base->onbuild;
  };
}

bool BaseMayRun(const DockerfileRequest& request,
                const std::vector<dockerfile::BaseImage>& images) {
  if (!request.is_for_platform) return false;
  bool runs = false;
  ForEachBase(
      request, images,
      [&](const dockerfile::BaseImage&, const rewrite::BaseImage& base) {
        for (const std::string& trigger : base.onbuild) {
          runs = runs || absl::StartsWithIgnoreCase(trigger, "RUN");
        }
      });
  return runs;
}

}  // namespace ovenbird::plan
