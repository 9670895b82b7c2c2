#include "runtime/rewrite/empty_folder.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/format_text.h"
#include "runtime/context/door.h"
#include "runtime/context/tar.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {

dockerfile::Word EmptyFolder(uint16_t mode, const context::Owner& owner,
                             Draft& draft) {
  const std::string folder = absl::StrCat(context::kOwnFolder, "/folders");
  context::MemoryFile file;
  file.path = FormatText("%s/%o-%d-%d", folder, mode, owner.user, owner.group);
  file.folder = true;
  file.mode = mode;
  file.owner = owner;
  dockerfile::Word word = DoorWord(file.path, "");
  draft.files.push_back(std::move(file));
  draft.content_only.push_back(folder);
  return word;
}

}  // namespace ovenbird::rewrite
