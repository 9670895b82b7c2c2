// The instructions to send in place of one instruction.
#ifndef OVENBIRD_RUNTIME_REWRITE_DRAFT_H_
#define OVENBIRD_RUNTIME_REWRITE_DRAFT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::rewrite {

// An instruction of the user's Dockerfile while rules change it.
class Draft {
 public:
  // `original` must outlive it.
  explicit Draft(const dockerfile::Instruction& original)
      : instructions({original}), original_(&original) {}

  const dockerfile::Instruction& original() const { return *original_; }

  // Records that the instruction is changed, and why: one sentence that names
  // the executor's gap.
  void Because(std::string reason) { reasons_.push_back(std::move(reason)); }
  // Sends everything that `other` sends after this draft's instructions, and
  // takes over its reasons.
  void Append(const Draft& other);
  bool changed() const { return !reasons_.empty(); }
  const std::vector<std::string>& reasons() const { return reasons_; }

  // The instructions to send: usually one; empty: none is sent. Rules may
  // change them, and insert others before and after.
  std::vector<dockerfile::Instruction> instructions;
  // Files that the instructions take from the context in addition.
  std::vector<context::MemoryFile> files;
  // Folders of the context ("" for its top) that the instructions copy without
  // mode and owner: the executor's ignore file hides the folder but not its
  // content.
  std::vector<std::string> content_only;

 private:
  const dockerfile::Instruction* original_;
  std::vector<std::string> reasons_;
};

// Returns a new instruction whose body is `text`; it has no position in the
// file.
dockerfile::Instruction MakeInstruction(absl::string_view keyword,
                                        absl::string_view text);

// Returns `literal` with quotes, escapes and dollar signs escaped, so that
// every executor reads exactly `literal`. Spaces stay: a word with spaces needs
// the JSON form (`exec_form`).
std::string EscapeWord(absl::string_view literal, char escape);

// Returns the instruction as lines of a Dockerfile, without the last line feed.
std::string Print(const dockerfile::Instruction& instruction);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_DRAFT_H_
