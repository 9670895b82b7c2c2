// The site of an instruction: what is known before it, and the executor that it
// is rewritten for.
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
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/executor_scope.h"
#include "runtime/rewrite/made_files.h"

namespace ovenbird::rewrite {

// The Dockerfile to rewrite, and what it is rewritten for.
struct Request {
  const dockerfile::Dockerfile* dockerfile = nullptr;
  // Including those of the platform, if it is known.
  dockerfile::BuildArgs build_args;
  // The part of build_args that the executor gets as `--build-arg`.
  dockerfile::BuildArgs given_args;
  // Index of the stage that is built.
  int target = 0;
  // Stages that take part, in order (Resolution::stages).
  std::vector<int> stages;
  // The context without the ignored files; null: unknown.
  const context::Listing* listing = nullptr;
  // Paths in the context at which the pod mounts files that are not listed.
  std::vector<std::string> mounts;
  const dockerfile::Executor* executor = nullptr;
  // The executor's ignore file takes the place of the user's in the context:
  // COPY has to take the user's from another path.
  bool moves_ignore_file = false;
  // It has another text than the user's `.dockerignore`, even if nothing is
  // rewritten.
  bool replaces_ignore_file = false;
  // "time", "full" or "redo".
  std::string snapshot_mode;
  // IDs or targets of caches of RUN --mount that outlive the build; the
  // executor's own caches do not.
  std::vector<std::string> kept_caches;
  // IDs of the build secrets that are given.
  std::set<std::string> secrets;
  // Layers of RUN are cached, and with caches_copies those of COPY, too.
  bool cache = false;
  bool caches_copies = false;
  // The platform on which the image is built, e.g. "linux/amd64"; empty:
  // unknown.
  std::string platform;
  // The images that stages start from instead of those that FROM names, because
  // of its --platform, by the stages' indexes: "r.io/base@sha256:...".
  std::map<int, std::string> bases;
  // Called only if a rule needs it; null: nothing is known about base images.
  FindBaseImage base_image;
  // Returns the ONBUILD instructions of a base image from a registry; none if
  // it cannot be read. Called for each stage; null: nothing is known.
  std::function<std::vector<std::string>(absl::string_view image)> onbuild;
  // Returns the HTTP status that a URL answers with; nullopt: unknown. Called
  // only if a rule needs it; null: nothing is known.
  std::function<std::optional<int>(const std::string& url)> url_status;
};

// A change of a stage's files by an instruction.
struct StageChange {
  // The instruction that made the change.
  enum Kind {
    kRun,
    kCopy,     // COPY and ADD
    kWorkdir,  // makes the folder if it is missing
  };
  Kind kind = kRun;
  // RUN: its commands.
  std::string text;
  // RUN: the folder where it runs; COPY, ADD: the target; WORKDIR: the folder.
  // nullopt: unknown.
  std::optional<std::string> path;
  // WORKDIR, RUN: USER at that instruction; nullopt: the base image's, or
  // unknown.
  std::optional<std::string> user{};
  // ADD, which may unpack an archive at `path`.
  bool unpacks = false;
  // COPY and ADD: the target is written as a folder.
  bool into_folder = false;
  // COPY and ADD: with --chown or --chmod.
  bool has_attributes = false;
  // COPY from the context: clean paths in it; nullopt: unknown, or from
  // somewhere else.
  std::optional<std::vector<std::string>> sources{};
  // COPY and ADD from the context: as in `sources`, also with wildcards.
  std::vector<std::string> patterns{};
  // COPY and ADD: --chown and --chmod; "": no such flag, nullopt: unknown.
  std::optional<std::string> chown = "";
  std::optional<std::string> chmod = "";
  // COPY: with --from.
  bool from_stage = false;
  // RUN of root: what it makes where nothing is.
  MadeFiles made{};
};

// The state of a stage before one of its instructions, as far as it is known.
struct StageState {
  explicit StageState(dockerfile::Scope s) : scope(std::move(s)) {}

  dockerfile::Scope scope;
  // WORKDIR; nullopt: the base image's, or with an unknown variable.
  std::optional<std::string> folder;
  // USER, expanded; nullopt: the base image's, or unknown.
  std::optional<std::string> user;
  // SHELL; empty: the base image's, which is `/bin/sh -c` nearly everywhere.
  std::vector<std::string> shell;
  // A RUN in shell form precedes: the image has a shell.
  bool has_shell = false;
  // The image from a registry that the stage starts from, directly or through
  // other stages; empty: scratch, or unknown.
  std::string base;
  // The changes of this stage and of those that it starts from, in order.
  std::vector<StageChange> changes;
  // A cache of StageFiles: the paths of `changes` with the base image's
  // symlinks followed, as far as they were needed.
  mutable std::vector<std::optional<std::string>> real_paths;
  // The stage starts from scratch, directly or through other stages.
  bool from_scratch = false;

  // Takes an instruction into account as the user wrote it.
  void Apply(const dockerfile::Instruction& instruction);
  // Returns the path that `text` means in WORKDIR, absolute and clean; nullopt:
  // unknown.
  std::optional<std::string> PathOf(absl::string_view text) const;
};

// A volume for RUN --mount.
struct MountUse {
  kube::RunMount mount;
  // The first flag that asks for it.
  Span span;
  // The spans of the RUN lines that have it.
  std::vector<Span> runs{};
  // The programs that these run, with their first argument: "npm ci".
  std::set<std::string> tools{};
};

// The stages before the current one, as later stages see them.
struct EarlierStages {
  // The states at the ends of the stages that are sent, by index.
  std::map<int, StageState> ends;
  // By index of a stage: the stage that it starts from; -1: an image.
  std::vector<int> base_of;
  // The stages that other stages start from.
  std::set<int> bases;
  // Instructions to send at the end of a stage in addition.
  std::map<int, std::vector<dockerfile::Instruction>> additions;
  // Stages of our own, each with the index of the stage that it is sent before.
  std::vector<std::pair<int, std::vector<dockerfile::Instruction>>> own_stages;
  // Names in the context that may be names in a stage now, one a line.
  std::map<int, std::string> names;
  // The volumes for RUN --mount of the instructions before this one.
  std::vector<MountUse> mounts;
  // Those of all instructions; empty while they are not known yet.
  std::vector<MountUse> all_mounts;
  // The targets of those that are reported already.
  std::set<std::string> reported_mounts;

  // Returns whether an addition to the stage changes nothing but the files that
  // `COPY --from` finds.
  bool CanAddTo(int stage) const {
    return ends.count(stage) > 0 && bases.count(stage) == 0;
  }
};

// The commands of a RUN, since several rules ask for them.
struct CommandsOfRun {
  const dockerfile::Instruction* run = nullptr;
  std::vector<dockerfile::ShellCommand> commands;
};

// An instruction with everything that is known before it.
struct Site {
  const Request& request;
  const dockerfile::Stage& stage;
  const StageState& before;
  // The executor's variables where BuildKit has `before.scope`.
  const ExecutorScope& executor_scope;
  // Instructions to send at the end of the stage.
  std::vector<dockerfile::Instruction>& at_end;
  // Problems that cannot be rewritten are reported here.
  diag::Sink& sink;
  EarlierStages& earlier;
  // Of the last RUN that a rule asked about; see CommandsOf().
  mutable CommandsOfRun last_commands = {};

  // Returns whether the executor has the capability.
  bool Can(dockerfile::Capability capability) const {
    return request.executor->Can(capability);
  }
  // Returns what is known about the image that the stage starts from; null:
  // nothing. May ask a registry.
  std::shared_ptr<const BaseImage> Base() const;
  // Returns the files of that image; null: unknown. May download layers.
  std::shared_ptr<const ImageFiles> BaseFiles() const;
  // Returns USER as BuildKit has it there; nullopt: unknown. May ask a
  // registry.
  std::optional<std::string> User() const;
  // Reports that the executor behaves differently there (`effect`), and how to
  // avoid that (`advice`).
  void Report(Span span, absl::string_view effect,
              absl::string_view advice) const;
};

// Returns the expanded value of `text`; nullopt if a part of it is unknown
// here.
std::optional<std::string> KnownValue(const dockerfile::Scope& scope,
                                      absl::string_view text);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SITE_H_
