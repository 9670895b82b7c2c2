#include "runtime/context/listing.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace ovenbird::context {

absl::string_view SpecialFile::Shown() const {
  switch (type) {
    case kPipe:
      return "named pipe";
    case kSocket:
      return "socket";
    case kDevice:
      return "device";
  }
  return "";
}

uint32_t Listing::Add(Entry entry, absl::string_view name,
                      absl::string_view link_target) {
  entry.name_offset = static_cast<uint32_t>(text_.size());
  entry.name_size = static_cast<uint16_t>(name.size());
  if (entry.type == EntryType::kSymlink) entry.size = link_target.size();
  absl::StrAppend(&text_, name, link_target);
  entries_.push_back(entry);
  return static_cast<uint32_t>(entries_.size() - 1);
}

void Listing::Truncate(size_t size) {
  if (size >= entries_.size()) return;
  text_.resize(entries_[size].name_offset);
  entries_.resize(size);
}

absl::string_view Listing::Name(size_t index) const {
  const Entry& entry = entries_[index];
  return absl::string_view(text_).substr(entry.name_offset, entry.name_size);
}

absl::string_view Listing::LinkTarget(size_t index) const {
  const Entry& entry = entries_[index];
  if (entry.type != EntryType::kSymlink) return "";
  return absl::string_view(text_).substr(entry.name_offset + entry.name_size,
                                         entry.size);
}

std::string Listing::Path(size_t index) const {
  size_t size = 0;
  for (size_t i = index; i != Entry::kTop; i = entries_[i].parent) {
    size += entries_[i].name_size + 1u;
  }
  std::string path(size - 1, '/');
  // From the end on.
  for (size_t i = index; i != Entry::kTop; i = entries_[i].parent) {
    const absl::string_view name = Name(i);
    size -= name.size() + 1;
    path.replace(size, name.size(), name.data(), name.size());
  }
  return path;
}

Listing Listing::Select(const std::vector<bool>& keep) const {
  std::vector<bool> wanted = keep;
  // Children come behind their folder: one pass from the end marks all parents.
  for (size_t i = entries_.size(); i-- > 0;) {
    const uint32_t parent = entries_[i].parent;
    if (wanted[i] && parent != Entry::kTop) wanted[parent] = true;
  }
  Listing selected(root_);
  std::vector<uint32_t> moved(entries_.size(), Entry::kTop);
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!wanted[i]) continue;
    Entry entry = entries_[i];
    if (entry.parent != Entry::kTop) entry.parent = moved[entry.parent];
    moved[i] = selected.Add(entry, Name(i), LinkTarget(i));
  }
  return selected;
}

absl::string_view PathCursor::At(size_t index) {
  const uint32_t parent = listing_[index].parent;
  while (!levels_.empty() && levels_.back().index != parent) {
    levels_.pop_back();
  }
  if (levels_.empty() && parent != Entry::kTop) {
    path_ = listing_.Path(parent);
    levels_.push_back({parent, path_.size()});
  }
  path_.resize(levels_.empty() ? 0 : levels_.back().size);
  absl::StrAppend(&path_, levels_.empty() ? "" : "/", listing_.Name(index));
  if (listing_[index].type == EntryType::kFolder) {
    levels_.push_back({static_cast<uint32_t>(index), path_.size()});
  }
  return path_;
}

}  // namespace ovenbird::context
