#include "runtime/build/local/volumes.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/entries.h"
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

// Owners other than this user are for root alone to set.
absl::Status SetAttributes(const ContainerMount& mount,
                           const std::string& path) {
  if (!mount.mode) return absl::OkStatus();
  if ((mount.user != 0 || mount.group != 0) &&
      chown(path.c_str(), mount.user, mount.group) != 0) {
    return FileError(errno, "set the owner of", path);
  }
  if (chmod(path.c_str(), *mount.mode) != 0) {
    return FileError(errno, "set the mode of", path);
  }
  return absl::OkStatus();
}

// A folder that outlives the container.
absl::Status MakeKeptFolder(const ContainerMount& mount) {
  std::error_code error;
  fs::create_directories(mount.host_path, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(),
                               absl::StrCat("cannot create ", mount.host_path));
  }
  return SetAttributes(mount, mount.host_path);
}

}  // namespace

absl::StatusOr<std::vector<Volume>> MakeVolumes(
    const ContainerSpec& spec, const std::string& folder,
    const std::string& secrets_folder) {
  std::vector<Volume> volumes;
  for (const ContainerMount& mount : spec.mounts) {
    Volume volume{mount.path, mount.host_path, mount.read_only,
                  false,      mount.in_memory, mount.size};
    if (mount.context_source) {
      ASSIGN_OR_RETURN(volume.host_path,
                       HostPath(volumes, absl::StrCat(spec.context_path, "/",
                                                      *mount.context_source)));
    } else if (!mount.same_as.empty()) {
      ASSIGN_OR_RETURN(volume.host_path, HostPath(volumes, mount.same_as));
    } else if (!mount.host_path.empty() && mount.mode) {
      RETURN_IF_ERROR(MakeKeptFolder(mount));
    } else if (mount.host_path.empty() && !mount.in_memory) {
      volume.own = true;
      volume.host_path =
          absl::StrCat(mount.only_file.empty() ? folder : secrets_folder, "/",
                       volumes.size());
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
      if (!mount.only_file.empty()) {
        absl::StrAppend(&volume.host_path, "/", mount.only_file);
      }
      RETURN_IF_ERROR(SetAttributes(mount, volume.host_path));
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

absl::Status MakeView(const std::string& context, const std::string& view,
                      const std::vector<std::string>& without) {
  const fs::path target = fs::path(context) / view;
  std::error_code error;
  fs::create_directories(target, error);
  ASSIGN_OR_RETURN(const std::vector<std::string> entries, EntriesOf(context));
  for (const std::string& path : entries) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (absl::c_linear_search(without, name)) continue;
    if (error) break;
    fs::copy(path, target / name,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                 fs::copy_options::create_hard_links,
             error);
  }
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot create ", target.string()));
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
