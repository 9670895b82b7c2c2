#include "runtime/build/local/daemon_containers.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "runtime/base/json.h"
#include "runtime/base/rfc3339.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/subprocess.h"

namespace ovenbird::build {
namespace {

constexpr char kManagedBy[] = "app.kubernetes.io/managed-by";
constexpr char kManager[] = "ovenbird";
constexpr char kImageKey[] = "ovenbird.dev/image-key";

constexpr absl::Duration kPatience = absl::Seconds(20);
// One that has ended may still be read by its process, one that was never
// started still be filled.
constexpr absl::Duration kEndedMargin = absl::Minutes(5);
constexpr absl::Duration kCreatedMargin = absl::Hours(1);

std::string LabelOf(const FoundContainer& container, const char* name) {
  auto found = container.labels.find(name);
  return found == container.labels.end() ? "" : found->second;
}

absl::Time TimeOf(const json::Value& value) {
  return ParseRfc3339(value.string_or()).value_or(absl::InfinitePast());
}

Subprocess Command(const std::string& program,
                   std::vector<std::string> arguments, Cancellation* cancel) {
  Subprocess process;
  process.argv = std::move(arguments);
  process.argv.insert(process.argv.begin(), program);
  process.timeout = kPatience;
  process.cancel = cancel;
  return process;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ContainerLabels(
    const Owner& owner, const std::string& image_key) {
  std::vector<std::pair<std::string, std::string>> labels = Annotations(owner);
  labels.emplace_back(kManagedBy, kManager);
  labels.emplace_back(kImageKey, image_key);
  return labels;
}

std::vector<FoundContainer> ParseContainers(absl::string_view json) {
  std::vector<FoundContainer> found;
  absl::StatusOr<json::Value> list = json::Parse(json);
  if (!list.ok()) return found;
  for (const json::Value& item : list->items()) {
    FoundContainer container;
    container.id = std::string(item["Id"].string_or());
    container.running = item.Get({"State", "Running"}).bool_or();
    container.created = TimeOf(item["Created"]);
    container.finished = TimeOf(item.Get({"State", "FinishedAt"}));
    for (const auto& [name, value] : item.Get({"Config", "Labels"}).members()) {
      container.labels.emplace(name, value.string_or());
    }
    if (!container.id.empty() && LabelOf(container, kManagedBy) == kManager &&
        container.labels.count(kProcessAnnotation) > 0) {
      found.push_back(std::move(container));
    }
  }
  return found;
}

absl::StatusOr<std::vector<FoundContainer>> ListContainers(
    const std::string& program, Cancellation* cancel) {
  RETURN_IF_ERROR(FindProgram(program).status());
  ASSIGN_OR_RETURN(
      SubprocessResult listed,
      RunSubprocess(
          Command(program,
                  {"ps", "--all", "--quiet", "--no-trunc",
                   absl::StrCat("--filter=label=", kManagedBy, "=", kManager)},
                  cancel)));
  if (!listed.ok()) {
    return absl::UnavailableError(absl::StrCat(
        "`", program, " ps`: ", absl::StripAsciiWhitespace(listed.err)));
  }
  std::vector<std::string> arguments =
      absl::StrSplit(listed.out, '\n', absl::SkipWhitespace());
  if (arguments.empty()) return std::vector<FoundContainer>();
  arguments.insert(arguments.begin(), {"container", "inspect"});
  // Of those that have gone meanwhile it complains, and prints the others.
  ASSIGN_OR_RETURN(
      SubprocessResult inspected,
      RunSubprocess(Command(program, std::move(arguments), cancel)));
  return ParseContainers(inspected.out);
}

absl::Status RemoveContainer(const std::string& program, const std::string& id,
                             Cancellation* cancel) {
  ASSIGN_OR_RETURN(SubprocessResult result,
                   RunSubprocess(Command(
                       program, {"rm", "--force", "--volumes", id}, cancel)));
  if (result.ok()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("`", program, " rm --force --volumes ", id,
                   "`: ", absl::StripAsciiWhitespace(result.err)));
}

ContainerVerdict JudgeContainer(const FoundContainer& container,
                                const Owner& owner, absl::Time now) {
  ContainerVerdict verdict;
  verdict.ours = LabelOf(container, kUserAnnotation) == owner.user;
  verdict.image = LabelOf(container, kImageKey);
  const std::string process = LabelOf(container, kProcessAnnotation);
  const std::string host = LabelOf(container, kHostAnnotation);
  // A daemon may serve several machines.
  const Liveness liveness =
      host == owner.host ? LivenessOf(process) : Liveness::kUnknown;
  const bool over = container.finished > absl::UnixEpoch()
                        ? now > container.finished + kEndedMargin
                        : now > container.created + kCreatedMargin;
  if (liveness == Liveness::kRunning) {
    verdict.in_use = true;
    verdict.why = absl::StrCat("process ", PidOf(process), " is building it");
  } else if (liveness == Liveness::kEnded) {
    verdict.why = absl::StrCat("its process ", PidOf(process), " has exited");
  } else if (!container.running && over) {
    verdict.why = "it has exited";
  } else {
    verdict.in_use = true;
    verdict.why = absl::StrCat("host ", host, " may be building it");
  }
  return verdict;
}

void SweepContainers(const std::string& program, const Owner& owner,
                     Cancellation* cancel) {
  absl::StatusOr<std::vector<FoundContainer>> found =
      ListContainers(program, cancel);
  if (!found.ok()) return;
  for (const FoundContainer& container : *found) {
    const ContainerVerdict verdict =
        JudgeContainer(container, owner, absl::Now());
    if (verdict.ours && !verdict.in_use) {
      RemoveContainer(program, container.id, cancel).IgnoreError();
    }
  }
}

}  // namespace ovenbird::build
