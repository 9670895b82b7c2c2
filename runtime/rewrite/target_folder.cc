#include "runtime/rewrite/target_folder.h"

#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"

namespace ovenbird::rewrite {
namespace {

std::optional<bool> IsInBase(const Site& site, const std::string& path) {
  if (site.stage.base.text == "scratch") return false;
  const std::shared_ptr<const ImageFiles> files = site.BaseFiles();
  if (files == nullptr) {
    return IsUsualFolder(path) ? std::optional(true) : std::nullopt;
  }
  const auto real = files->Resolve(path, /*follow_last=*/true);
  if (!real) return std::nullopt;
  return *real == "/" || files->Find(*real) != nullptr;
}

bool IsIn(absl::string_view path, absl::string_view folder) {
  return absl::StartsWith(absl::StrCat(path, "/"), absl::StrCat(folder, "/"));
}

// Whether a RUN makes the folder with `mkdir`.
bool Makes(const StageChange& run, absl::string_view folder) {
  dockerfile::ShellStart start;
  if (run.path) start.folder = *run.path;
  for (const auto& command : dockerfile::FindShellCommands(run.text, start)) {
    if (command.name != "mkdir") continue;
    for (const std::string& argument : command.arguments) {
      if (!absl::StartsWith(argument, "-") &&
          IsIn(dockerfile::ResolvePath(argument, command.folder), folder)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

// Folders that images have already.
bool IsUsualFolder(absl::string_view path) {
  static const auto& usual = *new std::set<std::string>{
      "/",          "/bin",           "/dev",       "/etc",     "/home",
      "/lib",       "/media",         "/mnt",       "/opt",     "/root",
      "/run",       "/sbin",          "/srv",       "/tmp",     "/usr",
      "/usr/bin",   "/usr/lib",       "/usr/local", "/usr/src", "/usr/sbin",
      "/usr/share", "/usr/local/bin", "/var",       "/var/lib", "/var/log",
      "/var/run",   "/var/tmp",       "/var/cache"};
  return usual.count(std::string(path)) > 0;
}

std::optional<bool> IsThere(const Site& site, const std::string& path) {
  if (path == "/") return true;
  std::optional<bool> there = IsInBase(site, path);
  for (const StageChange& change : site.before.changes) {
    const bool runs = change.kind == StageChange::kRun;
    if (runs ? Makes(change, path) : change.path && IsIn(*change.path, path)) {
      there = true;
    } else if (runs ? there != true || absl::StrContains(change.text, path)
                    : there == false && change.kind == StageChange::kCopy &&
                          (!change.path || *change.path == "/" ||
                           IsIn(path, *change.path))) {
      there = std::nullopt;
    }
  }
  return there;
}

std::optional<std::string> LastThere(const Site& site,
                                     const std::string& path) {
  std::string folder = path;
  while (true) {
    const std::optional<bool> there = IsThere(site, folder);
    if (!there) return std::nullopt;
    if (*there) return folder == "/" ? folder : absl::StrCat(folder, "/");
    folder.resize(folder.rfind('/'));
    if (folder.empty()) folder = "/";
  }
}

}  // namespace ovenbird::rewrite
