#include "runtime/context/tar.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/entry_reader.h"
#include "runtime/context/tar_header.h"

namespace ovenbird::context {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

uint32_t SentMode(const Entry& entry) {
  return entry.type == EntryType::kSymlink ? 0777 : entry.mode;
}

// Checks and sorts the files to add, and adds the folders that they need.
class Additions {
 public:
  struct Member {
    std::string path;  // a folder's ends with a slash
    uint32_t file = kNone;
    // The entry that it is a copy of; kNone: it comes from memory.
    uint32_t copy_of = kNone;
  };

  static absl::StatusOr<Additions> Create(const Listing& listing,
                                          const std::vector<MemoryFile>& files);

  // Index of the file that replaces the entry; kNone.
  uint32_t Replaces(uint32_t entry) const {
    const auto found = replaced_.find(entry);
    return found == replaced_.end() ? kNone : found->second;
  }
  const std::vector<Member>& members() const { return members_; }

 private:
  absl::Status Place(const Listing& listing, absl::string_view path,
                     uint32_t file, bool is_folder);
  absl::Status PlaceCopy(const Listing& listing, const MemoryFile& copy,
                         uint32_t file);

  HashMap<std::string, uint32_t> known_;
  HashMap<uint32_t, uint32_t> replaced_;
  HashSet<std::string> made_;
  std::vector<Member> members_;
};

// The paths of `files` and of their folders that the listing has.
HashMap<std::string, uint32_t> FindPaths(const Listing& listing,
                                         const std::vector<MemoryFile>& files) {
  HashSet<std::string> wanted;
  for (const MemoryFile& file : files) {
    for (size_t end = file.path.find('/'); end != std::string::npos;
         end = file.path.find('/', end + 1)) {
      wanted.insert(file.path.substr(0, end));
    }
    wanted.insert(file.path);
    if (!file.copy_of.empty()) wanted.insert(file.copy_of);
  }
  HashMap<std::string, uint32_t> known;
  if (wanted.empty()) return known;
  PathCursor cursor(listing);
  for (uint32_t i = 0; i < listing.size(); ++i) {
    const absl::string_view path = cursor.At(i);
    if (wanted.contains(path)) known.emplace(path, i);
  }
  return known;
}

absl::StatusOr<Additions> Additions::Create(
    const Listing& listing, const std::vector<MemoryFile>& files) {
  Additions additions;
  additions.known_ = FindPaths(listing, files);
  std::vector<uint32_t> order(files.size());
  for (uint32_t i = 0; i < files.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return files[a].path < files[b].path;
  });
  for (uint32_t i : order) {
    if (!files[i].copy_of.empty()) continue;
    RETURN_IF_ERROR(
        additions.Place(listing, files[i].path, i, files[i].folder));
  }
  for (uint32_t i : order) {
    if (files[i].copy_of.empty()) continue;
    RETURN_IF_ERROR(additions.PlaceCopy(listing, files[i], i));
  }
  return additions;
}

// A copied folder comes before what is in it: its path is the shorter one.
absl::Status Additions::PlaceCopy(const Listing& listing,
                                  const MemoryFile& copy, uint32_t file) {
  const auto found = known_.find(copy.copy_of);
  if (found == known_.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", copy.copy_of, "` is not in the build context to be copied"));
  }
  const bool is_folder = listing[found->second].type == EntryType::kFolder;
  RETURN_IF_ERROR(Place(listing, copy.path, file, is_folder));
  if (members_.empty() || members_.back().file != file) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", copy.path, "` is in the build context already"));
  }
  members_.back().copy_of = found->second;
  return absl::OkStatus();
}

absl::Status Additions::Place(const Listing& listing, absl::string_view path,
                              uint32_t file, bool is_folder) {
  if (CleanPath(path) != path || path == "." || path[0] == '/' ||
      absl::StartsWith(path, "..") || !made_.insert(std::string(path)).second) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", path, "` is not a valid path for an added file"));
  }
  for (size_t end = path.find('/'); end != path.npos;
       end = path.find('/', end + 1)) {
    const absl::string_view folder = path.substr(0, end);
    const auto found = known_.find(folder);
    if (found != known_.end()) {
      if (listing[found->second].type == EntryType::kFolder) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("`", path, "` cannot be added: `", folder,
                       "` is not a folder in the build context"));
    }
    if (made_.insert(std::string(folder)).second) {
      members_.push_back({absl::StrCat(folder, "/")});
    }
  }
  const auto found = known_.find(path);
  if (found == known_.end()) {
    members_.push_back({absl::StrCat(path, is_folder ? "/" : ""), file});
    return absl::OkStatus();
  }
  if (listing[found->second].type == EntryType::kFolder) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", path, "` cannot be added: it is a folder in the build context"));
  }
  replaced_.emplace(found->second, file);
  return absl::OkStatus();
}

class TarWriter : public TarStream {
 public:
  TarWriter(const Listing* listing, TarOptions options, Additions additions)
      : listing_(*listing),
        options_(std::move(options)),
        additions_(std::move(additions)),
        cursor_(listing_),
        reader_(listing) {
    FindHardLinks();
    Measure();
  }

  uint64_t size() const override { return size_; }
  uint64_t content_size() const override { return content_size_; }
  uint64_t members() const override {
    return listing_.size() + additions_.members().size();
  }
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override;

 private:
  void FindHardLinks();
  void Measure();
  void MeasureMember(absl::string_view name, size_t link_target, uint64_t size);

  // The entry before with the same content, to which it is a link; kNone.
  uint32_t LinkTo(uint32_t index) const {
    if (!listing_[index].many_links) return kNone;
    const auto found = hard_links_.find(index);
    return found == hard_links_.end() ? kNone : found->second;
  }

  // Hard links name a member, symlinks a path.
  std::string HardLinkTarget(uint32_t link) const {
    return absl::StrCat(options_.prefix, listing_.Path(link));
  }

  // Puts the next member's header into text_ and opens its file.
  absl::Status NextMember();
  absl::Status AddEntry(uint32_t index);
  absl::Status AddEntryAs(absl::string_view path, uint32_t index, uint32_t mode,
                          uint32_t link, const Owner& owner = {});
  // The entry that a copied file can be a hard link to; kNone.
  uint32_t LinkOfCopy(const Additions::Member& member) const;
  uint32_t ModeOfCopy(const Additions::Member& member) const;
  void AddMemoryFile(absl::string_view path, const MemoryFile& file);
  const Listing& listing_;
  const TarOptions options_;
  const Additions additions_;
  HashMap<uint32_t, uint32_t> hard_links_;
  uint64_t size_ = kTarEnd;
  uint64_t content_size_ = 0;

  PathCursor cursor_;
  EntryReader reader_;   // its open file's content comes after text_
  size_t next_ = 0;      // entry, then member of additions_
  bool at_end_ = false;  // the closing blocks are in text_
  std::string text_;     // headers, padding, small contents: to be handed out
  size_t text_done_ = 0;
  uint64_t padding_ = 0;  // behind that file
};

void TarWriter::FindHardLinks() {
  HashMap<std::pair<uint64_t, uint64_t>, uint32_t> first;
  for (uint32_t i = 0; i < listing_.size(); ++i) {
    const Entry& entry = listing_[i];
    if (!entry.many_links || additions_.Replaces(i) != kNone) continue;
    const auto [found, is_first] =
        first.try_emplace({entry.device, entry.inode}, i);
    if (!is_first) hard_links_.emplace(i, found->second);
  }
}

void TarWriter::MeasureMember(absl::string_view name, size_t link_target,
                              uint64_t size) {
  size_ += TarHeaderSize(absl::StrCat(options_.prefix, name), link_target) +
           size + TarPadding(size);
  content_size_ += size;
}

void TarWriter::Measure() {
  PathCursor cursor(listing_);
  std::string name;
  for (uint32_t i = 0; i < listing_.size(); ++i) {
    const Entry& entry = listing_[i];
    const absl::string_view path = cursor.At(i);
    const uint32_t link = LinkTo(i);
    if (const uint32_t file = additions_.Replaces(i); file != kNone) {
      MeasureMember(path, 0, options_.files[file].content.size());
    } else if (link != kNone) {
      MeasureMember(path, HardLinkTarget(link).size(), 0);
    } else if (entry.type == EntryType::kFile) {
      MeasureMember(path, 0, entry.size);
    } else if (entry.type == EntryType::kSymlink) {
      MeasureMember(path, entry.size, 0);
    } else {
      name.assign(path.data(), path.size());
      name += '/';
      MeasureMember(name, 0, 0);
    }
  }
  for (const Additions::Member& member : additions_.members()) {
    if (member.copy_of != kNone) {
      const Entry& entry = listing_[member.copy_of];
      const uint32_t link = LinkOfCopy(member);
      const bool is_link = entry.type == EntryType::kSymlink;
      MeasureMember(member.path,
                    link != kNone ? HardLinkTarget(link).size()
                    : is_link     ? entry.size
                                  : 0,
                    link == kNone && !is_link ? entry.size : 0);
      continue;
    }
    if (member.file == kNone) {
      MeasureMember(member.path, 0, 0);
    } else {
      const MemoryFile& file = options_.files[member.file];
      MeasureMember(member.path, file.link_target.size(), file.content.size());
    }
  }
}

absl::StatusOr<size_t> TarWriter::Read(char* buffer, size_t size) {
  size_t done = 0;
  while (done < size) {
    if (text_done_ < text_.size()) {
      const size_t n = std::min(size - done, text_.size() - text_done_);
      memcpy(buffer + done, text_.data() + text_done_, n);
      text_done_ += n;
      done += n;
    } else if (reader_.is_open()) {
      ASSIGN_OR_RETURN(const size_t n,
                       reader_.Read(buffer + done, size - done));
      done += n;
      if (n == 0) {
        text_.assign(padding_, '\0');
        text_done_ = 0;
      }
    } else if (at_end_) {
      break;
    } else {
      text_.clear();
      text_done_ = 0;
      RETURN_IF_ERROR(NextMember());
    }
  }
  return done;
}

absl::Status TarWriter::NextMember() {
  const size_t index = next_++;
  if (index < listing_.size()) return AddEntry(static_cast<uint32_t>(index));
  const size_t added = index - listing_.size();
  if (added == additions_.members().size()) {
    text_.append(kTarEnd, '\0');
    at_end_ = true;
    return absl::OkStatus();
  }
  const Additions::Member& member = additions_.members()[added];
  if (member.copy_of != kNone) {
    return AddEntryAs(member.path, member.copy_of, ModeOfCopy(member),
                      LinkOfCopy(member), options_.files[member.file].owner);
  }
  if (member.file != kNone) {
    AddMemoryFile(member.path, options_.files[member.file]);
  } else {
    const std::string path = absl::StrCat(options_.prefix, member.path);
    AppendTarHeader({TarMember::kFolder, path, "", 0, 0, 0755}, text_);
  }
  return absl::OkStatus();
}

// Its time is 1970: it has none, and the archive must not depend on the clock.
void TarWriter::AddMemoryFile(absl::string_view path, const MemoryFile& file) {
  TarMember member;
  const std::string name = absl::StrCat(options_.prefix, path);
  member.name = name;
  member.size = file.content.size();
  member.mode =
      file.mode.value_or(file.folder || file.executable ? 0755 : 0644);
  member.user = file.owner.user;
  member.group = file.owner.group;
  if (!file.link_target.empty()) {
    member.type = TarMember::kSymlink;
    member.link_target = file.link_target;
    member.mode = 0777;
  } else if (file.folder) {
    member.type = TarMember::kFolder;
  }
  AppendTarHeader(member, text_);
  text_ += file.content;
  text_.append(TarPadding(file.content.size()), '\0');
}

absl::Status TarWriter::AddEntry(uint32_t index) {
  const Entry& entry = listing_[index];
  const absl::string_view path = cursor_.At(index);
  if (const uint32_t file = additions_.Replaces(index); file != kNone) {
    AddMemoryFile(path, options_.files[file]);
    return absl::OkStatus();
  }
  if (entry.type == EntryType::kFolder) {
    return AddEntryAs(absl::StrCat(path, "/"), index, SentMode(entry), kNone);
  }
  return AddEntryAs(path, index, SentMode(entry), LinkTo(index));
}

uint32_t TarWriter::ModeOfCopy(const Additions::Member& member) const {
  return options_.files[member.file].mode.value_or(
      static_cast<uint16_t>(SentMode(listing_[member.copy_of])));
}

uint32_t TarWriter::LinkOfCopy(const Additions::Member& member) const {
  const Entry& entry = listing_[member.copy_of];
  const bool same = entry.type == EntryType::kFile &&
                    additions_.Replaces(member.copy_of) == kNone &&
                    ModeOfCopy(member) == SentMode(entry) &&
                    options_.files[member.file].owner == Owner();
  return same ? member.copy_of : kNone;
}

// `path`: a folder's ends with a slash.
absl::Status TarWriter::AddEntryAs(absl::string_view path, uint32_t index,
                                   uint32_t mode, uint32_t link,
                                   const Owner& owner) {
  const Entry& entry = listing_[index];
  TarMember member;
  const std::string name = absl::StrCat(options_.prefix, path);
  member.name = name;
  member.mtime = entry.mtime_s;
  member.mode = mode;
  member.user = owner.user;
  member.group = owner.group;
  std::string text;
  if (link != kNone) {
    text = HardLinkTarget(link);
    member.type = TarMember::kHardLink;
    member.link_target = text;
  } else if (entry.type == EntryType::kSymlink) {
    member.type = TarMember::kSymlink;
    member.link_target = listing_.LinkTarget(index);
  } else if (entry.type == EntryType::kFolder) {
    member.type = TarMember::kFolder;
  } else {
    member.size = entry.size;
    padding_ = TarPadding(entry.size);
    RETURN_IF_ERROR(reader_.Open(index));
  }
  AppendTarHeader(member, text_);
  return absl::OkStatus();
}

}  // namespace

TarStream::~TarStream() = default;

absl::StatusOr<std::unique_ptr<TarStream>> TarStream::Create(
    const Listing* listing, TarOptions options) {
  ASSIGN_OR_RETURN(Additions additions,
                   Additions::Create(*listing, options.files));
  return std::make_unique<TarWriter>(listing, std::move(options),
                                     std::move(additions));
}

}  // namespace ovenbird::context
