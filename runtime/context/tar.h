// A build context as a tar stream.
//
// Owners are 0:0, except for added files. Modes are kept, as BuildKit keeps
// them: they are part of the image, and of kaniko's cache keys.
#ifndef OVENBIRD_RUNTIME_CONTEXT_TAR_H_
#define OVENBIRD_RUNTIME_CONTEXT_TAR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/context/listing.h"
#include "runtime/context/owner.h"
#include "runtime/context/stream.h"

namespace ovenbird::context {

// A file that is added to the context: not on the disk, or there with another
// content.
struct MemoryFile {
  std::string path;  // relative; missing folders are created
  std::string content;
  bool executable = false;
  // The path of an entry of the listing that is sent here once more, a folder
  // without its content; `content` and `executable` have no effect then. Such
  // files come after all others.
  std::string copy_of{};
  // nullopt: the mode of the entry that is copied, 0755 for folders and what is
  // executable, else 0644.
  std::optional<uint16_t> mode{};
  // An empty folder; or a symlink if it has a target: `content` must be empty
  // then.
  bool folder = false;
  std::string link_target{};
  Owner owner{};
};

// The additions to a listing.
struct TarOptions {
  // Replace the listing's entries of that path, or come after all others, in
  // order of their paths.
  std::vector<MemoryFile> files;
  // Put before the path of each member: "" or a folder with a slash at its end,
  // for which the archive has no member.
  std::string prefix{};
};

// The archive of a listing; its size is known before it is read.
class TarStream : public Stream {
 public:
  // Plans the archive; `listing` must outlive the stream. kInvalidArgument if a
  // path of `options.files` cannot be in the archive (it leads out, or through
  // a file).
  static absl::StatusOr<std::unique_ptr<TarStream>> Create(
      const Listing* listing, TarOptions options = {});
  ~TarStream() override;

  // Returns the size of the whole archive in bytes.
  virtual uint64_t size() const = 0;
  // Returns the number of bytes of file content in it.
  virtual uint64_t content_size() const = 0;
  // Returns the number of its members.
  virtual uint64_t members() const = 0;

  // Reads files as it goes. A file that is missing, cannot be read, or has
  // another size or time than in the listing (kAborted: "changed while ...") is
  // an error that names it: what is sent is what was listed, or nothing.
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override = 0;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_TAR_H_
