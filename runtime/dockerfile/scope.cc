#include "runtime/dockerfile/scope.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "runtime/dockerfile/shell_words.h"

namespace ovenbird::dockerfile {
namespace {

// Stands for a value that only the executor knows.
constexpr char kExecutorsOwn = '\x01';

constexpr std::array<absl::string_view, 8> kPlatformArgs = {
    "BUILDARCH",  "BUILDOS",  "BUILDPLATFORM",  "BUILDVARIANT",
    "TARGETARCH", "TARGETOS", "TARGETPLATFORM", "TARGETVARIANT"};

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

void Scope::AddGlobal(const Instruction& arg) {
  for (const Pair& pair : arg.pairs) AddArg(pair, global_, false);
}

Scope Scope::NewStage(const Scope* base) const {
  Scope stage(build_args_, escape_);
  stage.global_ = global_;
  if (base != nullptr) stage.env_ = base->env_;
  return stage;
}

void Scope::AddArg(const Pair& pair, Args& args, bool in_stage) {
  std::optional<std::string>& value = args[pair.name];
  if (const auto given = build_args_->find(pair.name);
      given != build_args_->end()) {
    value = given->second;
  } else if (pair.value.has_value()) {
    value = Expand(*pair.value, in_stage ? env_ : Values(), args).text;
  } else if (const auto global = global_.find(pair.name);
             in_stage && global != global_.end()) {
    value = global->second;
  } else if (Contains(kPlatformArgs, pair.name)) {
    value = std::string(1, kExecutorsOwn);
  } else {
    value.reset();
  }
}

void Scope::Apply(const Instruction& instruction) {
  if (instruction.keyword == "ARG") {
    for (const Pair& pair : instruction.pairs) AddArg(pair, args_, true);
  }
  if (instruction.keyword != "ENV") return;
  // All see the values from before the instruction.
  Values values;
  for (const Pair& pair : instruction.pairs) {
    const Expanded value = Expand(pair.value.value_or(""));
    if (value.unknown.empty()) values[Expand(pair.name).text] = value.text;
  }
  for (auto& [name, value] : values) env_[name] = value;
}

Expanded Scope::Expand(absl::string_view text) const {
  return Expand(text, env_, args_);
}

Expanded Scope::ExpandGlobal(absl::string_view text) const {
  Args args = global_;
  for (absl::string_view name : kPlatformArgs) {
    args.try_emplace(std::string(name), std::string(1, kExecutorsOwn));
  }
  return Expand(text, Values(), args);
}

Expanded Scope::Expand(absl::string_view text, const Values& env,
                       const Args& args) const {
  Expanded result;
  const auto lookup =
      [&](absl::string_view name) -> std::optional<std::string> {
    const std::string key(name);
    if (const auto found = env.find(key); found != env.end()) {
      return found->second;
    }
    if (const auto found = args.find(key); found != args.end()) {
      return found->second;
    }
    if (IsPredefinedArg(name)) {
      const auto given = build_args_->find(key);
      if (given != build_args_->end()) return given->second;
    }
    if (result.unknown.empty()) result.unknown = key;
    return std::nullopt;
  };
  ShellOptions options;
  options.escape = escape_;
  absl::StatusOr<ShellText> expanded = ExpandShell(text, lookup, options);
  if (!expanded.ok()) {
    result.error = std::string(expanded.status().message());
    return result;
  }
  result.text = std::move(expanded->text);
  const size_t own = result.text.find(kExecutorsOwn);
  if (own != std::string::npos) result.known_size = own;
  return result;
}

}  // namespace ovenbird::dockerfile
