#include "runtime/rewrite/link_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"
#include "runtime/context/listing.h"

namespace ovenbird::rewrite {

void NameLinks(const Site& site, const ContextTree& tree,
               const CopySources& sources, Draft& draft,
               dockerfile::Instruction& sent) {
  if (!site.request.cache || site.Can(dockerfile::Capability::kCacheLink)) {
    return;
  }
  std::string links;
  for (const Item& item : sources.items) {
    if (!tree.IsFolder(item.entry)) continue;
    const uint32_t end = tree.EndOf(item.entry);
    for (uint32_t i = tree.FirstBelow(item.entry); i < end; ++i) {
      if (tree.listing()[i].type != context::EntryType::kSymlink) continue;
      absl::StrAppend(&links, tree.Path(i), "\n", tree.listing().LinkTarget(i),
                      "\n");
    }
  }
  if (links.empty()) return;
  draft.Because(
      "the executor's cache key does not contain the targets of symlinks");
  // `HASH/../src` is `src`.
  std::string& source = sent.words[0].text;
  source = absl::StrCat(ToHex(Sha256Of(links)).substr(0, 12), "/../", source);
}

}  // namespace ovenbird::rewrite
