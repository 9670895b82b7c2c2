#include "runtime/migrate/migrate.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"
#include "runtime/base/json.h"
#include "runtime/base/writer.h"
#include "runtime/diag/catalog.h"
#include "runtime/migrate/images.h"
#include "runtime/migrate/variables.h"
#include "runtime/report/visible.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::migrate {
namespace {

// A tool, and how its files are converted.
struct Tool {
  const char* name;
  Syntax syntax;
  json::Value (*convert)(const Source& source);
};

constexpr Tool kDevSpace5 = {"DevSpace 5", Syntax::kDevSpace5, FromDevSpace5};
constexpr Tool kDevSpace6 = {"DevSpace 6", Syntax::kDevSpace6, FromDevSpace6};
constexpr Tool kSkaffold = {"Skaffold", Syntax::kTemplates, FromSkaffold};
constexpr Tool kCompose = {"Compose", Syntax::kCompose, FromCompose};
constexpr Tool kBake = {"Bake", Syntax::kNone, FromBake};

constexpr char kKnown[] =
    "give a devspace.yaml of DevSpace 5 or 6, a skaffold.yaml, a compose.yaml, "
    "or what `docker buildx bake --print` prints";

absl::string_view TextOf(const yaml::Node& root, absl::string_view key) {
  const yaml::Node* node = root.Find(key);
  return node == nullptr ? absl::string_view() : node->scalar();
}

bool HasMapping(const yaml::Node& root, absl::string_view key) {
  const yaml::Node* node = root.Find(key);
  return node != nullptr && node->is_mapping();
}

// Null: unknown.
const Tool* ToolOf(const yaml::Node& root) {
  if (absl::StartsWith(TextOf(root, "apiVersion"), "skaffold/")) {
    return &kSkaffold;
  }
  const absl::string_view version = TextOf(root, "version");
  if (version == "v1beta10" || version == "v1beta11") return &kDevSpace5;
  if (absl::StartsWith(version, "v2")) return &kDevSpace6;
  if (HasMapping(root, "services")) return &kCompose;
  if (HasMapping(root, "target")) return &kBake;
  return nullptr;
}

diag::Diagnostic Unknown(const SourceFile& file, const yaml::Node& root) {
  const Span top = {&file, 0, 0};
  if (HasMapping(root, "images")) {
    return diag::MigrateUnknownFormat(
        top, "it is a devspace.yaml that Ovenbird reads",
        "use it as it is; `ovenbird validate` checks it");
  }
  if (root.Find("apiVersion") != nullptr) {
    return diag::MigrateUnknownFormat(
        root.FindEntry("apiVersion")->key_span(),
        "it is a Kubernetes object, which does not say how images are built",
        kKnown);
  }
  return diag::MigrateUnknownFormat(top, "its format is unknown", kKnown);
}

bool IsHcl(const SourceFile& file) {
  static const RE2& block =
      *new RE2(R"((?m)^\s*(target|group|variable|function)\s+"[^"]*"\s*\{)");
  return absl::EndsWith(file.name(), ".hcl") ||
         RE2::PartialMatch(file.text(), block);
}

void Write(const json::Value& value, Writer& out) {
  if (const json::Object* object = value.as_object()) {
    out.BeginObject();
    for (const json::Member& member : *object) {
      out.Key(member.first);
      Write(member.second, out);
    }
    out.EndObject();
  } else if (const json::Array* array = value.as_array()) {
    out.BeginArray();
    for (const json::Value& item : *array) Write(item, out);
    out.EndArray();
  } else if (const std::string* text = value.as_string()) {
    out.String(*text);
  } else if (const bool* flag = value.as_bool()) {
    out.Bool(*flag);
  } else if (const int64_t* number = value.as_int()) {
    out.Int(*number);
  } else if (const double* real = value.as_double()) {
    out.Double(*real);
  } else {
    out.Null();
  }
}

// The sink of the parser. A file of several configs is not converted.
class ParserSink : public diag::Sink {
 public:
  explicit ParserSink(diag::Sink& sink) : sink_(sink) {}

  void Handle(diag::Diagnostic problem) override {
    if (problem.rule->id == absl::string_view("several-documents")) {
      several_ = true;
      problem.help = "put each config in a file of its own, and convert each";
    }
    sink_.Handle(std::move(problem));
  }

  bool several() const { return several_; }

 private:
  diag::Sink& sink_;
  bool several_ = false;
};

std::string Header(const SourceFile& file) {
  const std::string name =
      std::filesystem::path(file.name()).filename().string();
  return absl::StrCat(
      "# Converted from ", report::Visible(name), " by `ovenbird migrate`.\n",
      "# `ovenbird explain images` lists the options, `ovenbird validate` "
      "checks them.\n");
}

}  // namespace

std::optional<Migrated> Migrate(const SourceFile& file,
                                const std::string& project, diag::Sink& sink) {
  if (IsHcl(file)) {
    sink.Handle(diag::MigrateUnknownFormat(
        {&file, 0, 0}, "HCL is not read",
        "run `docker buildx bake --print > bake.json`, and convert bake.json"));
    return std::nullopt;
  }
  yaml::Arena arena;
  ParserSink parser_sink(sink);
  const yaml::Node* root = yaml::Parse(file, arena, parser_sink);
  if (root == nullptr || parser_sink.several()) return std::nullopt;
  const Tool* tool = ToolOf(*root);
  if (tool == nullptr) {
    sink.Handle(Unknown(file, *root));
    return std::nullopt;
  }
  Variables variables(tool->syntax, sink);
  const json::Value config = tool->convert({*root, project, variables, sink});
  if (config["images"].members().empty()) {
    sink.Handle(diag::MigrateUnknownFormat(
        {&file, 0, 0}, "it has no image that Ovenbird can build",
        "write a config from your Dockerfiles with `ovenbird init`"));
    return std::nullopt;
  }
  Migrated migrated;
  migrated.tool = tool->name;
  migrated.images = config["images"].members().size();
  migrated.yaml = Header(file);
  YamlWriter writer(&migrated.yaml);
  Write(config, writer);
  return migrated;
}

}  // namespace ovenbird::migrate
