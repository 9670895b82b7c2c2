// The sources, target and flags of a COPY or ADD from the build context, looked
// up in the context.
#ifndef OVENBIRD_RUNTIME_REWRITE_COPY_SOURCES_H_
#define OVENBIRD_RUNTIME_REWRITE_COPY_SOURCES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/context/owner.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A file or folder that a source takes.
struct Item {
  // The path at which it was found: a file keeps its last part as its name.
  std::string path;
  uint32_t entry = ContextTree::kTop;
  bool through_link = false;
};

// What a COPY or ADD takes from the context, as far as it is known.
struct CopySources {
  std::vector<Item> items;
  // --parents: folder and pattern below it.
  std::vector<std::pair<std::string, std::string>> includes;
  std::vector<std::string> excludes;
  bool wildcard = false;     // in some source
  bool empty_match = false;  // a wildcard matches nothing
  bool matches_top = false;  // a wildcard matches ".", too
  bool dots = false;         // `..` in a source
  // Of here-documents, by name; null: the items are in the context.
  const std::map<std::string, std::string>* contents = nullptr;
  // Clean and absolute; nullopt: unknown.
  std::optional<std::string> target;
  // The value of --chmod that the executor does not support: a symbolic mode,
  // or a mode in octal.
  std::string mode_words;
  std::optional<uint16_t> mode;
  // The numbers of --chown, if the executor refuses them.
  std::optional<context::Owner> owner;
  // The folders of the target's whole path are copied, whether they exist or
  // not.
  bool whole_path = false;
};

// Returns whether exactly one file is copied and `target` is not written as a
// folder.
bool CopiesToFile(const ContextTree& tree, const CopySources& sources,
                  absl::string_view target);

// Returns nullopt if a part of the instruction is unknown here, or if the
// executor builds it correctly as it is. Reports a source that is a symlink to
// a path outside the context.
std::optional<CopySources> ReadSources(const Site& site,
                                       const ContextTree& tree,
                                       const dockerfile::Instruction& copy);

// Reports flags that the executor refuses or ignores, for an instruction that
// is sent with them.
void ReportUnknownFlags(const Site& site, const dockerfile::Instruction& copy);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_COPY_SOURCES_H_
