// What is sent in place of one instruction.
#ifndef OVENBIRD_RUNTIME_REWRITE_DRAFT_H_
#define OVENBIRD_RUNTIME_REWRITE_DRAFT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/tar.h"
#include "runtime/dockerfile/dockerfile.h"

namespace ovenbird::rewrite {

// One instruction of the user's Dockerfile while rules change it.
class Draft {
 public:
  // `original` must outlive it.
  explicit Draft(const dockerfile::Instruction& original)
      : instructions({original}), original_(&original) {}

  const dockerfile::Instruction& original() const { return *original_; }

  // Records that the instruction is sent otherwise than written, and why: one
  // sentence that names the executor's gap.
  void Because(std::string reason) { reasons_.push_back(std::move(reason)); }
  // Sends what `other` sends after this one, for its reasons, too.
  void Append(const Draft& other);
  bool changed() const { return !reasons_.empty(); }
  const std::vector<std::string>& reasons() const { return reasons_; }

  // Usually one; none: it is not sent. Rules may change them, and put others
  // before and after.
  std::vector<dockerfile::Instruction> instructions;
  // What they take from the context in addition.
  std::vector<context::MemoryFile> files;
  // Folders of the context, "" for its top, that they copy without mode and
  // owner: the executor's ignore file hides the folder and not what is in it.
  std::vector<std::string> content_only;

 private:
  const dockerfile::Instruction* original_;
  std::vector<std::string> reasons_;
};

// Returns an instruction of our own whose body is `text`: it has no place in
// the file.
dockerfile::Instruction MakeInstruction(absl::string_view keyword,
                                        absl::string_view text);

// Returns `literal` as a word that every executor reads as exactly that: with
// quotes, escapes and dollar signs escaped. Blanks stay: a word with blanks
// needs the JSON form (`exec_form`).
std::string EscapeWord(absl::string_view literal, char escape);

// Returns the instruction's lines in a Dockerfile, without the last line feed.
std::string Print(const dockerfile::Instruction& instruction);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_DRAFT_H_
