#include "runtime/lsp/completion.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/format_text.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/kube/check.h"
#include "runtime/kube/kaniko_flags.h"
#include "runtime/lsp/config_names.h"
#include "runtime/lsp/kaniko_docs.h"
#include "runtime/lsp/options_at.h"
#include "runtime/lsp/yaml_place.h"

namespace ovenbird::lsp {
namespace {

using config::FieldInfo;
using config::Shape;

// CompletionItemKind.
constexpr int kVariable = 6;
constexpr int kProperty = 10;
constexpr int kValue = 12;
constexpr int kReference = 18;
constexpr int kEnumMember = 20;

// Do not add the line's indentation to the text.
constexpr int kAsIs = 1;

// The variables that Ovenbird has a value for.
constexpr absl::string_view kPredefined[] = {
    "DEVSPACE_RANDOM", "DEVSPACE_TIMESTAMP", "DEVSPACE_GIT_COMMIT"};

// Collects the items for one place.
class Completer {
 public:
  Completer(const Workspace& workspace, const RequestPlace& place)
      : workspace_(workspace), place_(place) {}

  json::Array Run() {
    if (AddVariables()) return std::move(items_);
    at_ = FindPlace(*place_.file, place_.offset);
    if (at_.part == YamlPlace::kNone) return {};
    option_ = FindOption(at_.path);
    span_ = {place_.file.get(), static_cast<uint32_t>(at_.begin),
             static_cast<uint32_t>(at_.end)};
    if (at_.part == YamlPlace::kKey && option_.message != nullptr) {
      AddKeys();
    } else if (option_.field != nullptr && TakesScalar()) {
      AddValues();
    }
    return std::move(items_);
  }

 private:
  // A list item, the value of a map, or the value of a plain option.
  bool TakesScalar() const {
    const config::MemberOps& ops = *option_.field->member.ops;
    if (ops.message != nullptr) return false;
    return ops.shape == Shape::kOne ? at_.part == YamlPlace::kValue
                                    : option_.is_item;
  }

  void Add(absl::string_view label, int kind, std::string text,
           absl::string_view detail, std::string docs) {
    // `key:` needs a space before its value.
    if (at_.part == YamlPlace::kValue && span_.begin > 0 &&
        place_.file->text()[span_.begin - 1] == ':') {
      text.insert(0, " ");
    }
    json::Value item = json::Object{
        {"label", label},
        {"kind", kind},
        // Editors sort by it: the order here is the order to show.
        {"sortText", FormatText("%04d", items_.size())},
        {"insertTextMode", kAsIs},
        {"filterText", label},
        {"textEdit",
         json::Object{{"range", RangeToJson(span_, workspace_.encoding())},
                      {"newText", std::move(text)}}}};
    if (!detail.empty()) item.Set("detail", detail);
    if (!docs.empty()) {
      item.Set("documentation",
               json::Object{{"kind", "markdown"}, {"value", std::move(docs)}});
    }
    items_.push_back(std::move(item));
  }

  // What follows a new key: a space, or the begin of the object or list.
  std::string AfterKey(const FieldInfo& field) const {
    const std::string& text = place_.file->text();
    size_t next = at_.end;
    while (next < text.size() && text[next] == ' ') ++next;
    if (next < text.size() && text[next] == ':') return "";
    const config::MemberOps& ops = *field.member.ops;
    if (at_.in_flow || (ops.shape == Shape::kOne && ops.message == nullptr)) {
      return ": ";
    }
    const std::string indent(at_.column, ' ');
    return ops.shape == Shape::kList ? absl::StrCat(":\n", indent, "- ")
                                     : absl::StrCat(":\n", indent, "  ");
  }

  void AddKeys() {
    // Required ones first.
    for (const bool required : {true, false}) {
      for (const FieldInfo& field : option_.message->fields) {
        if (field.has(config::kRequired) != required ||
            field.deprecated != nullptr ||
            at_.siblings.count(std::string(field.name)) > 0) {
          continue;
        }
        const std::string name = absl::StrCat(
            option_.name, option_.name.empty() ? "" : ".", field.name);
        Add(field.name, kProperty, absl::StrCat(field.name, AfterKey(field)),
            field.type, OptionDocs(field, name));
      }
    }
  }

  void AddValues() {
    const config::MemberOps& ops = *option_.field->member.ops;
    if (ops.enumeration != nullptr) {
      for (const config::EnumValueInfo& value : ops.enumeration().values) {
        if (value.deprecated != nullptr) continue;
        Add(value.text, kEnumMember, std::string(value.text), "",
            ValueDocs(value));
      }
    } else if (ops.kind == config::Kind::kBool) {
      for (const char* value : {"true", "false"}) {
        const bool is_default =
            option_.field->default_text != nullptr &&
            absl::string_view(value) == option_.field->default_text;
        Add(value, kValue, value, is_default ? "default" : "", "");
      }
    } else if (option_.name == "images.*.build.kaniko.args[]") {
      AddFlags();
    } else if (absl::EndsWith(option_.name, ".options.target")) {
      AddStages();
    } else if (option_.name == "images.*.build.kaniko.image") {
      AddExecutors();
    } else if (option_.name == "profiles[].parent") {
      AddProfiles();
    }
  }

  // The executor of the image that is being edited; empty: unknown.
  std::string ExecutorHere() const {
    for (const Checked* checked : workspace_.ChecksOf(place_.path)) {
      if (checked->project == nullptr) continue;
      for (const auto& [key, image] : checked->project->config.images) {
        if (key == at_.path[1] && image.build && image.build->kaniko) {
          return image.build->kaniko->image;
        }
      }
    }
    return "";
  }

  void AddFlags() {
    const std::optional<kube::KanikoVersion> version =
        kube::KanikoVersionOf(ExecutorHere());
    for (const kube::KanikoFlag& flag : kube::KanikoFlags()) {
      if (*flag.own != '\0' ||
          kube::HasFlag(flag, version) == kube::Presence::kNo) {
        continue;
      }
      const std::string name = absl::StrCat("--", flag.name);
      if (flag.values.empty()) {
        Add(name, kValue,
            absl::StrCat(name,
                         flag.type == kube::KanikoFlagType::kBool ? "" : "="),
            "", FlagDocs(flag));
        continue;
      }
      for (const kube::KanikoValue& value : flag.values) {
        if (kube::LacksValue(value, version)) continue;
        const std::string text = absl::StrCat(name, "=", value.text);
        Add(text, kValue, text, "", FlagDocs(flag));
      }
    }
  }

  void AddStages() {
    const std::shared_ptr<const SourceFile> file =
        DockerfileOf(workspace_, place_, at_.path[1]);
    if (file == nullptr) return;
    diag::Collector ignored;
    const dockerfile::Dockerfile parsed = dockerfile::Parse(*file, ignored);
    std::set<std::string> known;
    for (const dockerfile::Stage& stage : parsed.stages) {
      if (stage.name.empty() || !known.insert(stage.name).second) continue;
      Add(stage.name, kReference, stage.name,
          absl::StrCat("FROM ", stage.base.text), "");
    }
  }

  void AddExecutors() {
    Add(kube::kMaintainedExecutor, kValue, kube::kMaintainedExecutor,
        "maintained", "");
    for (const char* example : option_.field->examples) {
      const std::string image(absl::StripAsciiWhitespace(example));
      if (image == kube::kMaintainedExecutor) continue;
      Add(image, kValue, image,
          kube::IsArchivedExecutor(image) ? "archived" : "", "");
    }
  }

  void AddProfiles() {
    const std::unique_ptr<ConfigTree> tree =
        ParseConfig(*place_.file, place_.offset);
    for (const NameAt& profile : FindNames(*tree, "profiles")) {
      Add(profile.name, kReference, profile.name, "", "");
    }
  }

  // The names of variables, if the cursor is after `${`; false elsewhere.
  bool AddVariables() {
    const std::string& text = place_.file->text();
    size_t begin = place_.offset;
    while (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '}' &&
           text[begin - 1] != '{') {
      --begin;
    }
    if (begin < 2 || text.compare(begin - 2, 2, "${") != 0) return false;
    size_t end = place_.offset;
    while (end < text.size() && text[end] != '}' && text[end] != '\n') ++end;
    const bool is_closed = end < text.size() && text[end] == '}';
    // Without a brace what follows is not a part of the name.
    if (!is_closed) end = place_.offset;
    span_ = {place_.file.get(), static_cast<uint32_t>(begin),
             static_cast<uint32_t>(end)};
    const std::unique_ptr<ConfigTree> tree =
        ParseConfig(*place_.file, place_.offset);
    const VariableNames names = FindVariableNames(*tree);
    std::set<std::string> known;
    const auto add = [&](const std::string& name, absl::string_view detail) {
      if (!known.insert(name).second) return;
      Add(name, kVariable, absl::StrCat(name, is_closed ? "" : "}"), detail,
          "");
    };
    for (const NameAt& name : names.definitions) add(name.name, "vars");
    for (const absl::string_view name : kPredefined) {
      add(std::string(name), "predefined");
    }
    for (const NameAt& name : names.uses) {
      if (name.span.begin != begin) add(name.name, "used elsewhere");
    }
    return true;
  }

  const Workspace& workspace_;
  const RequestPlace& place_;
  YamlPlace at_;
  OptionAt option_;
  Span span_;  // what an item replaces
  json::Array items_;
};

}  // namespace

json::Array CompleteAt(const Workspace& workspace, const RequestPlace& place) {
  if (!place.is_config) return {};
  return Completer(workspace, place).Run();
}

}  // namespace ovenbird::lsp
