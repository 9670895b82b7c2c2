// DevSpace 5 (v1beta10, v1beta11), whose images have the layout that Ovenbird
// reads, and DevSpace 6 (v2beta1).
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "runtime/config/config.h"
#include "runtime/config/later_field.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/mapping.h"
#include "runtime/yaml/arena.h"

namespace ovenbird::migrate {
namespace {

// Of both versions.
constexpr Row kTop[] = {
    {"version", How::kIgnore, ""},
    {"name", How::kByHand, ""},
    {"images", How::kByHand, ""},
    {"vars", How::kByHand, ""},
    {"hooks", How::kByHand, ""},
    {"profiles", How::kByHand, ""},
    {"require", How::kIgnore, ""},
    {"imports", How::kLost, "convert the files that it names, too"},
};

// Of DevSpace 6. The advice for fields of the builders is that of `validate`.
constexpr Row kImage6[] = {
    {"name", How::kIgnore, ""},
    {"image", How::kByHand, ""},
    {"tags", How::kCopy, "tags"},
    {"dockerfile", How::kCopy, "dockerfile"},
    {"context", How::kCopy, "context"},
    {"entrypoint", How::kCopy, "entrypoint"},
    {"cmd", How::kCopy, "cmd"},
    {"injectRestartHelper", How::kCopy, "injectRestartHelper"},
    {"createPullSecret", How::kNoBuild, ""},
    {"docker", How::kCopy, "build.docker"},
    {"kaniko", How::kCopy, "build.kaniko"},
    {"custom", How::kCopy, "build.custom"},
    {"target", How::kCopy, "@.options.target"},
    {"network", How::kByHand, ""},
    {"buildArgs", How::kCopy, "@.options.buildArgs"},
    {"buildKit", How::kLost,
     "the image is built with kaniko; write `docker: {}` instead of `kaniko` "
     "to build with Docker"},
    {"skipPush", How::kLost, "use `ovenbird build --skip-push`"},
    {"rebuildStrategy", How::kLost,
     "an image is built when its files, options or base images have changed, "
     "and always with `--force`"},
    {"restartHelperPath", How::kLost,
     "`injectRestartHelper` adds Ovenbird's own script"},
    {"appendDockerfileInstructions", How::kLost,
     "write the lines at the end of the Dockerfile, or into one of your own "
     "that `dockerfile` names"},
};

constexpr absl::string_view kCommand =
    "Ovenbird runs no commands for variables: set the variable in the "
    "environment or with `--var NAME=VALUE`";

template <typename T>
const config::MessageInfo& Info() {
  return config::InfoOf(static_cast<const T*>(nullptr));
}

// An object of the config that has the same layout, such as a hook.
template <typename T>
json::Value Same(const Source& source, const char* list,
                 const yaml::Node& node) {
  // Copied as an item of its list, which reports the fields that are lost.
  Mapper config(Info<config::Config>(), source.variables, source.sink);
  yaml::Arena arena;
  const yaml::Node* item = &node;
  config.Copy(list,
              *arena.Sequence(node.span(), absl::MakeConstSpan(&item, 1)));
  return config.Get(list).items().empty() ? json::Value()
                                          : config.Get(list)[size_t{0}];
}

class DevSpace {
 public:
  DevSpace(const Source& source, bool is_6) : source_(source), is_6_(is_6) {}

  json::Value Convert() {
    Mapper top = NewImage(source_);
    top.otherwise = How::kNoBuild;
    top.Apply(source_.root, kTop);
    if (const yaml::Node* name = source_.root.Find("name")) {
      name_ = std::string(name->scalar());
    }
    Vars();
    Hooks();
    if (const yaml::Node* images = source_.root.Find("images")) {
      for (const yaml::Entry& entry : images->entries()) {
        if (is_6_) {
          Image6(entry);
        } else {
          Image5(entry);
        }
      }
    }
    Profiles();
    return Config(source_.variables, {{"images", images_.Take()},
                                      {"hooks", std::move(hooks_)},
                                      {"profiles", std::move(profiles_)}});
  }

 private:
  // A list in DevSpace 5; in DevSpace 6 a map to values or objects.
  void Vars() {
    if (!name_.empty()) source_.variables.Know("DEVSPACE_NAME", name_);
    const yaml::Node* vars = source_.root.Find("vars");
    if (vars == nullptr) return;
    for (const yaml::Node* item : vars->items()) {
      const yaml::Node* name = item->Find("name");
      if (name != nullptr) Variable(std::string(name->scalar()), *item);
    }
    for (const yaml::Entry& entry : vars->entries()) {
      const yaml::Node& value = *entry.value();
      if (value.is_mapping()) {
        Variable(std::string(entry.key()), value);
      } else if (IsCommand(value)) {
        source_.variables.Declare(entry.key(), std::nullopt);
        Lost(entry.key_span(), entry.key(), kCommand);
      } else {
        source_.variables.Declare(entry.key(), Text(value));
      }
    }
  }

  std::optional<std::string> Text(const yaml::Node& node) {
    if (!node.is_scalar()) return std::nullopt;
    return source_.variables.Convert(node);
  }

  static bool IsCommand(const yaml::Node& value) {
    return absl::StartsWith(value.scalar(), "$(");
  }

  void Variable(const std::string& name, const yaml::Node& node) {
    json::Value variable = json::Object{{"name", name}};
    for (const yaml::Entry& entry : node.entries()) {
      const absl::string_view key = entry.key();
      const bool is_command =
          key == "source" && entry.value()->scalar() == "command";
      if (key == "name" || is_command) continue;
      if (key == "value" || (key == "default" && is_6_)) {
        if (IsCommand(*entry.value())) {
          Lost(entry.key_span(), key, kCommand);
        } else if (const auto text = Text(*entry.value())) {
          variable.Set("default", *text);
        }
      } else if (is_6_ && (key == "noCache" || key == "alwaysResolve")) {
        continue;
      } else {
        Field(entry, variable);
      }
    }
    source_.variables.DeclareObject(
        InOrder(Info<config::Variable>(), std::move(variable)));
  }

  // A field that the variables of both have.
  void Field(const yaml::Entry& entry, json::Value& variable) {
    const config::FieldInfo* field = Info<config::Variable>().Find(entry.key());
    if (field == nullptr) {
      const config::LaterField* later =
          config::FindLaterField("Variable", entry.key());
      return Lost(entry.key_span(), entry.key(),
                  later == nullptr ? kNoOption : later->advice);
    }
    Mapper mapper(Info<config::Variable>(), source_.variables, source_.sink);
    mapper.Copy(entry.key(), *entry.value());
    variable.Set(entry.key(), mapper.Get(entry.key()));
  }

  void Hooks() {
    const yaml::Node* hooks = source_.root.Find("hooks");
    if (hooks == nullptr) return;
    for (const yaml::Node* hook : hooks->items()) {
      json::Value converted =
          is_6_ ? Hook6(*hook) : Same<config::Hook>(source_, "hooks", *hook);
      if (converted["command"].is_null()) continue;
      hooks_.push_back(std::move(converted));
    }
  }

  // before:build, after:build:web. Others are lost, with the whole hook.
  json::Value Hook6(const yaml::Node& hook) {
    json::Value when;
    const yaml::Node* events = hook.Find("events");
    const yaml::Node* command = hook.Find("command");
    if (events == nullptr || command == nullptr) {
      Lost(hook.span(), "hooks", "Ovenbird runs commands on this machine only");
      return nullptr;
    }
    for (const yaml::Node* event : events->items()) {
      const std::vector<std::string> parts =
          absl::StrSplit(event->scalar(), ':');
      const bool known = parts.size() >= 2 && parts[1] == "build" &&
                         (parts[0] == "before" || parts[0] == "after");
      if (!known) {
        Lost(event->span(), event->scalar(),
             "Ovenbird runs hooks before and after builds only");
        continue;
      }
      when.Set(parts[0],
               json::Object{{"images", parts.size() > 2 && parts[2] != "*"
                                           ? parts[2]
                                           : "all"}});
    }
    if (when.is_null()) return nullptr;
    json::Value converted = CommandOf(*command, hook.Find("args"));
    converted.Set("when", std::move(when));
    for (const yaml::Entry& entry : hook.entries()) {
      if (entry.key() == "command" || entry.key() == "args" ||
          entry.key() == "events" || entry.key() == "name") {
        continue;
      }
      const config::LaterField* later =
          config::FindLaterField("Hook", entry.key());
      Lost(entry.key_span(), entry.key(),
           later == nullptr ? kNoOption : later->advice);
    }
    return converted;
  }

  // Without arguments a shell runs the command.
  json::Value CommandOf(const yaml::Node& command, const yaml::Node* args) {
    if (args == nullptr) {
      return json::Object{
          {"command", "sh"},
          {"args", json::Array{"-c", source_.variables.Convert(command)}}};
    }
    json::Array list;
    for (const yaml::Node* arg : args->items()) {
      list.push_back(source_.variables.Convert(*arg));
    }
    return json::Object{{"command", source_.variables.Convert(command)},
                        {"args", std::move(list)}};
  }

  void Image5(const yaml::Entry& entry) {
    Mapper config(Info<config::Config>(), source_.variables, source_.sink);
    const yaml::Entry only = entry;
    yaml::Arena arena;
    config.Copy("images", *arena.Mapping(entry.value()->span(),
                                         absl::MakeConstSpan(&only, 1)));
    Mapper image = NewImage(source_);
    for (const json::Member& member :
         config.Get("images").members().front().second.members()) {
      image.Set(member.first, member.second);
    }
    Add(entry.key(), image);
  }

  void Image6(const yaml::Entry& entry) {
    Mapper image = NewImage(source_);
    const yaml::Node& from = *entry.value();
    const bool docker =
        from.Find("docker") != nullptr && from.Find("kaniko") == nullptr;
    if (docker) image.builder = "build.docker";
    if (const yaml::Node* name = from.Find("image")) image.SetImage(*name);
    image.Apply(from, kImage6);
    if (const yaml::Entry* network = from.FindEntry("network")) {
      if (docker) {
        image.Copy("build.docker.options.network", *network->value());
      } else {
        image.Lose(network->key_span(), "network",
                   "RUN instructions use the network of the build pod");
      }
    }
    Add(entry.key(), image);
  }

  void Add(absl::string_view key, Mapper& image) {
    // Hooks and profiles name the key, which is kept as it is.
    images_.AddAs(key, Finished(image));
  }

  // Those of DevSpace 5 have the same paths; those of DevSpace 6 have not.
  void Profiles() {
    const yaml::Node* profiles = source_.root.Find("profiles");
    if (profiles == nullptr) return;
    for (const yaml::Node* profile : profiles->items()) {
      if (!is_6_) {
        profiles_.push_back(
            Same<config::Profile>(source_, "profiles", *profile));
        continue;
      }
      const yaml::Node* name = profile->Find("name");
      if (name == nullptr) continue;
      Lost(name->span(), absl::StrCat("profiles ", name->scalar()),
           "write the changes as `patches` of a profile; the paths are those "
           "of the new file");
    }
  }

  void Lost(Span at, absl::string_view field, absl::string_view advice) {
    source_.sink.Handle(diag::MigrateNotCarriedOver(at, field, advice));
  }

  const Source& source_;
  const bool is_6_;
  std::string name_;
  Images images_;
  json::Array hooks_;
  json::Array profiles_;
};

}  // namespace

json::Value FromDevSpace5(const Source& source) {
  return DevSpace(source, false).Convert();
}

json::Value FromDevSpace6(const Source& source) {
  return DevSpace(source, true).Convert();
}

}  // namespace ovenbird::migrate
