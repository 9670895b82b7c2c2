#include "runtime/config/check.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/platform.h"
#include "runtime/base/suggest.h"
#include "runtime/config/check_kaniko.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {
namespace {

using decode::Context;
using decode::SpanOf;

const yaml::Node* ValueOf(const yaml::Node* source, absl::string_view field) {
  return source == nullptr ? nullptr : source->Find(field);
}

// Docker Hub's names have three notations.
std::string FullName(absl::string_view image) {
  absl::ConsumePrefix(&image, "index.");
  absl::ConsumePrefix(&image, "docker.io/");
  absl::ConsumePrefix(&image, "library/");
  return std::string(image);
}

class Checker {
 public:
  Checker(const Config& config, diag::Sink& sink)
      : config_(config), context_(&sink) {}

  void Check() {
    Images();
    const Context::Scope scope(&context_, "hooks");
    for (size_t i = 0; i < config_.hooks.size(); ++i) {
      const Context::Scope item(&context_, i);
      OneHook(config_.hooks[i]);
    }
  }

 private:
  void Images() {
    const Context::Scope scope(&context_, "images");
    HashMap<std::string, size_t> first;
    for (size_t i = 0; i < config_.images.size(); ++i) {
      const auto& [key, image] = config_.images[i];
      const Context::Scope item(&context_, key);
      if (!image.image.empty()) {
        const auto [other, is_new] =
            first.try_emplace(FullName(image.image), i);
        if (!is_new) Twice(i, other->second);
        Official(image);
      }
      Platforms(image);
      if (!image.build.has_value()) continue;
      const Context::Scope build(&context_, "build");
      if (image.build->kaniko.has_value()) {
        const Context::Scope kaniko(&context_, "kaniko");
        CheckKaniko(*image.build->kaniko, context_);
      }
    }
  }

  void Twice(size_t again, size_t index) {
    const Image& image = config_.images[again].second;
    const auto& [key, other] = config_.images[index];
    const Context::Scope scope(&context_, "image");
    const Span here = SpanOf(image.source, "image");
    const Span first = SpanOf(other.source, "image");
    const yaml::Node* images = ValueOf(config_.source, "images");
    if (here != first || images == nullptr) {
      context_.Report(diag::SameImageTwice(here, image.image, key)
                          .WithLabel(first, "first given here"),
                      ValueOf(image.source, "image"));
      return;
    }
    // Both have it from one place, by an anchor: only their keys differ.
    context_.Report(
        diag::SameImageTwice(
            decode::KeySpanOf(images, config_.images[again].first), image.image,
            key)
            .WithLabel(decode::KeySpanOf(images, key), "first given here")
            .WithLabel(here, "the name of both"),
        ValueOf(image.source, "image"));
  }

  void Official(const Image& image) {
    if (absl::StrContains(image.image, '/')) return;
    const Context::Scope scope(&context_, "image");
    context_.Report(
        diag::OfficialImage(SpanOf(image.source, "image"), image.image),
        ValueOf(image.source, "image"));
  }

  // One platform has several notations, so its strings may differ.
  void Platforms(const Image& image) {
    const yaml::Node* list = ValueOf(image.source, "platforms");
    const Context::Scope scope(&context_, "platforms");
    std::vector<Platform> known;
    for (size_t i = 0; i < image.platforms.size(); ++i) {
      const absl::StatusOr<Platform> platform =
          ParsePlatform(image.platforms[i]);
      if (!platform.ok() || list == nullptr || i >= list->items().size()) {
        continue;
      }
      const auto first = std::find(known.begin(), known.end(), *platform);
      const bool is_new = first == known.end();
      if (is_new) known.push_back(*platform);
      const auto same =
          std::find(image.platforms.begin(), image.platforms.begin() + i,
                    image.platforms[i]);
      // The same string twice is reported by the decoder.
      if (is_new || same != image.platforms.begin() + i) continue;
      const Context::Scope item(&context_, i);
      context_.Report(diag::DuplicateItem(list->items()[i]->span(),
                                          platform->ToString(), "platforms"),
                      list->items()[i]);
    }
  }

  void OneHook(const Hook& hook) {
    const bool runs =
        hook.when && (Runs(hook.when->before) || Runs(hook.when->after));
    if (!runs && !hook.command.empty()) {
      context_.Report(
          diag::HookNeverRuns(decode::KeySpanOf(hook.source, "command")),
          hook.source);
    }
    if (hook.when) {
      const Context::Scope scope(&context_, "when");
      Step("before", hook.when->before);
      Step("after", hook.when->after);
    }
    CommandLine(hook);
    Quotes(hook);
  }

  // `deployments` is for DevSpace: not here, but no mistake.
  static bool Runs(const Boxed<HookStep>& step) {
    return step && ((step->images && !step->images->empty()) ||
                    (step->deployments && !step->deployments->empty()));
  }

  void Step(absl::string_view name, const Boxed<HookStep>& step) {
    if (!step || !step->images || step->images->empty() ||
        *step->images == "all") {
      return;
    }
    std::vector<std::string> keys;
    for (const auto& [key, image] : config_.images) {
      if (key == *step->images) return;
      keys.push_back(key);
    }
    const std::string known =
        keys.empty() ? "the images"
                     : absl::StrCat("`", absl::StrJoin(keys, "`, `"), "`");
    keys.push_back("all");
    const Context::Scope scope(&context_, name);
    const Context::Scope field(&context_, "images");
    context_.Report(
        diag::HookUnknownImage(SpanOf(step->source, "images"),
                               absl::StrCat(name, ".images"), *step->images,
                               DidYouMean(*step->images, keys), known),
        ValueOf(step->source, "images"));
  }

  // Where no shell splits the command into words.
  void CommandLine(const Hook& hook) {
    if (!IsCommandLine(hook.command)) return;
    const Context::Scope scope(&context_, "command");
    diag::Diagnostic problem = diag::BadFormat(
        SpanOf(hook.source, "command"), "command", hook.command,
        "the name of a program", "hooks run without a shell",
        "write `command: PROGRAM` with `args: [ARGUMENT, ...]`, or `command: "
        "sh` with `args: [-c, COMMANDS]`");
    problem.severity = diag::Severity::kWarning;
    context_.Report(std::move(problem), ValueOf(hook.source, "command"));
  }

  // A path may have spaces, but hardly before these.
  static bool IsCommandLine(absl::string_view command) {
    const size_t space = command.find(' ');
    if (space == absl::string_view::npos) return false;
    if (!absl::StrContains(command.substr(0, space), '/')) return true;
    for (const absl::string_view sign : {" -", " &", " |", " >", " <", ";"}) {
      if (absl::StrContains(command, sign)) return true;
    }
    return false;
  }

  // NAME='...' or '...', where no shell will take the quotes away.
  void Quotes(const Hook& hook) {
    static constexpr absl::string_view kShells[] = {
        "sh",  "ash",  "bash", "dash", "ksh",
        "zsh", "fish", "cmd",  "pwsh", "powershell"};
    absl::string_view program = hook.command;
    program.remove_prefix(program.rfind('/') + 1);
    for (const absl::string_view shell : kShells) {
      if (program == shell || absl::StripSuffix(program, ".exe") == shell) {
        return;
      }
    }
    const yaml::Node* args = ValueOf(hook.source, "args");
    const Context::Scope scope(&context_, "args");
    for (size_t i = 0; i < hook.args.size(); ++i) {
      if (!IsQuoted(hook.args[i]) || args == nullptr ||
          i >= args->items().size()) {
        continue;
      }
      const Context::Scope item(&context_, i);
      context_.Report(
          diag::HookLiteralQuotes(args->items()[i]->span(), hook.args[i]),
          args->items()[i]);
    }
  }

  static bool IsQuoted(absl::string_view argument) {
    const size_t quote = argument.find('\'');
    const bool at_start = quote == 0 || (quote != absl::string_view::npos &&
                                         argument[quote - 1] == '=');
    return at_start && quote + 1 < argument.size() && argument.back() == '\'';
  }

  const Config& config_;
  Context context_;
};

}  // namespace

void Check(const Config& config, diag::Sink& sink) {
  Checker(config, sink).Check();
}

}  // namespace ovenbird::config
