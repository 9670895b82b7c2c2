// What the local engine is asked to do.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_RUN_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_RUN_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/build/local/executor.h"
#include "runtime/build/login_refresh.h"

namespace ovenbird::build {

// A container to run on this machine, with its context and its outputs.
struct LocalRun {
  ContainerSpec container;
  // Opens the context as a plain (not compressed) tar stream, from its start:
  // called again if a runtime does not work. Null: no context.
  std::function<absl::StatusOr<ByteSource>()> open_context;
  std::vector<ContainerOutput> outputs;

  // "docker", "podman" or "runc" only; empty: the first that works.
  std::string runtime;
  ExecutorSources executors;
  // As in ExecutorRequest.
  std::string planned_executor;
  // The login of the container and how to ask for the current one; `ask` is
  // null: it is never renewed. Runtimes set `replace` (only runc can: a daemon
  // has a copy of the file).
  LoginRefreshOptions login;
  std::string login_path;  // of config.json in the container
  // Whether Debian's runc may be installed if the machine has no runtime.
  bool may_install = true;

  // Receives the current step: "building on runc 1.1.5". Never null.
  std::function<void(absl::string_view)> on_step;
  // Receives the phase that begins; may be empty.
  OnPhase on_phase{};
  // Receives lines of the container's output. Never null. All three are called
  // in the thread of `RunLocally`.
  std::function<void(absl::string_view)> on_log;
  Cancellation* cancel = nullptr;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_LOCAL_RUN_H_
