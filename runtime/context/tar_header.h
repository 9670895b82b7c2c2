// The blocks of a tar archive.
//
// ustar, with GNU's extensions for what ustar cannot express (long names and
// targets, sizes of 8 GiB and more), because busybox's tar, which unpacks the
// context in the pod, knows these and ignores the extended headers of pax.
#ifndef OVENBIRD_RUNTIME_CONTEXT_TAR_HEADER_H_
#define OVENBIRD_RUNTIME_CONTEXT_TAR_HEADER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::context {

constexpr uint64_t kTarBlock = 512;
// Two empty blocks.
constexpr uint64_t kTarEnd = 2 * kTarBlock;

// The header of one member.
struct TarMember {
  // The type flags of ustar.
  enum Type : char {
    kFile = '0',
    kHardLink = '1',
    kSymlink = '2',
    kFolder = '5',
  };

  Type type = kFile;
  // Any bytes but NUL; a folder's name ends with a slash.
  absl::string_view name;
  absl::string_view link_target;
  uint64_t size = 0;  // of the content that follows; 0 for all but files
  int64_t mtime = 0;  // seconds since 1970, clamped to the format's range
  uint32_t mode = 0;
  // Up to kMaxTarOwner.
  uint32_t user = 0;
  uint32_t group = 0;
};

// The largest number of a user or group that a header can hold.
constexpr uint32_t kMaxTarOwner = 07777777;

// Appends the header of the member: one block, and those of a long name or
// target before it.
void AppendTarHeader(const TarMember& member, std::string& out);

// Returns the number of bytes that AppendTarHeader appends for a member of that
// name and length of the target.
uint64_t TarHeaderSize(absl::string_view name, size_t link_target_size);

// Returns the number of zero bytes needed after `size` bytes of content.
constexpr uint64_t TarPadding(uint64_t size) { return -size % kTarBlock; }

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_TAR_HEADER_H_
