// A COPY --from of a stage while rules read it, and what they add to the
// Dockerfile for it.
#ifndef OVENBIRD_RUNTIME_REWRITE_FROM_COPY_H_
#define OVENBIRD_RUNTIME_REWRITE_FROM_COPY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_copies.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {

// Why hard links and named pipes are created again.
constexpr absl::string_view kNotKept =
    "COPY --from does not keep hard links and named pipes";

// A COPY --from of a stage: its sources, one after the other.
class FromCopy {
 public:
  // `stage`: the index of the stage that is copied from. `site` and `draft`
  // must outlive it.
  FromCopy(const Site& site, Draft& draft, int stage);

  // Goes to the next source whose path is known; returns false after the last
  // one.
  bool Next();
  // Replaces the path of the source.
  void SetSource(const std::string& path);

  const Site& site() const { return site_; }
  Draft& draft() const { return draft_; }
  // As the user wrote it.
  const dockerfile::Instruction& instruction() const { return copy_; }
  int stage() const { return stage_; }
  // Of that stage.
  const StageCommands& commands() const { return commands_; }
  // The source, absolute and clean; may have wildcards.
  const std::string& source() const { return source_; }
  // The word that names it.
  const dockerfile::Word& word() const { return copy_.words[word_]; }
  // What the stage copies from the context to the source.
  const StageCopies& copies() const { return copies_; }
  // The same for another path of the stage.
  StageCopies CopiesAt(const std::string& source) const;
  // Returns what is known about the files at the end of the stage; nullopt:
  // nothing, or its lines make the source, and the base image says nothing of
  // it. May read the base image.
  std::optional<StageFiles> FilesOfStage() const;
  // Returns what is known about the files at the end of the stage, also where
  // its lines make them; nullopt: nothing. Reads the base image.
  std::optional<StageFiles> AllFilesOfStage() const;
  // Calls `visit` for each file of the base image that the source takes, if
  // the lines of the stage do not make the source. May read the base image.
  void ForEachFileOfBase(
      absl::FunctionRef<void(const std::string& path, const ImageFile& file)>
          visit) const;
  // Calls `visit` for each file of the base image that mv or cp brings to the
  // source, with its new path; `file.hard_link` is one, too. May read the base
  // image.
  void ForEachMovedFile(
      absl::FunctionRef<void(const std::string& path, const ImageFile& file)>
          visit) const;
  // Returns whether a COPY --from of this stage takes a folder that the file is
  // in.
  bool IsCopiedByFolder(const std::string& file) const;
  // Returns whether a RUN is seen to make a symlink that the source is below.
  bool GoesThroughMadeLink() const;

  // Returns whether the instruction has the flag.
  bool HasFlag(absl::string_view name) const {
    return copy_.FindFlag(name) != nullptr;
  }
  // Returns the COPY that is sent; null if the rules before this one made
  // several of it.
  dockerfile::Instruction* Sent() const;
  // Returns the source in it; there must be one.
  dockerfile::Word& SentWord() const { return Sent()->words[word_]; }
  // Returns where a file below the source arrives; nullopt: not known.
  std::optional<std::string> ArrivalOf(const std::string& file) const;

  // Returns whether a RUN can be added to the end of the stage.
  bool CanAddToStage() const;
  // Adds a RUN to the end of the stage that puts in place of the source, if it
  // is a symlink, what it leads to. Requires CanAddToStage() and a plain path.
  void ReplaceLink();
  // Returns what is sent at the end of the stage in addition, as root.
  std::vector<dockerfile::Instruction>& Additions();
  // Adds a RUN to the stage that copies paths aside; returns the folder. A
  // failure changes nothing: the RUN never fails.
  std::string SetAside(const std::vector<std::string>& paths,
                       absl::string_view flags, absl::string_view then = "");
  // Adds a command to the RUN after the COPY, whose reason is that of the first
  // one.
  void Remake(std::string command, absl::string_view why);
  // Adds that RUN to the draft, if it has a command.
  void AddRemaking();

  // Reports a difference at the source.
  void Report(absl::string_view effect, absl::string_view advice) const {
    site_.Report(word().span, effect, advice);
  }

 private:
  // Returns whether a RUN works in the stage although it has none: its base
  // image has a shell and what an added RUN needs. May read the base image.
  bool BaseHasShell(const StageState& end) const;

  const Site& site_;
  Draft& draft_;
  const dockerfile::Instruction& copy_;
  const int stage_;
  const StageCommands commands_;
  size_t next_ = 0;
  size_t word_ = 0;
  std::string source_;
  StageCopies copies_;
  std::vector<std::string> remade_;
  std::string reason_;
};

// Returns a folder in the stage that is copied from, for the `number`th RUN
// that is added to it.
std::string AsideFolder(size_t number);

// Returns whether a shell reads the path as the executor does.
bool IsPlain(absl::string_view path, bool wildcards);

// Returns the shell's patterns for one of COPY: the shell's wildcards leave out
// names that start with a dot.
std::vector<std::string> WithHiddenNames(const std::string& pattern);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_FROM_COPY_H_
