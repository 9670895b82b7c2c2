#include "runtime/migrate/images.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/config.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/check.h"

namespace ovenbird::migrate {
namespace {

// In lower case, with one `-`, `_` or `.` between letters and digits: valid as
// a key without quotes, and in the name of a repository.
std::string PlainKey(absl::string_view name) {
  std::string key;
  for (const char c : absl::AsciiStrToLower(name)) {
    if (absl::ascii_isalnum(c)) {
      key += c;
    } else if (!key.empty() && absl::ascii_isalnum(key.back())) {
      key += c == '_' || c == '.' ? c : '-';
    }
  }
  while (!key.empty() && !absl::ascii_isalnum(key.back())) key.pop_back();
  return key.empty() ? "image" : key;
}

// URLs, and git repositories without a scheme.
bool IsRemote(absl::string_view context) {
  return absl::StrContains(context, "://") ||
         absl::StartsWith(context, "git@") ||
         absl::StartsWith(context, "github.com/") || context == "-";
}

}  // namespace

std::string Images::Add(absl::string_view name, json::Value image) {
  const std::string key = PlainKey(name);
  std::string free = key;
  for (int i = 2; !images_[free].is_null(); ++i) {
    free = absl::StrCat(key, "-", i);
  }
  images_.Set(free, std::move(image));
  return free;
}

void Images::AddAs(absl::string_view key, json::Value image) {
  images_.Set(key, std::move(image));
}

std::string KeyOf(absl::string_view image) {
  const std::string repository = SplitImage(image).first;
  return repository.substr(repository.rfind('/') + 1);
}

bool SetContext(const yaml::Node& node, Variables& variables, Mapper& image) {
  const std::string context = variables.Convert(node);
  if (IsRemote(context)) {
    image.Lose(node.span(), "context",
               "the image is left out: Ovenbird builds folders of this "
               "machine; clone the repository first");
    return false;
  }
  const std::string clean = CleanPath(context);
  if (clean != ".") {
    image.Set("context", clean);
    image.Set("dockerfile", BelowContext(clean, "Dockerfile"));
  }
  return true;
}

json::Value Finished(Mapper& image) {
  const bool other = !image.Get("build.docker").is_null() ||
                     !image.Get("build.custom").is_null();
  const bool kaniko = !image.Get("build.kaniko").is_null();
  if (kaniko || !other) {
    if (image.Get("build.kaniko.image").is_null()) {
      image.Set("build.kaniko.image", kube::kMaintainedExecutor);
    }
  }
  return image.Take();
}

void SetPlaceholder(const Source& source, absl::string_view name, Span at,
                    Mapper& image) {
  const std::string value = absl::StrCat(
      "registry.example.com/", PlainKey(source.project), "/", PlainKey(name));
  image.Set("image", value);
  source.sink.Handle(diag::MigrateChanged(
      at,
      absl::StrCat("`", name, "` has no name for a registry: `", value,
                   "` is a placeholder"),
      "write the name to push to as `image`"));
}

Mapper NewImage(const Source& source) {
  return Mapper(config::InfoOf(static_cast<const config::Image*>(nullptr)),
                source.variables, source.sink);
}

json::Value Config(Variables& variables, json::Object config) {
  json::Object all;
  json::Value vars = variables.Take();
  if (!vars.items().empty()) all.emplace_back("vars", std::move(vars));
  for (json::Member& member : config) {
    if (member.second.items().empty() && member.second.members().empty()) {
      continue;
    }
    all.push_back(std::move(member));
  }
  return all;
}

}  // namespace ovenbird::migrate
