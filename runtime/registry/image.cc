#include "runtime/registry/image.h"

#include <errno.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::registry {
namespace {

std::vector<std::string> Strings(const json::Value& list) {
  std::vector<std::string> result;
  for (const json::Value& item : list.items()) {
    result.emplace_back(item.string_or());
  }
  return result;
}

bool IsIndex(const json::Value& manifest) {
  const absl::string_view type = manifest["mediaType"].string_or();
  return absl::StrContains(type, "image.index") ||
         absl::StrContains(type, "manifest.list") ||
         manifest["manifests"].as_array() != nullptr;
}

// "linux/arm/v7"
std::string PlatformName(const json::Value& platform) {
  const absl::string_view variant = platform["variant"].string_or();
  return absl::StrCat(platform["os"].string_or(), "/",
                      platform["architecture"].string_or(),
                      variant.empty() ? "" : "/", variant);
}

absl::Status DiskError(absl::string_view what) {
  return absl::ErrnoToStatus(errno, what);
}

struct FileCloser {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, FileCloser>;

absl::Status DownloadBlob(Client& client, const std::string& path,
                          const std::string& digest, const std::string& to) {
  File file(fopen(to.c_str(), "wbe"));
  if (file == nullptr) return DiskError(absl::StrCat("cannot create ", to));
  RETURN_IF_ERROR(client.ReadBlob(path, digest, [&](absl::string_view data) {
    // An empty view may have no address, which fwrite does not take.
    if (data.empty() ||
        fwrite(data.data(), 1, data.size(), file.get()) == data.size()) {
      return absl::OkStatus();
    }
    return DiskError(absl::StrCat("cannot write ", to));
  }));
  if (fflush(file.get()) != 0) {
    return DiskError(absl::StrCat("cannot write ", to));
  }
  return absl::OkStatus();
}

absl::Status UnpackLayer(const std::string& archive,
                         const std::string& rootfs) {
  File file(fopen(archive.c_str(), "rbe"));
  if (file == nullptr) return DiskError(absl::StrCat("cannot read ", archive));
  UnpackOptions options;
  options.layer = true;
  options.owners = geteuid() == 0;
  return Unpack(
      [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
        const size_t got = fread(buffer, 1, size, file.get());
        if (got == 0 && ferror(file.get()) != 0) {
          return DiskError(absl::StrCat("cannot read ", archive));
        }
        return got;
      },
      rootfs, options);
}

absl::Status WriteConfig(Client& client, const std::string& path,
                         const std::string& digest, const std::string& folder) {
  ASSIGN_OR_RETURN(json::Value config, FetchConfig(client, path, digest));
  return ReplaceFile(absl::StrCat(folder, "/image.json"),
                     absl::StrCat(json::Write(config["config"], true), "\n"));
}

// Returns the entry of an index for the platform; null: it has none.
const json::Value* FindEntry(const json::Value& index,
                             const Platform& platform) {
  const json::Value* best = nullptr;
  std::string best_variant;
  for (const json::Value& item : index["manifests"].items()) {
    const absl::StatusOr<Platform> found =
        ParsePlatform(PlatformName(item["platform"]));
    if (!found.ok() || found->architecture != platform.architecture) continue;
    if (found->variant == platform.variant) return &item;
    const bool is_first = best == nullptr;
    if (platform.variant.empty()
            ? is_first
            : found->variant < platform.variant &&
                  (is_first || found->variant > best_variant)) {
      best = &item;
      best_variant = found->variant;
    }
  }
  return best;
}

}  // namespace

absl::StatusOr<ImageConfig> ReadImageConfig(const std::string& folder) {
  const std::string name = absl::StrCat(folder, "/image.json");
  std::ifstream file(name, std::ios::binary);
  if (!file) return DiskError(absl::StrCat("cannot read ", name));
  std::stringstream text;
  text << file.rdbuf();
  absl::StatusOr<json::Value> config = json::Parse(text.str());
  if (!config.ok()) {
    return absl::DataLossError(
        absl::StrCat(name, ": ", config.status().message()));
  }
  ImageConfig result;
  result.env = Strings((*config)["Env"]);
  result.entrypoint = Strings((*config)["Entrypoint"]);
  result.cmd = Strings((*config)["Cmd"]);
  result.working_dir = std::string((*config)["WorkingDir"].string_or());
  return result;
}

std::string HostArchitecture() {
  utsname info;
  uname(&info);
  const absl::string_view machine = info.machine;
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (absl::StartsWith(machine, "arm")) return "arm";
  return std::string(machine);  // s390x, ppc64le, riscv64
}

Platform HostPlatform() { return {"linux", HostArchitecture(), ""}; }

absl::StatusOr<json::Value> FetchConfig(Client& client, const std::string& path,
                                        const std::string& digest) {
  std::string text;
  RETURN_IF_ERROR(client.ReadBlob(path, digest, [&](absl::string_view data) {
    absl::StrAppend(&text, data);
    if (text.size() <= kMaxManifest) return absl::OkStatus();
    return absl::OutOfRangeError(
        absl::StrCat(path, ": the image's configuration is longer than ",
                     kMaxManifest >> 20, " MiB"));
  }));
  return json::Parse(text);
}

absl::StatusOr<Manifest> FindImage(Client& client, const std::string& path,
                                   const std::string& tag_or_digest,
                                   const Platform& platform) {
  ASSIGN_OR_RETURN(Manifest manifest, client.Get(path, tag_or_digest));
  ASSIGN_OR_RETURN(json::Value parsed, json::Parse(manifest.bytes));
  if (!IsIndex(parsed)) return manifest;
  const json::Value* found = FindEntry(parsed, platform);
  if (found != nullptr) {
    const std::string digest((*found)["digest"].string_or());
    // Get would take anything else for a tag.
    RETURN_IF_ERROR(CheckDigest(digest));
    return client.Get(path, digest);
  }
  std::vector<std::string> others;
  for (const json::Value& item : parsed["manifests"].items()) {
    others.push_back(PlatformName(item["platform"]));
  }
  return absl::NotFoundError(absl::StrCat(
      path, ":", tag_or_digest, " has no image for ", platform.ToString(),
      ", but for ", absl::StrJoin(others, ", ")));
}

absl::Status PullImage(Client& client, const std::string& path,
                       const Manifest& manifest, const std::string& folder,
                       const std::function<void(int, int)>& on_layer) {
  ASSIGN_OR_RETURN(json::Value parsed, json::Parse(manifest.bytes));
  if (parsed["layers"].as_array() == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat(path, ": unknown manifest type `", manifest.media_type,
                     "`; supported are images of Docker schema 2 and of OCI"));
  }
  const std::string rootfs = absl::StrCat(folder, "/rootfs");
  std::error_code error;
  if (!std::filesystem::create_directory(rootfs, error)) {
    return DiskError(absl::StrCat("cannot create ", rootfs));
  }
  const json::Array& layers = parsed["layers"].items();
  const std::string archive = absl::StrCat(folder, "/layer");
  for (size_t i = 0; i < layers.size(); ++i) {
    on_layer(static_cast<int>(i) + 1, static_cast<int>(layers.size()));
    const std::string digest(layers[i]["digest"].string_or());
    RETURN_IF_ERROR(DownloadBlob(client, path, digest, archive));
    RETURN_IF_ERROR(UnpackLayer(archive, rootfs));
  }
  unlink(archive.c_str());
  return WriteConfig(client, path,
                     std::string(parsed["config"]["digest"].string_or()),
                     folder);
}

}  // namespace ovenbird::registry
