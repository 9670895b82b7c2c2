#include "runtime/build/local/volumes.h"

#include <errno.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::build {

namespace fs = std::filesystem;

namespace {

constexpr size_t kPiece = 1 << 20;

struct FileCloser {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, FileCloser>;

}  // namespace

absl::StatusOr<std::vector<Volume>> MakeVolumes(const ContainerSpec& spec,
                                                const std::string& folder) {
  std::vector<Volume> volumes;
  for (const ContainerMount& mount : spec.mounts) {
    Volume volume{mount.path, mount.host_path, mount.read_only, false};
    if (mount.host_path.empty()) {
      volume.own = true;
      volume.host_path = absl::StrCat(folder, "/", volumes.size());
      std::error_code error;
      fs::create_directory(volume.host_path, error);
      if (error) {
        return absl::ErrnoToStatus(
            error.value(), absl::StrCat("cannot create ", volume.host_path));
      }
      for (const ContainerFile& file : mount.files) {
        RETURN_IF_ERROR(
            WriteVolumeFile(absl::StrCat(volume.host_path, "/", file.path),
                            file.content, file.mode));
      }
    }
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

absl::StatusOr<std::string> HostPath(const std::vector<Volume>& volumes,
                                     const std::string& path) {
  const Volume* best = nullptr;
  for (const Volume& volume : volumes) {
    const bool below = path == volume.path ||
                       absl::StartsWith(path, absl::StrCat(volume.path, "/"));
    if (below && (best == nullptr || volume.path.size() > best->path.size())) {
      best = &volume;
    }
  }
  if (best == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is not below a mount of the container"));
  }
  return best->host_path + path.substr(best->path.size());
}

absl::Status WriteVolumeFile(const std::string& path, absl::string_view content,
                             int mode) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  return ReplaceFile(path, content, static_cast<mode_t>(mode));
}

absl::Status KeepFile(const std::string& from, const std::string& to) {
  const File in(fopen(from.c_str(), "rbe"));
  if (in == nullptr) return FileError(errno, "open", from);
  ASSIGN_OR_RETURN(FileWriter out, FileWriter::Open(to));
  std::vector<char> piece(kPiece);
  while (const size_t size = fread(piece.data(), 1, kPiece, in.get())) {
    RETURN_IF_ERROR(out.Write({piece.data(), size}));
  }
  if (ferror(in.get()) != 0) return FileError(errno, "read", from);
  return out.Commit();
}

}  // namespace ovenbird::build
