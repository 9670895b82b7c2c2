#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/suggest.h"
#include "runtime/build/cluster/build_pods.h"
#include "runtime/cli/image_pods.h"
#include "runtime/cli/log_reader.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/report/mask.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

constexpr absl::Duration kBetweenReads = absl::Milliseconds(200);
constexpr char kIsRunning[] =
    "the build is running: `--follow` prints the log until it ends\n";

std::vector<std::string> KeysOf(const config::Loaded& project) {
  std::vector<std::string> keys;
  for (const auto& [key, image] : project.config.images) keys.push_back(key);
  return keys;
}

const config::Image& ImageOf(const config::Loaded& project,
                             const std::string& key) {
  static const config::Image kNone;
  for (const auto& [other, image] : project.config.images) {
    if (other == key) return image;
  }
  return kNone;
}

// The image that is meant; empty after an error, which is shown.
std::string Choose(const Options& options,
                   const std::vector<std::string>& keys) {
  const std::string all =
      absl::StrJoin(keys, ", ", [](std::string* out, const std::string& key) {
        absl::StrAppend(out, "`", key, "`");
      });
  if (keys.empty()) {
    ShowError("the config has no images");
    return "";
  }
  if (options.log_image.empty()) {
    if (keys.size() == 1) return keys.front();
    ShowError(absl::StrCat("name one of the images: ", all));
    return "";
  }
  for (const std::string& key : keys) {
    if (key == options.log_image) return key;
  }
  const std::string hint = DidYouMean(options.log_image, keys);
  ShowError(absl::StrCat("unknown image `", options.log_image, "`",
                         hint.empty() ? absl::StrCat("; the config has ", all)
                                      : absl::StrCat("; ", hint)));
  return "";
}

// Prints whole lines as the output can show them: a terminal gets no control
// characters but those for colours.
class Printer {
 public:
  void Print(absl::string_view text) {
    if (!is_terminal_) {
      std::cout << text << std::flush;
      return;
    }
    absl::StrAppend(&begun_, text);
    size_t start = 0;
    for (size_t end = begun_.find('\n'); end != begun_.npos;
         end = begun_.find('\n', start)) {
      Line(absl::string_view(begun_).substr(start, end - start));
      start = end + 1;
    }
    begun_.erase(0, start);
    std::cout << std::flush;
  }

  // Prints a last line without its end.
  void End() {
    if (!begun_.empty()) Line(std::exchange(begun_, ""));
    std::cout << std::flush;
  }

 private:
  void Line(absl::string_view line) const {
    std::cout << (has_colors_ ? report::VisibleWithColors(line)
                              : report::Visible(line))
              << "\n";
  }

  const bool is_terminal_ = isatty(STDOUT_FILENO) != 0;
  const bool has_colors_ = EnvironmentOrEmpty("NO_COLOR").empty() &&
                           EnvironmentOrEmpty("TERM") != "dumb";
  std::string begun_;
};

int PrintFile(LogReader& log, bool follow) {
  Printer printer;
  const bool was_written = log.IsWritten();
  bool is_empty = true;
  while (true) {
    // Before reading: what is written after the end of the build is read, too.
    const bool is_written = follow && log.IsWritten();
    const absl::StatusOr<std::string> text = log.Read();
    if (!text.ok()) {
      ShowError(text.status().message());
      return kExitEnvironment;
    }
    printer.Print(*text);
    if (!std::cout) return kExitEnvironment;
    is_empty = is_empty && text->empty();
    if (!text->empty()) continue;
    if (!is_written) break;
    absl::SleepFor(kBetweenReads);
  }
  printer.End();
  if (was_written && !follow) {
    std::cerr << kIsRunning;
  } else if (is_empty) {
    ShowNote(
        "the log of the last build is empty: it ended before kaniko printed "
        "anything");
  }
  return kExitGood;
}

// Says which pod it is: others may build the same image.
int PrintPod(const ImagePods& pods, const build::BuildPod& pod,
             const report::Mask& mask, bool follow) {
  ShowNote(absl::StrCat("log of ", build::Describe(pod, pods.name_space)));
  for (const build::BuildPod& other : pods.pods) {
    if (other.name == pod.name || other.has_ended) continue;
    ShowNote(absl::StrCat("the image is built in another pod, too: ",
                          build::Describe(other, pods.name_space)));
  }
  Printer printer;
  const absl::Status status = ReadPodLog(
      pods, pod, follow,
      [] { ShowNote("kaniko has not been started in the pod yet, waiting"); },
      [&](absl::string_view line) {
        printer.Print(absl::StrCat(mask.Apply(line), "\n"));
        return static_cast<bool>(std::cout);
      });
  printer.End();
  if (!std::cout) return kExitEnvironment;
  if (!status.ok()) {
    ShowError(status.message());
    return kExitEnvironment;
  }
  if (!follow && !pod.has_ended) std::cerr << kIsRunning;
  return kExitGood;
}

// Returns the pod to show: with a log file only one whose process was killed.
const build::BuildPod* ChoosePod(const ImagePods& pods, bool only_abandoned) {
  for (const build::BuildPod& pod : pods.pods) {
    if (!only_abandoned || IsAbandoned(pod)) return &pod;
  }
  return nullptr;
}

// `pods`: what was looked for, or why it was not found.
int SayThatThereIsNone(const Options& options, const std::string& key,
                       const absl::StatusOr<ImagePods>& pods) {
  // A cluster that was asked for, or a pod.
  if (options.pod_log && !pods.ok()) {
    ShowError(pods.status().message());
    return kExitEnvironment;
  }
  std::vector<std::string> reasons;
  if (!options.pod_log) {
    reasons.emplace_back("it was never built from this folder");
  }
  if (pods.ok()) {
    reasons.push_back(
        absl::StrCat("no pod in namespace `", pods->name_space, "` builds it"));
  }
  ShowError(absl::StrCat("image `", key,
                         "` has no log: ", absl::StrJoin(reasons, ", and "),
                         "; run `ovenbird build ", key, "`"));
  if (!pods.ok() && !absl::IsNotFound(pods.status())) {
    ShowNote(absl::StrCat("its pods are unknown: ", pods.status().message()));
  }
  return kExitUsage;
}

}  // namespace

int Logs(const Options& options) {
  diag::Collector problems;
  int code = kExitGood;
  const std::unique_ptr<config::Loaded> project =
      OpenProject(options, problems, code);
  if (project == nullptr) return code;
  const std::vector<std::string> keys = KeysOf(*project);
  const std::string key = Choose(options, keys);
  if (key.empty()) return kExitUsage;
  absl::StatusOr<LogReader> log =
      LogReader::OpenLast(project->folder(), key, keys);
  if (!log.ok() && !absl::IsNotFound(log.status()) && !options.pod_log) {
    ShowError(log.status().message());
    return kExitEnvironment;
  }
  const bool has_file = log.ok() && !options.pod_log;
  if (has_file && log->IsWritten()) return PrintFile(*log, options.follow);
  const absl::StatusOr<ImagePods> pods =
      FindImagePods(options, key, ImageOf(*project, key), has_file);
  const build::BuildPod* pod = pods.ok() ? ChoosePod(*pods, has_file) : nullptr;
  if (pod != nullptr) {
    return PrintPod(*pods, *pod, report::Mask(project->passwords),
                    options.follow);
  }
  if (has_file) return PrintFile(*log, options.follow);
  return SayThatThereIsNone(options, key, pods);
}

}  // namespace ovenbird::cli
