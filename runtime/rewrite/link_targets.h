// Files with several names that symlinks lead to: executors take what a symlink
// leads to into the symlink's layer, without its other names.
#ifndef OVENBIRD_RUNTIME_REWRITE_LINK_TARGETS_H_
#define OVENBIRD_RUNTIME_REWRITE_LINK_TARGETS_H_

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/rewrite/site.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {

// Returns whether the command may put symlinks into the RUN's layer: `ln -s`;
// `cp`, `mv` and `chown` of symlinks.
bool MayBringLinks(const dockerfile::ShellCommand& command);

// Reports that the executor copies the file, which a symlink leads to, without
// its other names.
void ReportSeparated(const Site& site, Span span, const std::string& path);

// Finds the files with other names in earlier layers of a stage that symlinks
// lead to.
class LinkTargets {
 public:
  // Reads the base image's files. `site` must outlive it.
  explicit LinkTargets(const Site& site);

  // Returns the file that a symlink at `link` (absolute) with that target leads
  // to; nullopt: none with other names is known there.
  std::optional<std::string> Find(const std::string& link,
                                  const std::string& target) const;
  // Returns the files that the symlinks lead to that a command puts into the
  // layer, as far as its words tell. Needs MayBringLinks().
  std::vector<std::string> Of(const dockerfile::ShellCommand& command) const;

 private:
  const StageFiles files_;
  // What RUN lines before have linked.
  std::vector<std::string> linked_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_LINK_TARGETS_H_
