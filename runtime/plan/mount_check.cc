#include "runtime/plan/mount_check.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/handover.h"

namespace ovenbird::plan {
namespace {

using dockerfile::Destination;
using dockerfile::Source;

// What `path` is inside of `folder`; "" for the folder itself.
std::optional<absl::string_view> Inside(absl::string_view path,
                                        absl::string_view folder) {
  if (folder == "/") return absl::StripPrefix(path, "/");
  if (!absl::ConsumePrefix(&path, folder)) return std::nullopt;
  if (path.empty()) return path;
  if (!absl::ConsumePrefix(&path, "/")) return std::nullopt;
  return path;
}

bool IsStrictlyBelow(absl::string_view path, absl::string_view folder) {
  const std::optional<absl::string_view> inside = Inside(path, folder);
  return inside.has_value() && !inside->empty();
}

absl::string_view LastPart(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// Size of the shortest start of `path` (whole parts) that `pattern` matches.
std::optional<size_t> MatchedPart(const std::string& pattern,
                                  absl::string_view path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part(path.substr(0, end));
    if (fnmatch(pattern.c_str(), part.c_str(), FNM_PATHNAME) == 0) {
      return part.size();
    }
    if (end == absl::string_view::npos) return std::nullopt;
  }
}

// Does the file `path` of the context come to lie at or below `place` in the
// folder that `source` is copied to?
bool LandsAt(absl::string_view path, const Source& source,
             absl::string_view place) {
  absl::string_view lands = path;
  switch (source.kind) {
    case Source::kAll:
      break;
    case Source::kPath: {
      const std::optional<absl::string_view> inside = Inside(path, source.text);
      if (!inside.has_value()) return false;
      lands = inside->empty() ? LastPart(path) : *inside;
      break;
    }
    case Source::kPattern: {
      const std::optional<size_t> size = MatchedPart(source.text, path);
      if (!size.has_value()) return false;
      lands = *size == path.size() ? LastPart(path) : path.substr(*size + 1);
      break;
    }
    case Source::kPrefix: {
      // The rest of the source's name is known only in the pod.
      if (!absl::StartsWith(path, source.text)) return false;
      const std::string all = absl::StrCat("/", path, "/");
      return absl::StrContains(all, absl::StrCat("/", place, "/"));
    }
  }
  return Inside(lands, place).has_value();
}

bool BringsFileTo(const Destination& destination, absl::string_view place,
                  const context::Listing& sent) {
  context::PathCursor paths(sent);
  for (size_t i = 0; i < sent.size(); ++i) {
    if (sent[i].type == context::EntryType::kFolder) continue;
    const absl::string_view path = paths.At(i);
    for (const Source& source : destination.sources) {
      if (LandsAt(path, source, place)) return true;
    }
  }
  return false;
}

bool Writes(const Destination& destination, const std::string& mount,
            const context::Listing* sent) {
  if (const auto inside = Inside(destination.path, mount)) {
    // A folder that is there is not made.
    return destination.keyword != "WORKDIR" || !inside->empty();
  }
  const std::optional<absl::string_view> place =
      Inside(mount, destination.path);
  return sent != nullptr && place.has_value() &&
         BringsFileTo(destination, *place, *sent);
}

// Does `pattern` name the folder that holds `mount`?
bool Holds(const std::string& pattern, absl::string_view mount) {
  if (pattern.find_first_of("*?[") == std::string::npos) {
    return IsStrictlyBelow(mount, pattern);
  }
  return MatchedPart(pattern, mount).has_value();
}

// kaniko keeps its own folder out of everything.
bool CopiesAlong(const Destination& destination, const std::string& mount) {
  if (destination.from_stage < 0 || Inside(mount, "/kaniko").has_value()) {
    return false;
  }
  for (const std::string& path : destination.from_paths) {
    if (Holds(path, mount)) return true;
  }
  return false;
}

// Does `path`, which may be a pattern, name files of `folder` one by one?
bool NamesFilesOf(const std::string& path, absl::string_view folder) {
  const size_t end = path.rfind('/');
  return end != std::string::npos &&
         fnmatch(path.substr(0, end).c_str(), std::string(folder).c_str(),
                 FNM_PATHNAME) == 0;
}

// The kubelet makes a volume's keys links to files of a folder next to them;
// kaniko copies a link as it is. Of files that are named, or found by a
// pattern, links to nothing remain; a whole folder brings the files along.
bool CopiesLink(const Destination& destination, const std::string& mount) {
  if (const auto place = Inside(mount, kube::kContextPath)) {
    for (const Source& source : destination.sources) {
      if ((source.kind == Source::kPath || source.kind == Source::kPattern) &&
          NamesFilesOf(source.text, *place)) {
        return true;
      }
    }
  }
  return destination.from_stage >= 0 &&
         std::any_of(destination.from_paths.begin(),
                     destination.from_paths.end(),
                     [&](const std::string& path) {
                       return NamesFilesOf(path, mount);
                     });
}

void Report(diag::Diagnostic problem, const Destination& destination,
            absl::string_view where, std::string config_path,
            diag::Sink& sink) {
  problem.config_path = std::move(config_path);
  problem.WithNote(std::string(where), destination.span);
  sink.Handle(std::move(problem));
}

}  // namespace

void CheckMounts(const std::string& key, const config::Kaniko& kaniko,
                 const std::vector<Destination>& destinations,
                 const context::Listing* sent, diag::Sink& sink) {
  for (size_t i = 0; i < kaniko.additional_mounts.size(); ++i) {
    const config::Mount& mount = kaniko.additional_mounts[i];
    const std::string path = CleanPath(mount.mount_path);
    const Span span = config::decode::SpanOf(mount.source, "mountPath");
    const std::string config_path = absl::StrCat(
        "images.", key, ".build.kaniko.additionalMounts[", i, "].mountPath");
    for (const Destination& destination : destinations) {
      if (CopiesAlong(destination, path)) {
        Report(diag::MountCopied(span, path, destination.keyword), destination,
               "it is copied here", config_path, sink);
      } else if (Writes(destination, path, sent)) {
        Report(diag::MountWritten(span, path, destination.keyword), destination,
               "it is written here", config_path, sink);
      }
      if (mount.sub_path.empty() && CopiesLink(destination, path)) {
        Report(diag::MountLinkCopied(span, path, destination.keyword),
               destination, "it is copied here", config_path, sink);
      }
    }
  }
}

std::vector<std::string> MountsInContext(const config::Kaniko& kaniko) {
  std::vector<std::string> paths;
  for (const config::Mount& mount : kaniko.additional_mounts) {
    const std::string path = CleanPath(mount.mount_path);
    const std::optional<absl::string_view> inside =
        Inside(path, kube::kContextPath);
    if (inside.has_value() && !inside->empty()) paths.emplace_back(*inside);
  }
  return paths;
}

void AllowMountedSources(const std::vector<std::string>& mounts,
                         std::vector<Source>& sources) {
  for (const std::string& mount : mounts) {
    for (Source& source : sources) {
      if (Inside(source.text, mount).has_value() ||
          Inside(mount, source.text).has_value() ||
          source.kind == Source::kPattern) {
        source.required = false;
        source.optional = false;
      }
    }
  }
}

}  // namespace ovenbird::plan
