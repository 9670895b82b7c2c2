// Bake: what `docker buildx bake --print` prints, or a docker-bake.json.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/mapping.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::migrate {
namespace {

constexpr absl::string_view kPrint =
    "convert what `docker buildx bake --print` prints, which has it resolved";
constexpr absl::string_view kCache =
    "kaniko keeps layers in the image's repository, or in that of `args: "
    "[--cache-repo=REPOSITORY]`";

constexpr Row kTop[] = {
    {"target", How::kByHand, ""},
    {"variable", How::kByHand, ""},
    {"group", How::kByHand, ""},
    {"function", How::kLost, kPrint},
};

constexpr Row kTarget[] = {
    {"context", How::kByHand, ""},
    {"dockerfile", How::kDockerfile, ""},
    {"dockerfile-inline", How::kLost,
     "write the text to a file, and name it as `dockerfile`"},
    {"args", How::kCopy, "@.options.buildArgs"},
    {"target", How::kCopy, "@.options.target"},
    {"platforms", How::kCopy, "platforms"},
    {"labels", How::kFlagValue, "label"},
    {"no-cache", How::kInverted, "@.cache"},
    {"pull", How::kIgnore, ""},
    {"description", How::kIgnore, ""},
    {"tags", How::kByHand, ""},
    {"secret", How::kByHand, ""},
    {"output", How::kByHand, ""},
    {"inherits", How::kLost, kPrint},
    {"matrix", How::kLost, kPrint},
    {"name", How::kLost, kPrint},
    {"cache-from", How::kLost, kCache},
    {"cache-to", How::kLost, kCache},
    {"contexts", How::kLost,
     "copy the files into the context, or start `FROM` the other image's name"},
    {"ssh", How::kLost,
     "kaniko has no SSH agent: use `secrets` under `options` and `RUN "
     "--mount=type=secret`"},
    {"network", How::kLost,
     "RUN instructions use the network of the build pod"},
    {"attest", How::kLost, "kaniko writes no attestations"},
    {"annotations", How::kLost, "kaniko writes labels only: use `LABEL`"},
    {"extra-hosts", How::kLost, "RUN instructions use the DNS of the cluster"},
    {"entitlements", How::kLost,
     "kaniko runs RUN instructions without privileges"},
    {"no-cache-filter", How::kLost, "`--no-cache` applies to all stages"},
    {"call", How::kLost, "use `ovenbird validate` to check the Dockerfile"},
    {"shm-size", How::kLost, "kaniko has no such option"},
    {"ulimits", How::kLost, "kaniko has no such option"},
};

// "id=token,env=TOKEN", or the same as an object.
std::map<std::string, std::string> PartsOf(const yaml::Node& item) {
  std::map<std::string, std::string> parts;
  for (const yaml::Entry& entry : item.entries()) {
    parts.emplace(entry.key(), entry.value()->scalar());
  }
  for (const absl::string_view part :
       absl::StrSplit(item.scalar(), ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    parts.insert(pair);
  }
  return parts;
}

void AddSecret(const yaml::Node& item, Mapper& image) {
  std::map<std::string, std::string> parts = PartsOf(item);
  json::Value secret;
  secret.Set("id", parts["id"]);
  const std::string& file =
      parts["src"].empty() ? parts["source"] : parts["src"];
  if (!file.empty()) {
    secret.Set("file", file);
  } else {
    secret.Set("env", parts["env"].empty() ? parts["id"] : parts["env"]);
  }
  image.Append("@.options.secrets", std::move(secret));
}

// Ovenbird pushes; all else is lost.
void CheckOutput(const yaml::Node& item, Mapper& image) {
  std::map<std::string, std::string> parts = PartsOf(item);
  const bool pushes = parts["type"] == "registry" || parts["type"] == "image";
  if (pushes && parts["push"] != "false") return;
  image.Lose(item.span(), "output",
             "images are pushed; `ovenbird build --output FILE.tar` saves one "
             "instead, and `--skip-push` only builds");
}

const yaml::Node* Below(const yaml::Node& root, const char* object,
                        absl::string_view name) {
  const yaml::Node* all = root.Find(object);
  return all == nullptr ? nullptr : all->Find(name);
}

// Appends the targets that a group or a target needs.
void AppendNeeded(const yaml::Node& root, absl::string_view name,
                  std::vector<std::string>& names) {
  const yaml::Node* group = Below(root, "group", name);
  const yaml::Node* list = group == nullptr ? nullptr : group->Find("targets");
  if (list != nullptr) {
    for (const yaml::Node* item : list->items()) {
      names.emplace_back(item->scalar());
    }
  }
  const yaml::Node* target = Below(root, "target", name);
  const yaml::Node* contexts =
      target == nullptr ? nullptr : target->Find("contexts");
  if (contexts == nullptr) return;
  for (const yaml::Entry& entry : contexts->entries()) {
    absl::string_view other = entry.value()->scalar();
    if (absl::ConsumePrefix(&other, "target:")) names.emplace_back(other);
  }
}

// Returns the groups and targets that are built if the command names none;
// empty if the file does not say which these are.
std::set<std::string> BuiltByDefault(const yaml::Node& root) {
  std::set<std::string> built;
  if (Below(root, "group", "default") == nullptr &&
      Below(root, "target", "default") == nullptr) {
    return built;
  }
  std::vector<std::string> names = {"default"};
  while (!names.empty()) {
    const std::string name = std::move(names.back());
    names.pop_back();
    if (built.insert(name).second) AppendNeeded(root, name, names);
  }
  return built;
}

void AddTarget(const Source& source, const yaml::Entry& entry, Images& images) {
  const yaml::Node& target = *entry.value();
  Mapper image = NewImage(source);
  const yaml::Node* context = target.Find("context");
  if (context != nullptr && !SetContext(*context, source.variables, image)) {
    return;
  }
  const yaml::Node* tags = target.Find("tags");
  if (tags != nullptr) {
    for (const yaml::Node* tag : tags->items()) image.AddName(*tag);
  }
  if (image.Get("image").is_null()) {
    SetPlaceholder(source, entry.key(), entry.key_span(), image);
  }
  image.Apply(target, kTarget);
  if (const yaml::Node* secrets = target.Find("secret")) {
    for (const yaml::Node* secret : secrets->items()) AddSecret(*secret, image);
  }
  if (const yaml::Node* output = target.Find("output")) {
    if (output->is_scalar()) CheckOutput(*output, image);
    for (const yaml::Node* item : output->items()) CheckOutput(*item, image);
  }
  images.Add(entry.key(), Finished(image));
}

// Variables are those of a docker-bake.json; --print has their values.
void DeclareVariables(const Source& source) {
  const yaml::Node* variables = source.root.Find("variable");
  if (variables == nullptr) return;
  for (const yaml::Entry& entry : variables->entries()) {
    const yaml::Node* value = entry.value()->Find("default");
    source.variables.Declare(
        entry.key(), value == nullptr
                         ? std::nullopt
                         : std::make_optional(yaml::ScalarText(*value)));
  }
}

}  // namespace

json::Value FromBake(const Source& source) {
  Mapper top = NewImage(source);
  top.Apply(source.root, kTop);
  DeclareVariables(source);
  Images images;
  const std::set<std::string> built = BuiltByDefault(source.root);
  for (const yaml::Entry& entry : source.root.Find("target")->entries()) {
    const std::string name(entry.key());
    // Groups name what a matrix makes, not the target.
    if (!built.empty() && built.count(name) == 0 &&
        entry.value()->Find("matrix") == nullptr) {
      top.Lose(entry.key_span(), name,
               absl::StrCat("the image is left out, because bake does not "
                            "build it by default; convert what `docker buildx "
                            "bake --print ",
                            name, "` prints"));
      continue;
    }
    AddTarget(source, entry, images);
  }
  return Config(source.variables, {{"images", images.Take()}});
}

}  // namespace ovenbird::migrate
