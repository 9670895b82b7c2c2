// A build context as a tar stream.
//
// Owners are 0:0, but those of files that are added. Modes are kept, as
// BuildKit keeps them: they are part of the image, and of kaniko's cache keys.
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

// A file that is not on the disk, or there with another content.
struct MemoryFile {
  std::string path;  // relative; folders that are missing are made
  std::string content;
  bool executable = false;
  // The path of an entry of the listing that is sent here once more, of a
  // folder without what is in it; the two above do not count then. Such files
  // come after all others.
  std::string copy_of{};
  // nullopt: the mode of the entry that is copied, 0755 for folders and what is
  // executable, else 0644.
  std::optional<uint16_t> mode{};
  // An empty folder; or a symlink if it has a target: the content does not
  // count then.
  bool folder = false;
  std::string link_target{};
  Owner owner{};
};

struct TarOptions {
  // Take the place of the listing's entries of that path, or come after all
  // others, in order of their paths.
  std::vector<MemoryFile> files;
};

class TarStream : public Stream {
 public:
  // `listing` must outlive the stream. Fails when a path of `options.files`
  // can't be in the archive (it leads out, or through a file).
  static absl::StatusOr<std::unique_ptr<TarStream>> Create(
      const Listing* listing, TarOptions options = {});
  ~TarStream() override;

  // Of the whole archive in bytes.
  virtual uint64_t size() const = 0;
  // Bytes of file content in it.
  virtual uint64_t content_size() const = 0;
  // Members in it.
  virtual uint64_t members() const = 0;

  // Reads files as it goes. A file that is gone, can't be read, or has another
  // size or time than the listing says (kAborted: "changed while ...") is an
  // error that names it: what is sent is what was listed, or nothing.
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override = 0;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_TAR_H_
