#include "runtime/context/tar_header.h"

#include <algorithm>
#include <cstring>

namespace ovenbird::context {
namespace {

constexpr size_t kNameSize = 100;
constexpr size_t kPrefixSize = 155;
constexpr absl::string_view kLongName = "././@LongLink";

struct Block {
  char name[kNameSize];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link_target[kNameSize];
  char magic[8];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[kPrefixSize];
  char unused[12];
};
static_assert(sizeof(Block) == kTarBlock);

// Digits and a NUL.
template <size_t N>
void PutOctal(uint64_t value, char (&field)[N]) {
  for (size_t i = N - 1; i-- > 0; value >>= 3) field[i] = '0' + (value & 7);
}

constexpr uint64_t kMaxOctal = (uint64_t{1} << 33) - 1;  // 11 digits

void PutSize(uint64_t size, char (&field)[12]) {
  if (size <= kMaxOctal) return PutOctal(size, field);
  // Base 256, marked by the first bit.
  for (size_t i = 12; i-- > 1; size >>= 8) field[i] = static_cast<char>(size);
  field[0] = static_cast<char>(0x80);
}

void PutChecksum(Block& block) {
  memset(block.checksum, ' ', sizeof block.checksum);
  unsigned char bytes[kTarBlock];
  memcpy(bytes, &block, kTarBlock);
  uint32_t sum = 0;
  for (unsigned char byte : bytes) sum += byte;
  for (int i = 5; i >= 0; --i, sum >>= 3) {
    block.checksum[i] = static_cast<char>('0' + (sum & 7));
  }
  block.checksum[6] = '\0';
}

// Where the name is cut into prefix and name; 0: it fits as it is; npos: it
// needs a long name.
size_t Cut(absl::string_view name) {
  if (name.size() <= kNameSize) return 0;
  if (name.size() > kPrefixSize + 1 + kNameSize) return name.npos;
  // The last slash that leaves a name (a folder's own slash does not count).
  const size_t slash = name.substr(0, name.size() - 1).rfind('/', kPrefixSize);
  if (slash == name.npos || slash == 0) return name.npos;
  return name.size() - slash - 1 <= kNameSize ? slash : name.npos;
}

void AppendBlock(const Block& block, std::string& out) {
  out.append(reinterpret_cast<const char*>(&block), sizeof block);
}

void Finish(const TarMember& member, Block& block, std::string& out) {
  PutOctal(member.mode, block.mode);
  PutOctal(member.user, block.uid);
  PutOctal(member.group, block.gid);
  PutSize(member.size, block.size);
  PutOctal(std::clamp<int64_t>(member.mtime, 0, kMaxOctal), block.mtime);
  block.type = member.type;
  memcpy(block.magic, "ustar\00000", 8);
  PutChecksum(block);
  AppendBlock(block, out);
}

uint64_t LongTextSize(size_t size) {
  const uint64_t with_nul = size + 1;
  return kTarBlock + with_nul + TarPadding(with_nul);
}

// GNU's way: a member of its own whose content is the text.
void AppendLongText(char type, absl::string_view text, std::string& out) {
  Block block = {};
  memcpy(block.name, kLongName.data(), kLongName.size());
  TarMember member;
  member.type = static_cast<TarMember::Type>(type);
  member.size = text.size() + 1;
  member.mode = 0644;
  Finish(member, block, out);
  out.append(text.data(), text.size());
  out.append(1 + TarPadding(text.size() + 1), '\0');
}

}  // namespace

void AppendTarHeader(const TarMember& member, std::string& out) {
  if (member.link_target.size() > kNameSize) {
    AppendLongText('K', member.link_target, out);
  }
  Block block = {};
  absl::string_view name = member.name;
  const size_t cut = Cut(name);
  if (cut == name.npos) {
    AppendLongText('L', name, out);
  } else if (cut > 0) {
    name.copy(block.prefix, cut);
    name.remove_prefix(cut + 1);
  }
  name.copy(block.name, kNameSize);
  member.link_target.copy(block.link_target, kNameSize);
  Finish(member, block, out);
}

uint64_t TarHeaderSize(absl::string_view name, size_t link_target_size) {
  uint64_t size = kTarBlock;
  if (Cut(name) == name.npos) size += LongTextSize(name.size());
  if (link_target_size > kNameSize) size += LongTextSize(link_target_size);
  return size;
}

}  // namespace ovenbird::context
