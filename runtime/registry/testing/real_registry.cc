#include "runtime/registry/testing/real_registry.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/lines.h"
#include "runtime/base/mutex.h"
#include "runtime/base/sha256.h"
#include "runtime/base/subprocess.h"
#include "runtime/net/testing/certificates.h"

namespace ovenbird::registry::testing {
namespace {

constexpr absl::Duration kTime = absl::Seconds(60);
constexpr char kManifestType[] =
    "application/vnd.docker.distribution.manifest.v2+json";

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string Digest(absl::string_view bytes) {
  return absl::StrCat("sha256:", ToHex(Sha256Of(bytes)));
}

json::Value Descriptor(absl::string_view type, absl::string_view digest,
                       size_t size) {
  json::Value result;
  result.Set("mediaType", type);
  result.Set("size", static_cast<int64_t>(size));
  result.Set("digest", digest);
  return result;
}

// Digest of the layer as tar, whatever it is packed with.
std::string DiffId(const std::string& layer) {
  Subprocess unpack;
  unpack.argv = absl::StartsWith(layer, "\x1f\x8b")
                    ? std::vector<std::string>{"gzip", "-dc"}
                : absl::StartsWith(layer, "\x28\xb5\x2f\xfd")
                    ? std::vector<std::string>{"zstd", "-dcq"}
                    : std::vector<std::string>{"cat"};
  unpack.stdin_data = layer;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(unpack);
  EXPECT_TRUE(result.ok() && result->ok());
  return result.ok() ? Digest(result->out) : "";
}

}  // namespace

struct RealRegistry::Process {
  // Runs until the destructor; `Listening` is the address that it reports.
  Process(const std::string& config, const std::string& folder) {
    command.argv = {"docker-registry", "serve", config};
    command.working_dir = folder;
    command.cancel = &cancel;
    command.on_stderr = [this](absl::string_view text) { lines.Add(text); };
    thread = std::thread([this] {
      status = RunSubprocess(command).status();
      if (!listening.happened()) listening.Notify();
    });
  }
  ~Process() {
    cancel.Cancel();
    thread.join();
  }

  void OnLine(absl::string_view line) {
    absl::StrAppend(&log, line, "\n");
    constexpr absl::string_view kMark = "listening on ";
    const size_t at = line.find(kMark);
    if (at == absl::string_view::npos || listening.happened()) return;
    line.remove_prefix(at + kMark.size());
    address = std::string(line.substr(0, line.find_first_of(",\" ")));
    listening.Notify();
  }

  Cancellation cancel;
  Subprocess command;
  LineSplitter lines{[this](absl::string_view line) { OnLine(line); }};
  std::string log;
  std::string address;
  absl::Status status;
  Event listening;
  std::thread thread;
};

RealRegistry::RealRegistry(const RealRegistryOptions& options)
    : options_(options) {
  folder_ = absl::StrCat(::testing::TempDir(), "/registryXXXXXX");
  if (mkdtemp(folder_.data()) == nullptr) abort();
  std::string config = absl::StrCat(
      "version: 0.1\nlog: {level: info, formatter: text}\n"
      "storage:\n  filesystem: {rootdirectory: ",
      folder_,
      "/data}\n  delete: {enabled: ", options.deletes ? "true" : "false",
      "}\nhttp:\n  addr: 127.0.0.1:0\n");
  net::TlsOptions tls;
  if (options.tls) {
    const net::testing::KeyPair authority =
        net::testing::MakeAuthority("test authority");
    const net::testing::KeyPair server =
        net::testing::MakeCertificate({}, &authority);
    Write(folder_ + "/cert.pem", server.cert_pem);
    Write(folder_ + "/key.pem", server.key_pem);
    ca_pem_ = authority.cert_pem;
    tls.ca_pem = ca_pem_;
    absl::StrAppend(&config, "  tls: {certificate: ", folder_,
                    "/cert.pem, key: ", folder_, "/key.pem}\n");
  }
  if (!options.user.empty()) {
    Subprocess htpasswd;
    htpasswd.argv = {"htpasswd", "-Bbn", options.user, options.password};
    absl::StatusOr<SubprocessResult> entry = RunSubprocess(htpasswd);
    EXPECT_TRUE(entry.ok()) << entry.status();
    Write(folder_ + "/htpasswd", entry.ok() ? entry->out : "");
    absl::StrAppend(&config, "auth:\n  htpasswd: {realm: test, path: ", folder_,
                    "/htpasswd}\n");
  }
  Write(folder_ + "/config.yml", config);
  process_ = std::make_unique<Process>(folder_ + "/config.yml", folder_);
  process_->listening.Wait();
  domain_ = process_->address;
  EXPECT_NE(domain_, "") << process_->status << "\n" << process_->log;
  absl::StatusOr<net::Url> url = net::ParseUrl(
      absl::StrCat(options.tls ? "https" : "http", "://", domain_, "/"));
  EXPECT_TRUE(url.ok()) << url.status();
  if (url.ok()) client_ = *net::NewClient(*url, tls);
}

RealRegistry::~RealRegistry() {
  process_.reset();
  std::filesystem::remove_all(folder_);
}

net::Response RealRegistry::Send(net::Request request) {
  if (!options_.user.empty()) {
    request.headers.emplace_back(
        "Authorization",
        absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(
                                   options_.user, ":", options_.password))));
  }
  absl::StatusOr<net::Response> response = client_->Send(request, kTime);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *std::move(response) : net::Response();
}

std::string RealRegistry::PushBlob(const std::string& path,
                                   const std::string& bytes) {
  net::Request start;
  start.method = "POST";
  start.target = absl::StrCat("/v2/", path, "/blobs/uploads/");
  const net::Response started = Send(start);
  absl::StatusOr<net::Url> to = net::ParseUrl(started.Header("Location"));
  EXPECT_TRUE(to.ok()) << started.status << started.body;
  if (!to.ok()) return "";
  net::Request put;
  put.method = "PUT";
  put.target =
      absl::StrCat(to->target, absl::StrContains(to->target, '?') ? "&" : "?",
                   "digest=", Digest(bytes));
  put.headers = {{"Content-Type", "application/octet-stream"}};
  put.body = bytes;
  const net::Response response = Send(put);
  EXPECT_EQ(response.status, 201) << response.body;
  return Digest(bytes);
}

std::string RealRegistry::PushManifest(const std::string& path,
                                       const std::string& tag,
                                       const json::Value& manifest) {
  net::Request put;
  put.method = "PUT";
  put.target = absl::StrCat("/v2/", path, "/manifests/", tag);
  put.headers = {
      {"Content-Type", std::string(manifest["mediaType"].string_or())}};
  put.body = json::Write(manifest);
  const net::Response response = Send(put);
  EXPECT_EQ(response.status, 201) << response.body;
  return Digest(put.body);
}

std::string RealRegistry::PushImage(const std::string& path,
                                    const std::string& tag,
                                    const std::vector<std::string>& layers,
                                    const json::Value& config) {
  json::Array diff_ids;
  json::Array descriptors;
  for (const std::string& layer : layers) {
    diff_ids.push_back(DiffId(layer));
    descriptors.push_back(
        Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip",
                   PushBlob(path, layer), layer.size()));
  }
  json::Value rootfs;
  rootfs.Set("type", "layers");
  rootfs.Set("diff_ids", std::move(diff_ids));
  json::Value image;
  image.Set("architecture", "amd64");
  image.Set("os", "linux");
  image.Set("config", config);
  image.Set("rootfs", std::move(rootfs));
  const std::string image_text = json::Write(image);
  json::Value manifest;
  manifest.Set("schemaVersion", 2);
  manifest.Set("mediaType", kManifestType);
  manifest.Set("config",
               Descriptor("application/vnd.docker.container.image.v1+json",
                          PushBlob(path, image_text), image_text.size()));
  manifest.Set("layers", std::move(descriptors));
  return PushManifest(path, tag, manifest);
}

std::string RealRegistry::PushIndex(
    const std::string& path, const std::string& tag,
    const std::vector<std::pair<Platform, std::string>>& images) {
  json::Array entries;
  for (const auto& [image_platform, digest] : images) {
    json::Value platform;
    platform.Set("os", image_platform.os);
    platform.Set("architecture", image_platform.architecture);
    if (!image_platform.variant.empty()) {
      platform.Set("variant", image_platform.variant);
    }
    json::Value entry;
    entry.Set("mediaType",
              "application/vnd.docker.distribution.manifest.v2+json");
    entry.Set("digest", digest);
    entry.Set("size", 1);
    entry.Set("platform", std::move(platform));
    entries.push_back(std::move(entry));
  }
  json::Value index;
  index.Set("schemaVersion", 2);
  index.Set("mediaType",
            "application/vnd.docker.distribution.manifest.list.v2+json");
  index.Set("manifests", std::move(entries));
  return PushManifest(path, tag, index);
}

int RealRegistry::OpenUploads() const {
  int uploads = 0;
  const std::string data = folder_ + "/data";
  if (!std::filesystem::exists(data)) return 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(data)) {
    if (entry.path().filename() == "startedat") ++uploads;
  }
  return uploads;
}

}  // namespace ovenbird::registry::testing
