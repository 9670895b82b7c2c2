#include "runtime/dockerfile/scope.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"

namespace ovenbird::dockerfile {
namespace {

constexpr std::array<absl::string_view, 11> kPlatformArgs = {
    "BUILDARCH",      "BUILDOS",     "BUILDOSVERSION", "BUILDPLATFORM",
    "BUILDVARIANT",   "TARGETARCH",  "TARGETOS",       "TARGETOSVERSION",
    "TARGETPLATFORM", "TARGETSTAGE", "TARGETVARIANT"};

// What PATH is where no image sets it.
constexpr char kPath[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// No Dockerfile needs as much. What follows is not expanded.
constexpr size_t kMaxExpanded = size_t{16} << 20;

// May be given and used without ARG.
constexpr std::array<absl::string_view, 5> kPredefined = {
    "ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"};

template <size_t N>
bool Contains(const std::array<absl::string_view, N>& names,
              absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool IsPredefinedArg(absl::string_view name) {
  return Contains(kPlatformArgs, name) ||
         Contains(kPredefined, absl::AsciiStrToUpper(name));
}

const Scope::Value* Scope::Layer::Find(absl::string_view name) const {
  for (const Layer* layer = this; layer != nullptr;
       layer = layer->below.get()) {
    const auto found = layer->values.find(name);
    if (found != layer->values.end()) return &found->second;
  }
  return nullptr;
}

bool Scope::Layer::IsClosed() const {
  const Layer* lowest = this;
  while (lowest->below != nullptr) lowest = lowest->below.get();
  return lowest->closed;
}

Scope::Scope(const Values* build_args, char escape)
    : Scope(std::make_shared<Shared>()) {
  shared_->build_args = build_args;
  shared_->escape = escape;
  shared_->globals.closed = true;
  for (absl::string_view name : kPlatformArgs) {
    const auto given = build_args->find(std::string(name));
    shared_->globals.values[std::string(name)].text =
        given == build_args->end() ? std::string(1, kExecutorsOwn)
                                   : given->second;
  }
}

Scope::Scope(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), layer_(std::make_shared<Layer>()) {}

void Scope::AddGlobal(const Instruction& arg, const OnProblem& on_problem) {
  for (const Pair& pair : arg.pairs) {
    AddArg(pair, shared_->globals, on_problem);
  }
}

Scope Scope::NewStage() const { return Scope(shared_); }

Scope Scope::NewEmptyStage() const {
  Scope stage(shared_);
  stage.layer_->closed = true;
  stage.layer_->values["PATH"].text = kPath;
  return stage;
}

Scope Scope::NewStageWith(const Values& env) const {
  Scope stage(shared_);
  stage.layer_->closed = true;
  for (const auto& [name, value] : env) {
    stage.layer_->values[name].text = value;
  }
  return stage;
}

Scope Scope::NewStageFrom(const Scope& base) const {
  Scope stage(shared_);
  stage.layer_->below = base.layer_;
  return stage;
}

void Scope::AddArg(const Pair& pair, Layer& layer,
                   const OnProblem& on_problem) {
  const bool in_stage = &layer != &shared_->globals;
  const auto given = shared_->build_args->find(pair.name);
  if (given != shared_->build_args->end()) {
    layer.values[pair.name] = {Value::kSet, given->second};
  } else if (pair.value.has_value()) {
    ShellOptions options;
    options.escape = shared_->escape;
    const Expanded value = Expand(*pair.value, layer, options);
    if (!value.error.empty()) on_problem(pair, value);
    layer.values[pair.name] = {
        value.unknown.empty() ? Value::kSet : Value::kUnknown, value.text};
  } else if (const Value* global = shared_->globals.Find(pair.name);
             in_stage && global != nullptr) {
    layer.values[pair.name] = *global;
  } else if (layer.Find(pair.name) == nullptr &&
             (!in_stage || layer.IsClosed())) {
    // Elsewhere, the base image may have it as ENV, which stays in force.
    layer.values[pair.name].state = Value::kUnset;
  }
}

void Scope::Apply(const Instruction& instruction, const OnProblem& on_problem) {
  if (instruction.keyword == "ARG") {
    for (const Pair& pair : instruction.pairs) {
      AddArg(pair, *layer_, on_problem);
    }
  }
  if (instruction.keyword != "ENV") return;
  // All see the values from before the instruction.
  std::map<std::string, Value> values;
  for (const Pair& pair : instruction.pairs) {
    const Expanded name = Expand(pair.name);
    const Expanded value = Expand(pair.value.value_or(""));
    for (const Expanded* part : {&name, &value}) {
      if (!part->error.empty()) on_problem(pair, *part);
    }
    values[name.text] = {value.unknown.empty() ? Value::kSet : Value::kUnknown,
                         value.text};
  }
  for (auto& [name, value] : values) layer_->values[name] = std::move(value);
}

Expanded Scope::Expand(absl::string_view text) const {
  ShellOptions options;
  options.escape = shared_->escape;
  return Expand(text, *layer_, options);
}

Expanded Scope::ExpandHeredoc(absl::string_view text) const {
  ShellOptions options;
  options.plain_quotes = true;
  return Expand(text, *layer_, options);
}

bool Scope::IsKnown(const Value& value) {
  return value.state != Value::kUnknown &&
         value.text.find(kExecutorsOwn) == std::string::npos;
}

Scope::Known Scope::KnownOf(const Layer& layer) {
  Known known;
  for (const Layer* each = &layer; each != nullptr; each = each->below.get()) {
    for (const auto& [name, value] : each->values) {
      if (!IsKnown(value)) continue;
      known.try_emplace(name, value.state == Value::kSet
                                  ? std::optional<std::string>(value.text)
                                  : std::nullopt);
    }
  }
  return known;
}

Scope::Known Scope::All() const { return KnownOf(*layer_); }

std::optional<std::optional<std::string>> Scope::Find(
    absl::string_view name) const {
  for (const Layer* each = layer_.get(); each != nullptr;
       each = each->below.get()) {
    const auto found = each->values.find(name);
    // As in KnownOf: a value that is not known does not hide one below.
    if (found == each->values.end() || !IsKnown(found->second)) continue;
    return found->second.state == Value::kSet
               ? std::optional<std::string>(found->second.text)
               : std::nullopt;
  }
  return std::nullopt;
}

Scope::Known Scope::Globals() const { return KnownOf(shared_->globals); }

Expanded Scope::ExpandGlobal(absl::string_view text) const {
  ShellOptions options;
  options.escape = shared_->escape;
  return Expand(text, shared_->globals, options);
}

Expanded Scope::Expand(absl::string_view text, const Layer& layer,
                       ShellOptions options) const {
  Expanded result;
  const bool global = &layer == &shared_->globals;
  const auto lookup =
      [&](absl::string_view name) -> std::optional<std::string> {
    const Value* found = layer.Find(name);
    if (found != nullptr && found->state == Value::kSet) return found->text;
    if (found != nullptr && found->state == Value::kUnset) return std::nullopt;
    if (found == nullptr && IsPredefinedArg(name)) {
      const auto given = shared_->build_args->find(std::string(name));
      if (given != shared_->build_args->end()) return given->second;
    }
    if (found == nullptr && !global && layer.IsClosed()) return std::nullopt;
    if (result.unknown.empty()) result.unknown = std::string(name);
    return std::nullopt;
  };
  if (shared_->expanded > kMaxExpanded) {
    result.unknown = "...";
    return result;
  }
  absl::StatusOr<ShellText> expanded = ExpandShell(text, lookup, options);
  if (!expanded.ok()) {
    const absl::Status& status = expanded.status();
    result.bad_syntax = absl::IsInvalidArgument(status);
    // The base image may have the variable.
    if (!absl::IsFailedPrecondition(status) || result.unknown.empty() ||
        global) {
      result.error = std::string(status.message());
    }
    return result;
  }
  shared_->expanded += expanded->text.size();
  if (shared_->expanded > kMaxExpanded) {
    result.error = "the values of all variables are longer than 16 MiB";
    return result;
  }
  result.text = std::move(expanded->text);
  result.words = std::move(expanded->words);
  const size_t own = result.text.find(kExecutorsOwn);
  if (own != std::string::npos) result.known_size = own;
  return result;
}

}  // namespace ovenbird::dockerfile
