// An instruction at its place: what is known before it, and for which executor
// it is rewritten.
#ifndef OVENBIRD_RUNTIME_REWRITE_SITE_H_
#define OVENBIRD_RUNTIME_REWRITE_SITE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/context/listing.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/executor_scope.h"

namespace ovenbird::rewrite {

// What a Dockerfile is rewritten for.
struct Request {
  const dockerfile::Dockerfile* dockerfile = nullptr;
  // With the platform's, where it is known.
  dockerfile::BuildArgs build_args;
  // Of these, those that the executor gets as `--build-arg`.
  dockerfile::BuildArgs given_args;
  // Index of the stage that is built.
  int target = 0;
  // Stages that take part, in order (Resolution::stages).
  std::vector<int> stages;
  // The context less what is ignored; null: not known.
  const context::Listing* listing = nullptr;
  // Paths in the context at which the pod mounts something that is not listed.
  std::vector<std::string> mounts;
  const dockerfile::Executor* executor = nullptr;
  // The executor's ignore file takes the place of the user's: COPY has to take
  // the user's from elsewhere.
  bool moves_ignore_file = false;
  // "time", "full" or "redo".
  std::string snapshot_mode;
  // Layers of RUN are cached, and those of COPY, too.
  bool cache = false;
  bool caches_copies = false;
  // Where the image is built, "linux/amd64"; empty: not known.
  std::string platform;
  // Asked only where a rule needs to know; null: nothing is known.
  FindBaseImage base_image;
  // Returns the HTTP status that a URL answers with; nullopt: not known. Asked
  // only where a rule needs to know; null: nothing is known.
  std::function<std::optional<int>(const std::string& url)> url_status;
};

// What an instruction did to the files of a stage.
struct StageChange {
  enum Kind {
    kRun,
    kCopy,     // COPY and ADD
    kWorkdir,  // makes the folder if it is missing
  };
  Kind kind = kRun;
  // RUN: the commands.
  std::string text;
  // RUN: where it runs; COPY, ADD: the target; WORKDIR: the folder. nullopt:
  // not known.
  std::optional<std::string> path;
  // WORKDIR: USER then; nullopt: the base image's, or not known.
  std::optional<std::string> user{};
  // ADD, which may unpack an archive there.
  bool unpacks = false;
  // COPY and ADD: the target is written as a folder.
  bool into_folder = false;
  // COPY and ADD: with another owner than root's, or with a mode.
  bool has_attributes = false;
  // COPY from the context: clean paths in it; nullopt: not known, or from
  // elsewhere.
  std::optional<std::vector<std::string>> sources{};
};

// What is known of a stage before one of its instructions.
struct StageState {
  explicit StageState(dockerfile::Scope s) : scope(std::move(s)) {}

  dockerfile::Scope scope;
  // WORKDIR; nullopt: the base image's, or with a variable that is not known.
  std::optional<std::string> folder;
  // USER, expanded; nullopt: the base image's, or not known.
  std::optional<std::string> user;
  // SHELL; empty: the base image's, which is `/bin/sh -c` nearly everywhere.
  std::vector<std::string> shell;
  // A RUN in shell form came before: the image has a shell.
  bool has_shell = false;
  // The image from a registry that it starts from, itself or by way of other
  // stages; empty: scratch, or not known.
  std::string base;
  // Of this stage and those that it starts from, in order.
  std::vector<StageChange> changes;
  // Their paths with the base image's symlinks followed: StageFiles keeps them
  // here, as far as it has asked.
  mutable std::vector<std::optional<std::string>> real_paths;
  // FROM scratch, and no file so far that could be a shell.
  bool from_scratch = false;

  // Takes an instruction, as the user wrote it, into account.
  void Apply(const dockerfile::Instruction& instruction);
  // Returns the path as seen from WORKDIR; nullopt: not known.
  std::optional<std::string> PathOf(absl::string_view text) const;
};

// The stages before one, as later stages see them.
struct EarlierStages {
  // States at the ends of those that are sent.
  std::map<int, StageState> ends;
  // Those that other stages start from.
  std::set<int> bases;
  // What is to be sent at the end of a stage in addition.
  std::map<int, std::vector<dockerfile::Instruction>> additions;
  // Stages of our own, each with the stage that it is sent before.
  std::vector<std::pair<int, std::vector<dockerfile::Instruction>>> own_stages;
  // Names in the context that may have become names in a stage, one a line.
  std::map<int, std::string> names;

  // Whether an addition changes nothing but what `COPY --from` finds.
  bool CanAddTo(int stage) const {
    return ends.count(stage) > 0 && bases.count(stage) == 0;
  }
};

// One instruction at its place.
struct Site {
  const Request& request;
  const dockerfile::Stage& stage;
  const StageState& before;
  // What the executor has in place of `before.scope`.
  const ExecutorScope& executor_scope;
  // Instructions that move to the end of the stage.
  std::vector<dockerfile::Instruction>& at_end;
  // Problems that cannot be rewritten are reported here.
  diag::Sink& sink;
  EarlierStages& earlier;

  bool Can(dockerfile::Capability capability) const {
    return request.executor->Can(capability);
  }
  // Returns what is known of the image that the stage starts from; null:
  // nothing. May ask a registry.
  std::shared_ptr<const BaseImage> Base() const;
  // Returns the files of that image; null: not known. May download layers.
  std::shared_ptr<const ImageFiles> BaseFiles() const;
  // Returns USER as BuildKit has it there; nullopt: not known. May ask a
  // registry.
  std::optional<std::string> User() const;
  // Reports that the executor does something else there, and what to do.
  void Report(Span span, absl::string_view effect,
              absl::string_view advice) const;
};

// Returns the text's value; nullopt when a part of it is not known here.
std::optional<std::string> KnownValue(const dockerfile::Scope& scope,
                                      absl::string_view text);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SITE_H_
