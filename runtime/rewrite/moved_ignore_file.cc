#include "runtime/rewrite/moved_ignore_file.h"

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "runtime/context/door.h"
#include "runtime/rewrite/own_folder.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

constexpr char kReason[] = "kaniko interprets `.dockerignore` differently";

}  // namespace

bool NamesMovedIgnoreFile(const Site& site, const CopySources& sources,
                          Draft& draft) {
  if (!site.request.moves_ignore_file ||
      absl::c_none_of(sources.items, [](const Item& item) {
        return item.path == context::kIgnoreFile;
      })) {
    return false;
  }
  draft.Because(kReason);
  return true;
}

void AddMovedIgnoreFile(const Site& site, const ContextTree& tree,
                        const CopySources& sources, const Instruction& copy,
                        Draft& draft, std::vector<Instruction>& sent) {
  if (!site.request.moves_ignore_file || sent.empty() ||
      absl::c_none_of(sources.items, [](const Item& item) {
        return item.entry == ContextTree::kTop;
      })) {
    return;
  }
  const auto found = tree.Follow(context::kIgnoreFile);
  if (!found) return;
  draft.Because(kReason);
  CopySources file = sources;
  file.items = {
      {std::string(context::kIgnoreFile), found->entry, found->through_link}};
  file.wildcard = file.empty_match = file.matches_top = file.dots = false;
  const OwnFolder own(tree, file);
  for (context::MemoryFile& one : own.Files(own.Name())) {
    draft.files.push_back(std::move(one));
  }
  draft.content_only.push_back(own.Name());
  Instruction last = sent.back();
  last.words = {
      DoorWord(absl::StrCat(own.Name(), "/", context::kIgnoreFile), ""),
      copy.words.back()};
  std::string& target = last.words.back().text;
  if (!HasSlash(target)) target += '/';
  sent.push_back(std::move(last));
}

}  // namespace ovenbird::rewrite
