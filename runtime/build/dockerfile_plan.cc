#include "runtime/build/dockerfile_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/suggest.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/dockerfile/rewrite.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

// Our own script; the protocol is that of DevSpace's: the number of the running
// process is in /devspace-pid.
constexpr char kRestartHelperScript[] = R"sh(#!/bin/sh
# Runs a program and starts it again when it has ended. To restart it at once:
# remove /devspace-pid and end the process whose number was in it.
child=
stop() {
  trap - TERM INT
  [ -z "$child" ] || kill "$child" 2>/dev/null
  wait
  exit 143
}
trap stop TERM INT
while :; do
  "$@" &
  child=$!
  echo "$child" >/devspace-pid
  wait "$child"
  code=$?
  if [ -e /devspace-pid ]; then
    rm -f /devspace-pid
    echo "restart helper: ended with $code, starting again in 5 seconds" >&2
    sleep 5 &
    wait $!
  fi
done
)sh";

void WarnOfUnusedArgs(const DockerfileRequest& request,
                      const dockerfile::Dockerfile& dockerfile,
                      const dockerfile::BuildArgs& args, diag::Sink& sink) {
  const yaml::Node* section =
      request.options == nullptr || request.options->source == nullptr
          ? nullptr
          : request.options->source->Find("buildArgs");
  std::vector<std::string> declared = dockerfile::DeclaredArgs(dockerfile);
  for (const std::string& name : dockerfile::UndeclaredArgs(dockerfile, args)) {
    sink.Handle(diag::BuildArgUnused(config::decode::KeySpanOf(section, name),
                                     name, request.image->dockerfile,
                                     DidYouMean(name, declared)));
  }
}

dockerfile::EntrypointChange ChangeOf(const config::Image& image) {
  dockerfile::EntrypointChange change;
  if (config::decode::IsGiven(image.source, "entrypoint")) {
    change.entrypoint = image.entrypoint;
  }
  if (config::decode::IsGiven(image.source, "cmd")) change.cmd = image.cmd;
  change.restart_helper = image.inject_restart_helper;
  return change;
}

std::vector<std::string> Registries(const dockerfile::Resolution& resolution) {
  std::vector<std::string> domains;
  for (const dockerfile::BaseImage& base : resolution.images) {
    absl::StatusOr<registry::Reference> reference =
        registry::ParseReference(base.image);
    if (!reference.ok()) continue;
    if (std::find(domains.begin(), domains.end(), reference->domain) ==
        domains.end()) {
      domains.push_back(reference->domain);
    }
  }
  return domains;
}

}  // namespace

std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink) {
  diag::Collector problems;
  dockerfile::Dockerfile dockerfile =
      dockerfile::Parse(*request.file, problems);
  dockerfile::BuildArgs args(request.build_args.begin(),
                             request.build_args.end());
  WarnOfUnusedArgs(request, dockerfile, args, problems);
  DockerfilePlan plan;
  plan.name =
      std::filesystem::path(request.image->dockerfile).filename().string();
  std::string text = request.file->text();
  std::optional<int> target = dockerfile::FindTarget(
      dockerfile, request.options == nullptr ? "" : request.options->target,
      config::decode::SpanOf(
          request.options == nullptr ? nullptr : request.options->source,
          "target"),
      problems);
  if (target && !problems.has_errors()) {
    dockerfile::ResolveOptions resolve;
    resolve.build_args = args;
    resolve.target = *target;
    // Executors before the fork's build every stage up to the target.
    resolve.skip_unused_stages = false;
    dockerfile::Resolution resolution =
        dockerfile::Resolve(dockerfile, resolve, problems);
    plan.registries = Registries(resolution);
    plan.sources = std::move(resolution.sources);
    plan.bases = std::move(resolution.images);
    dockerfile::EntrypointChange change = ChangeOf(*request.image);
    std::optional<std::string> changed =
        dockerfile::WithEntrypoint(dockerfile, *target, change);
    if (!changed) {
      problems.Handle(diag::RestartHelperWithoutEntrypoint(
          config::decode::KeySpanOf(request.image->source,
                                    "injectRestartHelper"),
          request.image->dockerfile, request.key));
    } else if (*changed != text) {
      // As in DevSpace 4.11, the changed file has the default's name.
      plan.name = "Dockerfile";
      text = *std::move(changed);
    }
    if (change.restart_helper) {
      plan.files.push_back({std::string(dockerfile::kRestartHelperSource),
                            kRestartHelperScript, /*executable=*/true});
    }
  }
  plan.text = std::move(text);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    sink.Handle(problem);
  }
  if (!target || problems.has_errors()) return std::nullopt;
  return plan;
}

}  // namespace ovenbird::build
