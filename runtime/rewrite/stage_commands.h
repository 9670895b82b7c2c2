// What the RUN lines of a stage show about its files, as far as they can be
// read without running them.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGE_COMMANDS_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGE_COMMANDS_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::rewrite {

// Returns whether the path is the folder or below it.
bool IsAtOrBelow(absl::string_view path, absl::string_view folder);

// The files that the RUN lines of a stage create or change. All paths are
// absolute and clean. A path may be missing again at the end of the stage.
class StageCommands {
 public:
  // Reads a stage and the stages that it starts from (ChainOf).
  explicit StageCommands(const std::vector<const dockerfile::Stage*>& chain);

  // Files, not folders, with a setuid or setgid bit; may have wildcards.
  const std::set<std::string>& setuid() const { return setuid_; }
  // Folders with such files anywhere below.
  const std::set<std::string>& setuid_trees() const { return setuid_trees_; }
  // Files that output is redirected to, and that are seen to stay.
  const std::set<std::string>& written() const { return written_; }
  // What mv and cp, with its options to keep modes, take from one path to
  // another: a path, and where it arrives.
  const std::vector<std::pair<std::string, std::string>>& moves() const {
    return moves_;
  }
  // Files with capabilities.
  const std::set<std::string>& capabilities() const { return capabilities_; }
  const std::set<std::string>& fifos() const { return fifos_; }
  // Symlinks, some of which may be folders that a symlink was made in.
  const std::set<std::string>& symlinks() const { return symlinks_; }
  // Returns pairs of names of the same file.
  const std::vector<std::pair<std::string, std::string>>& hard_links() const {
    return hard_links_;
  }
  // Folders in which a package manager makes symlinks, e.g. node_modules/.bin.
  const std::set<std::string>& link_trees() const { return link_trees_; }
  // Returns whether the path may be a symlink to a program, by its folder and
  // by the package managers that have run.
  bool MayBeProgramLink(const std::string& path) const;
  // Returns whether a RUN may have put a symlink there that its commands do not
  // show: it copies, moves or unpacks something, or runs a script.
  bool MayBeLink(const std::string& path) const;
  // Returns the symlinks() and link_trees() whose owner is not root, with the
  // owner as it is written in USER or `chown`.
  const std::map<std::string, std::string>& link_owners() const {
    return link_owners_;
  }
  // Returns the owner that everything at or below the folder has at the end of
  // the stage, by a `chown -R` that nothing follows; "": unknown.
  std::string OwnerOfTree(const std::string& folder) const;
  // Returns whether a `chown -R` after the last COPY and ADD gives the path
  // another owner than root.
  bool IsChowned(const std::string& path) const;
  // Folders in which a compiler makes hard links.
  const std::set<std::string>& hard_link_trees() const {
    return hard_link_trees_;
  }
  // Returns whether the path is a folder that a RUN line gives another owner
  // than root or another mode than 0755.
  bool IsSpecialFolder(const std::string& path) const;
  // Returns whether a `chmod` or `chown` gives the path another owner than root
  // or, if it is a folder, may give it another mode than 0755.
  bool HasOwnMode(const std::string& path) const;
  // Returns whether the path may have another owner or mode than a new folder
  // of root: commands copy, move or make it that may bring others.
  bool MayHaveOwnMode(const std::string& path) const;
  // Returns whether a WORKDIR, or a command that adds a user, makes the folder,
  // or one below it.
  bool IsMadeFolder(const std::string& path) const;
  // Returns whether a `mkdir` creates the path, or a folder below it.
  bool IsFolder(const std::string& path) const {
    return folders_.count(path) > 0;
  }

 private:
  // `folder` is WORKDIR before and after the stage.
  void ReadStage(const dockerfile::Stage& stage, std::string& folder);
  void Read(const dockerfile::ShellCommand& command);
  // Takes in what mv and cp bring to other paths. `paths` are the last words.
  void ReadMove(const dockerfile::ShellCommand& command,
                const std::vector<std::string>& paths);
  // Takes away what a command deletes or moves.
  void ForgetWritten(const dockerfile::ShellCommand& command,
                     const std::vector<std::string>& paths);
  void ReadMkdir(const std::string& mode,
                 const std::vector<std::string>& paths);
  void ReadChmod(bool recursive, const std::string& mode,
                 const std::vector<std::string>& paths);
  void ReadLink(bool symbolic, std::vector<std::string> paths);
  // Takes in where a command may put symlinks. `letters`: its options.
  void ReadLinkMaker(const dockerfile::ShellCommand& command,
                     absl::string_view letters,
                     const std::vector<std::string>& paths);
  // Takes in where a command puts files with other owners and modes.
  void ReadBringing(const dockerfile::ShellCommand& command,
                    const std::vector<std::string>& paths);
  // Takes in the home that `useradd` or `adduser` makes.
  void AddHome(const dockerfile::ShellCommand& command);
  // `options`: those of one letter.
  void ReadChown(absl::string_view options, const std::string& owner,
                 const std::vector<std::string>& paths);
  void AddLink(const std::string& path);
  // Takes in what programs are known to make in their folders.
  void ReadTool(const dockerfile::ShellCommand& command,
                const std::vector<std::string>& paths);
  void Mark(bool recursive, const std::vector<std::string>& paths);

  std::vector<std::pair<std::string, std::string>> moves_;
  std::set<std::string> setuid_;
  std::set<std::string> setuid_trees_;
  std::set<std::string> capabilities_;
  std::set<std::string> fifos_;
  std::set<std::string> symlinks_;
  std::vector<std::pair<std::string, std::string>> hard_links_;
  std::set<std::string> link_trees_;
  std::map<std::string, std::string> link_owners_;
  // Of `chown -R`: with nothing after it, and with no COPY and ADD after it.
  std::map<std::string, std::string> owned_trees_;
  std::map<std::string, std::string> chowned_trees_;
  std::string user_;  // of USER; "": root, or unknown
  std::set<std::string> hard_link_trees_;
  std::set<std::string> folders_;
  std::set<std::string> special_;
  std::set<std::string> special_trees_;
  std::set<std::string> made_folders_;
  std::set<std::string> written_;
  bool links_programs_ = false;
  // Where commands may put symlinks; "/": anywhere.
  std::set<std::string> link_makers_;
  // Where commands put what may have any owner and mode; "/": anywhere.
  std::set<std::string> brought_;
};

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGE_COMMANDS_H_
