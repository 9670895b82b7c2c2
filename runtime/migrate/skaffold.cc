// Skaffold, v1 to v4beta: `build.artifacts`, and `build.cluster` for each.
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/config.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/mapping.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::migrate {
namespace {

constexpr absl::string_view kNoBuilder =
    "the image is left out: Ovenbird builds Dockerfiles, or runs a command "
    "(`build.custom`)";
constexpr absl::string_view kNoTransfer =
    "Ovenbird sends the context in its own way";
constexpr absl::string_view kGoogleKey =
    "name a Secret with a Docker config as `pullSecret`, or use "
    "`serviceAccount` with workload identity";

constexpr Row kTop[] = {
    {"apiVersion", How::kIgnore, ""},
    {"kind", How::kIgnore, ""},
    {"metadata", How::kIgnore, ""},
    {"build", How::kByHand, ""},
    {"profiles", How::kByHand, ""},
    {"requires", How::kLost,
     "convert the files of these configs, too; one devspace.yaml may have the "
     "images of all"},
};

constexpr Row kBuild[] = {
    {"artifacts", How::kByHand, ""},
    {"platforms", How::kByHand, ""},
    {"cluster", How::kByHand, ""},
    {"insecureRegistries", How::kByHand, ""},
    {"local", How::kByHand, ""},
    {"tagPolicy", How::kByHand, ""},
    {"googleCloudBuild", How::kLost,
     "the images are built with kaniko in your cluster"},
};

// Of an artifact; `docker` and `kaniko` have much in common.
constexpr Row kArtifact[] = {
    {"image", How::kByHand, ""},
    {"imageName", How::kByHand, ""},  // v1alpha
    {"context", How::kByHand, ""},
    {"workspace", How::kByHand, ""},  // v1alpha
    {"platforms", How::kCopy, "platforms"},
    {"requires", How::kByHand, ""},
    {"sync", How::kNoBuild, ""},
    {"runtimeType", How::kNoBuild, ""},
    {"hooks", How::kLost, "write the commands under `hooks` of the config"},
    {"docker.dockerfile", How::kDockerfile, ""},
    {"docker.target", How::kCopy, "@.options.target"},
    {"docker.buildArgs", How::kCopy, "@.options.buildArgs"},
    {"docker.noCache", How::kInverted, "@.cache"},
    {"docker.pullParent", How::kIgnore, ""},
    {"docker.secrets", How::kByHand, ""},
    {"docker.secret", How::kByHand, ""},
    {"docker.network", How::kLost,
     "RUN instructions use the network of the build pod"},
    {"docker.addHost", How::kLost,
     "RUN instructions use the DNS of the cluster"},
    {"docker.cacheFrom", How::kLost,
     "kaniko keeps layers in the image's repository, or in that of `args: "
     "[--cache-repo=REPOSITORY]`"},
    {"docker.cliFlags", How::kLost,
     "kaniko has flags of its own: `ovenbird explain kaniko-flags`"},
    {"docker.squash", How::kLost, "`args: [--single-snapshot]` does the same"},
    {"docker.ssh", How::kLost,
     "kaniko has no SSH agent: use `secrets` under `options` and `RUN "
     "--mount=type=secret`"},
    {"kaniko.dockerfile", How::kDockerfile, ""},
    {"kaniko.target", How::kCopy, "@.options.target"},
    {"kaniko.buildArgs", How::kCopy, "@.options.buildArgs"},
    {"kaniko.image", How::kCopy, "@.image"},
    {"kaniko.initImage", How::kCopy, "@.initImage"},
    {"kaniko.buildContext.localDir.initImage", How::kCopy, "@.initImage"},
    {"kaniko.buildContext.gcsBucket", How::kLost, kNoTransfer},
    {"kaniko.env", How::kCopy, "@.env"},
    {"kaniko.flags", How::kCopy, "@.args"},
    {"kaniko.cache.repo", How::kFlagValue, "cache-repo"},
    {"kaniko.cache.ttl", How::kFlagValue, "cache-ttl"},
    {"kaniko.cache.cacheCopyLayers", How::kFlag, "cache-copy-layers"},
    {"kaniko.cache.hostPath", How::kLost,
     "Ovenbird mounts no folder of a node; the layers are in the registry"},
    {"kaniko.snapshotMode", How::kCopy, "@.snapshotMode"},
    {"kaniko.insecure", How::kFlag, "insecure"},
    {"kaniko.insecurePull", How::kFlag, "insecure-pull"},
    {"kaniko.insecureRegistry", How::kFlagValue, "insecure-registry"},
    {"kaniko.skipTLS", How::kFlag, "skip-tls-verify"},
    {"kaniko.skipTLSVerify", How::kFlag, "skip-tls-verify"},
    {"kaniko.skipTLSVerifyPull", How::kFlag, "skip-tls-verify-pull"},
    {"kaniko.skipTLSVerifyRegistry", How::kFlagValue,
     "skip-tls-verify-registry"},
    {"kaniko.cleanup", How::kFlag, "cleanup"},
    {"kaniko.force", How::kFlag, "force"},
    {"kaniko.reproducible", How::kFlag, "reproducible"},
    {"kaniko.singleSnapshot", How::kFlag, "single-snapshot"},
    {"kaniko.skipUnusedStages", How::kIgnore, ""},
    {"kaniko.useNewRun", How::kFlag, "use-new-run"},
    {"kaniko.logTimestamp", How::kFlag, "log-timestamp"},
    {"kaniko.logFormat", How::kIgnore, ""},
    {"kaniko.verbosity", How::kFlagValue, "verbosity"},
    {"kaniko.imageFSExtractRetry", How::kFlagValue, "image-fs-extract-retry"},
    {"kaniko.ignorePaths", How::kFlagValue, "ignore-path"},
    {"kaniko.label", How::kFlagValue, "label"},
    {"kaniko.pushRetry", How::kFlagValue, "push-retry"},
    {"kaniko.registryMirror", How::kCopy, "@.registryMirrors"},
    {"kaniko.noPush", How::kLost, "use `ovenbird build --skip-push`"},
    {"kaniko.destination", How::kLost,
     "add a second image with the same `context`, or a tag to `tags`"},
    {"kaniko.volumeMounts", How::kLost,
     "mount Secrets and ConfigMaps with `additionalMounts`"},
    {"kaniko.registryCertificate", How::kLost,
     "put the certificate into a ConfigMap, and name it under "
     "`registryCertificates`"},
    {"kaniko.contextSubPath", How::kLost, "name the folder as `context`"},
    {"kaniko.digestFile", How::kLost,
     "`ovenbird build --result FILE` writes the digests"},
    {"kaniko.imageNameWithDigestFile", How::kLost,
     "`ovenbird build --result FILE` writes the digests"},
    {"kaniko.tarPath", How::kLost,
     "`ovenbird build --output FILE.tar` saves an image"},
    {"kaniko.ociLayoutPath", How::kLost,
     "`ovenbird build --output FILE.tar` saves an image"},
    {"kaniko.copyMaxRetries", How::kIgnore, ""},
    {"kaniko.copyTimeout", How::kIgnore, ""},
    {"kaniko.buildContextCompressionLevel", How::kIgnore, ""},
    {"custom.buildCommand", How::kByHand, ""},
    {"custom.dependencies.paths", How::kBelowContext, "build.custom.onChange"},
    {"custom.dependencies.dockerfile.path", How::kBelowContext,
     "build.custom.onChange"},
    {"custom.dependencies.ignore", How::kLost,
     "list only the paths that matter under `onChange`"},
    {"custom.dependencies.command", How::kLost,
     "list the paths under `onChange`"},
    {"custom.dependencies.dockerfile.buildArgs", How::kIgnore, ""},
};

// `build.cluster`, for each image.
constexpr Row kCluster[] = {
    {"namespace", How::kCopy, "@.namespace"},
    {"timeout", How::kCopy, "@.timeout"},
    {"serviceAccount", How::kCopy, "@.serviceAccount"},
    {"tolerations", How::kCopy, "@.tolerations"},
    {"nodeSelector", How::kCopy, "@.nodeSelector"},
    {"annotations", How::kCopy, "@.annotations"},
    {"labels", How::kCopy, "@.labels"},
    {"runAsUser", How::kCopy, "@.securityContext.runAsUser"},
    {"dockerConfig.secretName", How::kCopy, "@.pullSecret"},
    {"dockerConfig.path", How::kLost,
     "Ovenbird reads the Docker config of this machine; set DOCKER_CONFIG for "
     "another folder"},
    {"HTTP_PROXY", How::kCopy, "@.env.HTTP_PROXY"},
    {"HTTPS_PROXY", How::kCopy, "@.env.HTTPS_PROXY"},
    {"resources.requests.cpu", How::kCopy, "@.resources.requests.cpu"},
    {"resources.requests.memory", How::kCopy, "@.resources.requests.memory"},
    {"resources.requests.ephemeralStorage", How::kCopy,
     "@.resources.requests.ephemeral-storage"},
    {"resources.limits.cpu", How::kCopy, "@.resources.limits.cpu"},
    {"resources.limits.memory", How::kCopy, "@.resources.limits.memory"},
    {"resources.limits.ephemeralStorage", How::kCopy,
     "@.resources.limits.ephemeral-storage"},
    {"concurrency", How::kLost, "use `ovenbird build --jobs N`"},
    {"volumes", How::kLost,
     "mount Secrets and ConfigMaps with `additionalMounts`"},
    {"pullSecretName", How::kLost, kGoogleKey},
    {"pullSecretPath", How::kLost, kGoogleKey},
    {"pullSecret", How::kLost, kGoogleKey},
    {"pullSecretMountPath", How::kLost, kGoogleKey},
    {"randomPullSecret", How::kIgnore, ""},
    {"randomDockerConfigSecret", How::kIgnore, ""},
};

constexpr const char* kOtherBuilders[] = {
    "bazel", "jib", "jibMaven", "jibGradle", "buildpacks", "buildpack", "ko"};

const yaml::Node* FirstOf(const yaml::Node& node, const char* name,
                          const char* old_name) {
  const yaml::Node* found = node.Find(name);
  return found != nullptr ? found : node.Find(old_name);
}

// Does not report, for each further image, what is lost of `cluster`.
class Nowhere : public diag::Sink {
 public:
  void Handle(diag::Diagnostic) override {}
};

class Skaffold {
 public:
  explicit Skaffold(const Source& source) : source_(source) {}

  json::Value Convert() {
    Mapper top = NewImage(source_);
    top.otherwise = How::kNoBuild;
    top.Apply(source_.root, kTop);
    Profiles();
    const yaml::Node* build = source_.root.Find("build");
    if (build == nullptr) return json::Object();
    build_ = build;
    Mapper below = NewImage(source_);
    below.Apply(*build, kBuild);
    Notes();
    FindRequired();
    const yaml::Node* artifacts = build->Find("artifacts");
    if (artifacts != nullptr) {
      for (const yaml::Node* artifact : artifacts->items()) Add(*artifact);
    }
    return images_.Take();
  }

 private:
  void Profiles() {
    const yaml::Node* profiles = source_.root.Find("profiles");
    if (profiles == nullptr) return;
    for (const yaml::Node* profile : profiles->items()) {
      const yaml::Node* name = profile->Find("name");
      if (name == nullptr) continue;
      source_.sink.Handle(diag::MigrateNotCarriedOver(
          name->span(), absl::StrCat("profiles ", name->scalar()),
          "write the changes as `patches` of a profile: `ovenbird explain "
          "profiles.*.patches`"));
    }
  }

  // What works otherwise.
  void Notes() {
    if (const yaml::Entry* policy = build_->FindEntry("tagPolicy")) {
      source_.sink.Handle(diag::MigrateChanged(
          policy->key_span(), "the tag is computed from the content",
          "pass another one: `ovenbird build --tag \"$(git describe --tags "
          "--always)\"`"));
    }
    if (const yaml::Entry* local = build_->FindEntry("local")) {
      source_.sink.Handle(diag::MigrateChanged(
          local->key_span(), "the images are built with kaniko",
          "write `docker: {}` instead of `kaniko` to build with Docker"));
    }
  }

  // Images that others start from have a tag that these can name.
  void FindRequired() {
    const yaml::Node* artifacts = build_->Find("artifacts");
    if (artifacts == nullptr) return;
    for (const yaml::Node* artifact : artifacts->items()) {
      const yaml::Node* requires_list = artifact->Find("requires");
      if (requires_list == nullptr) continue;
      for (const yaml::Node* item : requires_list->items()) {
        const yaml::Node* image = item->Find("image");
        if (image != nullptr) required_.emplace(image->scalar());
      }
    }
  }

  void Add(const yaml::Node& artifact) {
    Mapper image = NewImage(source_);
    if (HasOtherBuilder(artifact, image)) return;
    const yaml::Node* name = FirstOf(artifact, "image", "imageName");
    const yaml::Node* context = FirstOf(artifact, "context", "workspace");
    if (name == nullptr) return;
    if (context != nullptr && !SetContext(*context, source_.variables, image)) {
      return;
    }
    image.SetImage(*name);
    if (required_.count(std::string(name->scalar())) > 0) {
      image.Append("tags", "latest");
    }
    if (artifact.Find("custom") != nullptr) {
      Custom(artifact, image);
    } else {
      Cluster(image);
    }
    image.Apply(artifact, kArtifact);
    Secrets(artifact, image);
    Platforms(image);
    Requires(artifact, image);
    Insecure(image);
    images_.Add(KeyOf(name->scalar()), Finished(image));
  }

  bool HasOtherBuilder(const yaml::Node& artifact, Mapper& image) const {
    for (const char* builder : kOtherBuilders) {
      const yaml::Entry* entry = artifact.FindEntry(builder);
      if (entry == nullptr) continue;
      image.Lose(entry->key_span(), builder, kNoBuilder);
      return true;
    }
    return false;
  }

  void Cluster(Mapper& image) {
    const yaml::Node* cluster = build_->Find("cluster");
    if (cluster == nullptr) return;
    if (reported_cluster_) {
      // Only the values count.
      Nowhere nowhere;
      Mapper quiet(config::InfoOf(static_cast<const config::Image*>(nullptr)),
                   source_.variables, nowhere);
      quiet.Apply(*cluster, kCluster);
      Merge(quiet.Take(), image);
      return;
    }
    reported_cluster_ = true;
    image.Apply(*cluster, kCluster);
  }

  static void Merge(const json::Value& from, Mapper& image) {
    const json::Value& kaniko = from.Get({"build", "kaniko"});
    for (const json::Member& member : kaniko.members()) {
      image.Set(absl::StrCat("@.", member.first), member.second);
    }
  }

  // Skaffold's command gets the name in IMAGE, and pushes if PUSH_IMAGE is
  // true; ours gets the name as an argument.
  void Custom(const yaml::Node& artifact, Mapper& image) {
    image.builder = "build.custom";
    image.Set("dockerfile", nullptr);  // the command knows
    const yaml::Node* command = artifact.Find("custom")->Find("buildCommand");
    if (command == nullptr) return;
    const std::string context =
        std::string(image.Get("context").string_or("."));
    image.Set("build.custom.command", "sh");
    image.Set("build.custom.args",
              json::Array{"-c",
                          absl::StrCat("export IMAGE=\"$1\" PUSH_IMAGE=true "
                                       "BUILD_CONTEXT=\"$PWD/",
                                       context, "\"; cd \"$BUILD_CONTEXT\" && ",
                                       source_.variables.Convert(*command)),
                          "sh"});
  }

  // Older versions have one secret without a list.
  void Secrets(const yaml::Node& artifact, Mapper& image) {
    const yaml::Node* docker = artifact.Find("docker");
    if (docker == nullptr) return;
    if (const yaml::Node* secret = docker->Find("secret")) {
      AddSecret(*secret, image);
    }
    const yaml::Node* secrets = docker->Find("secrets");
    if (secrets == nullptr) return;
    for (const yaml::Node* secret : secrets->items()) {
      AddSecret(*secret, image);
    }
  }

  void AddSecret(const yaml::Node& item, Mapper& image) {
    const yaml::Node* id = item.Find("id");
    if (id == nullptr) return;
    json::Value secret = json::Object{{"id", std::string(id->scalar())}};
    if (const yaml::Node* file = item.Find("src")) {
      secret.Set("file", source_.variables.Convert(*file));
    } else {
      const yaml::Node* env = item.Find("env");
      secret.Set("env", env != nullptr ? env->scalar() : id->scalar());
    }
    image.Append("@.options.secrets", std::move(secret));
  }

  void Platforms(Mapper& image) {
    const yaml::Node* platforms = build_->Find("platforms");
    if (platforms == nullptr || !image.Get("platforms").is_null()) return;
    image.Copy("platforms", *platforms);
  }

  // The order follows from FROM; the name of the other image is the value of a
  // build argument.
  void Requires(const yaml::Node& artifact, Mapper& image) {
    const yaml::Node* requires_list = artifact.Find("requires");
    if (requires_list == nullptr) return;
    for (const yaml::Node* item : requires_list->items()) {
      const yaml::Node* other = item->Find("image");
      if (other == nullptr) continue;
      const yaml::Node* alias = item->Find("alias");
      const std::string name(alias != nullptr ? alias->scalar()
                                              : other->scalar());
      const std::string value = absl::StrCat(
          WithRegistry(SplitImage(source_.variables.Convert(*other)).first),
          ":latest");
      json::Value args = image.Get("@.options.buildArgs");
      args.Set(name, value);
      image.Set("@.options.buildArgs", std::move(args));
      source_.sink.Handle(diag::MigrateChanged(
          other->span(),
          absl::StrCat("build argument `", name, "` is `", value, "`"),
          "start the Dockerfile `FROM` it, so that the other image is built "
          "first; its tag is `latest`"));
    }
  }

  void Insecure(Mapper& image) {
    const yaml::Node* registries = build_->Find("insecureRegistries");
    if (registries == nullptr || image.builder != "build.kaniko") return;
    for (const yaml::Node* registry : registries->items()) {
      if (absl::StartsWith(image.Get("image").string_or(),
                           absl::StrCat(registry->scalar(), "/"))) {
        image.Set("@.insecure", true);
      }
    }
  }

  const Source& source_;
  const yaml::Node* build_ = nullptr;
  std::set<std::string> required_;
  bool reported_cluster_ = false;
  Images images_;
};

}  // namespace

json::Value FromSkaffold(const Source& source) {
  return Config(source.variables, {{"images", Skaffold(source).Convert()}});
}

}  // namespace ovenbird::migrate
