// Compose: `build` of the services.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/mapping.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::migrate {
namespace {

constexpr absl::string_view kExtends =
    "convert what `docker compose config` prints, which has it resolved";

constexpr Row kTop[] = {
    {"services", How::kByHand, ""},
    {"name", How::kByHand, ""},
    {"version", How::kIgnore, ""},
    {"secrets", How::kByHand, ""},
    {"include", How::kLost, "convert the files that it names, too"},
};

constexpr Row kService[] = {
    {"build", How::kByHand, ""},
    {"image", How::kByHand, ""},
    {"platform", How::kByHand, ""},
    {"pull_policy", How::kIgnore, ""},
    {"extends", How::kLost, kExtends},
    {"profiles", How::kLost,
     "all images are built; name those to build: `ovenbird build NAME`"},
};

constexpr Row kBuild[] = {
    {"context", How::kByHand, ""},
    {"dockerfile", How::kDockerfile, ""},
    {"dockerfile_inline", How::kLost,
     "write the text to a file, and name it as `dockerfile`"},
    {"args", How::kCopy, "@.options.buildArgs"},
    {"target", How::kCopy, "@.options.target"},
    {"platforms", How::kCopy, "platforms"},
    {"labels", How::kFlagValue, "label"},
    {"no_cache", How::kInverted, "@.cache"},
    {"pull", How::kIgnore, ""},
    {"tags", How::kByHand, ""},
    {"secrets", How::kByHand, ""},
    {"cache_from", How::kLost,
     "kaniko keeps layers in the image's repository, or in that of `args: "
     "[--cache-repo=REPOSITORY]`"},
    {"cache_to", How::kLost,
     "kaniko keeps layers in the image's repository, or in that of `args: "
     "[--cache-repo=REPOSITORY]`"},
    {"ssh", How::kLost,
     "kaniko has no SSH agent: use `secrets` under `options` and `RUN "
     "--mount=type=secret`"},
    {"network", How::kLost,
     "RUN instructions use the network of the build pod"},
    {"additional_contexts", How::kLost,
     "copy the files into the context, or use `COPY --from=IMAGE`"},
    {"extra_hosts", How::kLost, "RUN instructions use the DNS of the cluster"},
    {"shm_size", How::kLost, "kaniko has no such option"},
    {"ulimits", How::kLost, "kaniko has no such option"},
    {"isolation", How::kLost, "kaniko has no such option"},
    {"privileged", How::kLost,
     "kaniko runs RUN instructions without privileges"},
    {"entitlements", How::kLost,
     "kaniko runs RUN instructions without privileges"},
    {"provenance", How::kLost, "kaniko writes no attestations"},
    {"sbom", How::kLost, "kaniko writes no attestations"},
};

// The source of a secret at the top of the file.
json::Value SecretSource(const Source& source, absl::string_view name) {
  json::Value secret;
  const yaml::Node* all = source.root.Find("secrets");
  const yaml::Node* found = all == nullptr ? nullptr : all->Find(name);
  if (found == nullptr) return secret;
  if (const yaml::Node* file = found->Find("file")) {
    secret.Set("file", source.variables.Convert(*file));
  } else if (const yaml::Node* env = found->Find("environment")) {
    secret.Set("env", source.variables.Convert(*env));
  }
  return secret;
}

// A name, or an object with `source` and `target`.
void AddSecret(const Source& source, const yaml::Node& item, Mapper& image) {
  const yaml::Node* from = item.is_scalar() ? &item : item.Find("source");
  if (from == nullptr) return;
  const yaml::Node* target = item.Find("target");
  json::Value secret;
  secret.Set("id", target != nullptr ? target->scalar() : from->scalar());
  const json::Value where = SecretSource(source, from->scalar());
  if (where.members().empty()) {
    return image.Lose(from->span(), from->scalar(),
                      "pass it with `ovenbird build --secret "
                      "id=ID,src=FILE`");
  }
  for (const json::Member& member : where.members()) {
    secret.Set(member.first, member.second);
  }
  image.Append("@.options.secrets", std::move(secret));
  for (const yaml::Entry& entry : item.entries()) {
    if (entry.key() == "source" || entry.key() == "target") continue;
    image.Lose(entry.key_span(), absl::StrCat("secrets.", entry.key()),
               "Ovenbird has no such option: copy the file in the RUN "
               "instruction if it needs another owner or mode");
  }
}

void AddLongForm(const Source& source, const yaml::Node& build, Mapper& image) {
  image.Apply(build, kBuild);
  if (const yaml::Node* tags = build.Find("tags")) {
    for (const yaml::Node* tag : tags->items()) image.AddName(*tag);
  }
  if (const yaml::Node* secrets = build.Find("secrets")) {
    for (const yaml::Node* secret : secrets->items()) {
      AddSecret(source, *secret, image);
    }
  }
}

void AddService(const Source& source, const yaml::Entry& entry,
                Images& images) {
  const yaml::Node& service = *entry.value();
  Mapper image = NewImage(source);
  image.otherwise = How::kNoBuild;
  image.Apply(service, kService);
  image.otherwise = How::kLost;
  const yaml::Node& build = *service.Find("build");
  const yaml::Node* context =
      build.is_scalar() ? &build : build.Find("context");
  if (context != nullptr && !SetContext(*context, source.variables, image)) {
    return;
  }
  const yaml::Node* name = service.Find("image");
  const yaml::Node* tags = build.Find("tags");
  if (name != nullptr) {
    image.AddName(*name);
  } else if (tags == nullptr || tags->items().empty()) {
    SetPlaceholder(source, entry.key(), entry.key_span(), image);
  }
  if (build.is_mapping()) AddLongForm(source, build, image);
  const yaml::Node* platform = service.Find("platform");
  if (platform != nullptr && image.Get("platforms").is_null()) {
    image.Copy("platforms", *platform);
  }
  images.Add(entry.key(), Finished(image));
}

}  // namespace

json::Value FromCompose(const Source& source) {
  Source here{source.root, source.project, source.variables, source.sink};
  if (const yaml::Node* name = source.root.Find("name")) {
    here.project = std::string(name->scalar());
  }
  Mapper top = NewImage(here);
  top.otherwise = How::kNoBuild;
  top.Apply(source.root, kTop);
  Images images;
  for (const yaml::Entry& entry : source.root.Find("services")->entries()) {
    const yaml::Node* build = entry.value()->Find("build");
    if (build == nullptr || build->is_null()) {  // only pulled
      const yaml::Entry* extends = entry.value()->FindEntry("extends");
      if (extends != nullptr) {
        top.Lose(extends->key_span(), "extends", kExtends);
      }
    } else if (build->is_sequence()) {
      top.Lose(build->span(), "build",
               "the image is left out: write the folder as `build: FOLDER`");
    } else {
      AddService(here, entry, images);
    }
  }
  return Config(source.variables, {{"images", images.Take()}});
}

}  // namespace ovenbird::migrate
