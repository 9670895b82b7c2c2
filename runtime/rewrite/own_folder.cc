#include "runtime/rewrite/own_folder.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/context/door.h"
#include "runtime/context/ignore.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/rewrite/mode_words.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;

context::Ignore RulesOf(const SourceFile& file) {
  diag::Collector ignored;
  return context::Ignore::Parse(file, ignored);
}

}  // namespace

OwnFolder::OwnFolder(const ContextTree& tree, const CopySources& sources)
    : tree_(tree), sources_(sources) {
  for (const Item& item : sources.items) Collect(item);
  for (const auto& [base, pattern] : sources.includes) {
    CollectParents(base, pattern);
  }
}

std::optional<uint16_t> OwnFolder::ModeOf(const context::Entry& entry) {
  if (entry.type == EntryType::kSymlink) return std::nullopt;
  if (sources_.mode_words.empty()) return sources_.mode;
  const bool folder = entry.type == EntryType::kFolder;
  if (!last_mode_.after || last_mode_.before != entry.mode ||
      last_mode_.folder != folder) {
    last_mode_ = {folder, entry.mode,
                  ApplyModeWords(sources_.mode_words, entry.mode, folder)};
  }
  return last_mode_.after;
}

void OwnFolder::Put(absl::string_view path, absl::string_view source,
                    uint32_t entry) {
  Arrival arrival{entry, std::string(source), ModeOf(tree_.listing()[entry])};
  // They come in order, mostly.
  arrivals_.insert_or_assign(arrivals_.end(), std::string(path),
                             std::move(arrival));
}

void OwnFolder::Collect(const Item& item) {
  if (tree_.IsFolder(item.entry)) {
    CollectFolder(item.entry);
  } else {
    Put(BaseName(item.path), tree_.Path(item.entry), item.entry);
  }
}

// A folder that is left out comes back with what a later `!` takes in.
void OwnFolder::CollectFolder(uint32_t folder) {
  const SourceFile file("--exclude", absl::StrJoin(sources_.excludes, "\n"));
  const context::Ignore exclude = RulesOf(file);
  const std::string top = tree_.Path(folder);
  const size_t skip = top.empty() ? 0 : top.size() + 1;
  context::PathCursor paths(tree_.listing());
  const uint32_t end = tree_.EndOf(folder);
  for (uint32_t i = tree_.FirstBelow(folder); i < end; ++i) {
    const absl::string_view source = paths.At(i);
    const absl::string_view path = source.substr(skip);
    if (!exclude.Match(path).ignored) Put(path, source, i);
  }
}

// Folders on the way come along, with their modes.
void OwnFolder::CollectParents(const std::string& base,
                               const std::string& pattern) {
  const SourceFile wanted("--parents", pattern);
  const context::Ignore include = RulesOf(wanted);
  const SourceFile file("--exclude", absl::StrJoin(sources_.excludes, "\n"));
  const context::Ignore exclude = RulesOf(file);
  const auto found = tree_.Follow(base);
  if (!found || !tree_.IsFolder(found->entry)) return;
  const std::string top = tree_.Path(found->entry);
  const size_t skip = top.empty() ? 0 : top.size() + 1;
  std::vector<uint32_t> way;
  context::PathCursor paths(tree_.listing());
  const uint32_t end = tree_.EndOf(found->entry);
  for (uint32_t i = tree_.FirstBelow(found->entry); i < end; ++i) {
    const absl::string_view source = paths.At(i);
    const absl::string_view path = source.substr(skip);
    while (!way.empty() && tree_.EndOf(way.back()) <= i) way.pop_back();
    if (include.Match(path).ignored && !exclude.Match(path).ignored) {
      for (const uint32_t parent : way) {
        const std::string folder = tree_.Path(parent);
        Put(absl::string_view(folder).substr(skip), folder, parent);
      }
      Put(path, source, i);
    }
    if (tree_.IsFolder(i)) way.push_back(i);
  }
}

void OwnFolder::TakeIn(const std::string& below, bool is_file) {
  for (size_t end = below.find('/'); end != below.npos;
       end = below.find('/', end + 1)) {
    new_folders_.push_back(below.substr(0, end));
  }
  if (!is_file) new_folders_.push_back(below);
  std::map<std::string, Arrival> moved;
  for (auto& [path, arrival] : arrivals_) {
    moved.insert_or_assign(moved.end(),
                           is_file ? below : absl::StrCat(below, "/", path),
                           std::move(arrival));
  }
  arrivals_ = std::move(moved);
}

// The same sources have the same name in every build: kaniko's cache keys hold
// it.
std::string OwnFolder::Name() const {
  std::string text;
  for (const auto& [path, arrival] : arrivals_) {
    absl::StrAppend(&text, path, "\n", arrival.source, "\n",
                    arrival.mode.value_or(0), "\n");
  }
  absl::StrAppend(&text, absl::StrJoin(new_folders_, "\n"));
  if (sources_.contents != nullptr) {
    for (const auto& [name, content] : *sources_.contents) {
      absl::StrAppend(&text, "\n", name, "\n", content);
    }
  }
  if (sources_.owner) {
    absl::StrAppend(&text, "\n", sources_.owner->user, ":",
                    sources_.owner->group);
  }
  return absl::StrCat(context::kOwnFolder, "/",
                      ToHex(Sha256Of(text)).substr(0, 12));
}

std::vector<context::MemoryFile> OwnFolder::Files(
    absl::string_view folder) const {
  std::vector<context::MemoryFile> files;
  files.reserve(new_folders_.size() + arrivals_.size());
  const context::Owner owner = sources_.owner.value_or(context::Owner());
  for (const std::string& path : new_folders_) {
    context::MemoryFile made;
    made.path = absl::StrCat(folder, "/", path);
    made.folder = true;
    made.owner = owner;
    if (sources_.mode) made.mode = *sources_.mode & 0777;
    files.push_back(std::move(made));
  }
  for (const auto& [path, arrival] : arrivals_) {
    context::MemoryFile file;
    file.path = absl::StrCat(folder, "/", path);
    if (sources_.contents == nullptr) {
      file.copy_of = arrival.source;
    } else {
      file.content = sources_.contents->at(arrival.source);
    }
    file.mode = arrival.mode;
    file.owner = owner;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace ovenbird::rewrite
