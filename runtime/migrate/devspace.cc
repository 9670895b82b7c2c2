// DevSpace 5 (v1beta10, v1beta11), whose images have the layout that Ovenbird
// reads, and DevSpace 6 (v2beta1).
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "runtime/config/config.h"
#include "runtime/config/later_field.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/mapping.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/scalar.h"

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

// Next to `custom`, whose command gets none of them.
constexpr absl::string_view kNotForCustom =
    "write it under `args` of `build.custom`, for a command that reads it";
constexpr Row kCustom6[] = {
    {"target", How::kLost, kNotForCustom},
    {"network", How::kLost, kNotForCustom},
    {"buildArgs", How::kLost, kNotForCustom},
};

// Fields of hooks that this machine does not run at each build.
constexpr absl::string_view kThisMachine =
    "the hook is left out: Ovenbird runs commands on this machine only";
constexpr Row kLostHooks[] = {
    {"where", How::kLost, kThisMachine},
    {"container", How::kLost, kThisMachine},
    {"wait", How::kLost, kThisMachine},
    {"upload", How::kLost, kThisMachine},
    {"download", How::kLost, kThisMachine},
    {"logs", How::kLost, kThisMachine},
    {"os", How::kLost,
     "the hook is left out: check the operating system in a script that a "
     "hook runs"},
    {"disabled", How::kLost, "the hook is left out, because it is disabled"},
};

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
      } else if (IsCommand(value.scalar())) {
        source_.variables.Declare(entry.key(), std::nullopt);
        Lost(entry.key_span(), entry.key(), kNoCommands);
      } else {
        source_.variables.Declare(entry.key(), Text(value));
      }
    }
  }

  std::optional<std::string> Text(const yaml::Node& node) {
    if (!node.is_scalar()) return std::nullopt;
    return source_.variables.Convert(node);
  }

  void Variable(const std::string& name, const yaml::Node& node) {
    json::Value variable = json::Object{{"name", name}};
    for (const yaml::Entry& entry : node.entries()) {
      const absl::string_view key = entry.key();
      const bool is_command =
          key == "source" && entry.value()->scalar() == "command";
      if (key == "name" || is_command) continue;
      if (key == "value" || (key == "default" && is_6_)) {
        if (IsCommand(entry.value()->scalar())) {
          Lost(entry.key_span(), key, kNoCommands);
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
      if (IsLostHook(*hook)) continue;
      if (is_6_) {
        Hook6(*hook);
      } else {
        hooks_.push_back(Same<config::Hook>(source_, "hooks", *hook));
      }
    }
  }

  // Reports a hook that does not run on this machine, once.
  bool IsLostHook(const yaml::Node& hook) {
    for (const Row& row : kLostHooks) {
      const yaml::Entry* entry = hook.FindEntry(row.from);
      if (entry == nullptr || entry->value()->is_null() ||
          yaml::ScalarText(*entry->value()) == "false") {
        continue;
      }
      Lost(entry->key_span(), absl::StrCat("hooks.", row.from), row.to);
      return true;
    }
    if (hook.Find("command") != nullptr &&
        (!is_6_ || hook.Find("events") != nullptr)) {
      return false;
    }
    Lost(hook.span(), "hooks", kThisMachine);
    return true;
  }

  // before:build, after:build:web. Other events are lost; without one of these
  // the whole hook is. A hook has one image per phase: further ones get a hook
  // of their own.
  void Hook6(const yaml::Node& hook) {
    std::vector<json::Value> whens;
    for (const yaml::Node* event : hook.Find("events")->items()) {
      const std::vector<std::string> parts =
          absl::StrSplit(event->scalar(), ':');
      const bool known = parts.size() >= 2 && parts[1] == "build" &&
                         (parts[0] == "before" || parts[0] == "after");
      if (!known) {
        Lost(event->span(), event->scalar(),
             "Ovenbird runs hooks before and after builds only");
        continue;
      }
      const bool one_image = parts.size() > 2 && parts[2] != "*";
      AddWhen(parts[0], one_image ? parts[2] : "all", whens);
    }
    if (whens.empty()) return;
    ReportOtherFields(hook);
    for (json::Value& when : whens) {
      json::Value converted =
          CommandOf(*hook.Find("command"), hook.Find("args"));
      converted.Set("when", std::move(when));
      hooks_.push_back(std::move(converted));
    }
  }

  // Adds the event to the first hook that has none for its phase.
  static void AddWhen(const std::string& phase, const std::string& images,
                      std::vector<json::Value>& whens) {
    const json::Value step = json::Object{{"images", images}};
    for (json::Value& when : whens) {
      if (when[phase] == step) return;
      if (!when[phase].is_null()) continue;
      when.Set(phase, step);
      return;
    }
    whens.push_back(json::Object{{phase, step}});
  }

  void ReportOtherFields(const yaml::Node& hook) {
    for (const yaml::Entry& entry : hook.entries()) {
      if (entry.key() == "command" || entry.key() == "args" ||
          entry.key() == "events" || entry.key() == "name" ||
          entry.key() == "disabled") {
        continue;
      }
      const config::LaterField* later =
          config::FindLaterField("Hook", entry.key());
      Lost(entry.key_span(), entry.key(),
           later == nullptr ? kNoOption : later->advice);
    }
  }

  // Without arguments a shell runs the command.
  json::Value CommandOf(const yaml::Node& command, const yaml::Node* args) {
    if (args == nullptr) {
      return json::Object{
          {"command", "sh"},
          {"args",
           json::Array{"-c", source_.variables.ConvertForShell(command)}}};
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
    const yaml::Node* build = entry.value()->Find("build");
    if (build == nullptr || build->entries().empty()) {
      ReportDefaultBuilder(entry);
    }
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
    // DevSpace ignores the other builders then.
    const bool custom = from.Find("custom") != nullptr;
    if (docker) image.builder = "build.docker";
    if (const yaml::Node* name = from.Find("image")) image.SetImage(*name);
    image.Apply(from, custom ? absl::MakeConstSpan(custom_rows_)
                             : absl::MakeConstSpan(kImage6));
    if (custom) return Add(entry.key(), image);
    if (!docker && from.Find("kaniko") == nullptr &&
        from.Find("buildKit") == nullptr) {
      ReportDefaultBuilder(entry);
    }
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
        Profile5(*profile);
        continue;
      }
      const yaml::Node* name = profile->Find("name");
      if (name == nullptr) continue;
      Lost(name->span(), absl::StrCat("profiles ", name->scalar()),
           "write the changes as `patches` of a profile; the paths are those "
           "of the new file");
    }
  }

  void Profile5(const yaml::Node& profile) {
    yaml::Arena arena;
    std::vector<yaml::Entry> entries;
    for (const yaml::Entry& entry : profile.entries()) {
      if (entry.key() != "patches") {
        entries.push_back(entry);
        continue;
      }
      const yaml::Node& list = *entry.value();
      const std::vector<const yaml::Node*> kept = PatchesOfBuilds(list);
      if (kept.empty()) continue;
      entries.emplace_back(entry.key(), entry.key_span(), entry.key_style(),
                           arena.Sequence(list.span(), kept));
    }
    profiles_.push_back(Same<config::Profile>(
        source_, "profiles", *arena.Mapping(profile.span(), entries)));
  }

  // Patches of parts that the new file does not have are reported.
  std::vector<const yaml::Node*> PatchesOfBuilds(const yaml::Node& list) {
    std::vector<const yaml::Node*> kept;
    for (const yaml::Node* patch : list.items()) {
      const yaml::Node* path = patch->Find("path");
      if (path == nullptr) continue;
      absl::string_view top = path->scalar();
      absl::ConsumePrefix(&top, "$");
      absl::ConsumePrefix(&top, ".");
      absl::ConsumePrefix(&top, "/");
      top = top.substr(0, top.find_first_of("./[="));
      if (top == "images" || top == "hooks" || top == "vars") {
        kept.push_back(patch);
      } else {
        Lost(path->span(), path->scalar(),
             "the new file has `images`, `hooks` and `vars` only");
      }
    }
    return kept;
  }

  // Docker builds an image without a builder there.
  void ReportDefaultBuilder(const yaml::Entry& entry) {
    source_.sink.Handle(diag::MigrateChanged(
        entry.key_span(),
        absl::StrCat("`", entry.key(), "` is built with kaniko"),
        "write `docker: {}` instead of `kaniko` to build with Docker"));
  }

  void Lost(Span at, absl::string_view field, absl::string_view advice) {
    source_.sink.Handle(diag::MigrateNotCarriedOver(at, field, advice));
  }

  // The rows for images with `custom`: the first row of a field counts.
  static std::vector<Row> CustomRows() {
    std::vector<Row> rows(std::begin(kCustom6), std::end(kCustom6));
    rows.insert(rows.end(), std::begin(kImage6), std::end(kImage6));
    return rows;
  }

  const Source& source_;
  const bool is_6_;
  const std::vector<Row> custom_rows_ = CustomRows();
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
