// What bench/context.py times: one part of sending a build context.
//   context_peer pack none|gzip|zstd|libarchive FOLDER   archive to stdout
//   context_peer walk FOLDER [IGNORE_FILE]
//   context_peer fingerprint FOLDER RECORDS
#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/file.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/compress.h"
#include "runtime/context/entry_reader.h"
#include "runtime/context/file_records.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/ignore.h"
#include "runtime/context/read_ahead.h"
#include "runtime/context/tar.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::context {
namespace {

constexpr size_t kBufferSize = 1 << 20;

absl::Status WriteOut(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0) return FileError(errno, "write to", "stdout");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status Pack(const std::string& how, const std::string& folder) {
  ASSIGN_OR_RETURN(const WalkResult walk, Walk(folder));
  ASSIGN_OR_RETURN(auto tar, TarStream::Create(&walk.listing));
  Compression compression = Compression::kNone;
  if (how == "gzip") compression = Compression::kGzip;
  if (how == "zstd") compression = Compression::kZstd;
  // As the upload does it: files are read while others are compressed.
  std::unique_ptr<ReadAhead> ahead;
  std::unique_ptr<Stream> packed;
  if (compression != Compression::kNone) {
    ahead = std::make_unique<ReadAhead>(tar.get());
    packed = Compress(compression, ahead.get());
  }
  Stream* stream = packed == nullptr ? tar.get() : packed.get();
  std::vector<char> buffer(kBufferSize);
  for (;;) {
    ASSIGN_OR_RETURN(const size_t n,
                     stream->Read(buffer.data(), buffer.size()));
    if (n == 0) return absl::OkStatus();
    RETURN_IF_ERROR(WriteOut(absl::string_view(buffer.data(), n)));
  }
}

// The same walk and the same reads, written by libarchive.
absl::Status PackWithLibarchive(const std::string& folder) {
  ASSIGN_OR_RETURN(const WalkResult walk, Walk(folder));
  const Listing& listing = walk.listing;
  archive* writer = archive_write_new();
  archive_write_set_format_gnutar(writer);
  archive_write_set_bytes_per_block(writer, kBufferSize);
  if (archive_write_open_fd(writer, STDOUT_FILENO) != ARCHIVE_OK) {
    return absl::InternalError(archive_error_string(writer));
  }
  EntryReader reader(&listing);
  PathCursor cursor(listing);
  archive_entry* entry = archive_entry_new();
  std::vector<char> buffer(kBufferSize);
  for (uint32_t i = 0; i < listing.size(); ++i) {
    const bool file = listing[i].type == EntryType::kFile;
    archive_entry_clear(entry);
    archive_entry_set_pathname(entry, std::string(cursor.At(i)).c_str());
    archive_entry_set_filetype(entry, file ? AE_IFREG : AE_IFDIR);
    archive_entry_set_perm(entry, file ? 0644 : 0755);
    archive_entry_set_mtime(entry, listing[i].mtime_s, 0);
    archive_entry_set_size(entry, file ? listing[i].size : 0);
    archive_write_header(writer, entry);
    if (!file) continue;
    RETURN_IF_ERROR(reader.Open(i));
    for (;;) {
      ASSIGN_OR_RETURN(const size_t n,
                       reader.Read(buffer.data(), buffer.size()));
      if (n == 0) break;
      archive_write_data(writer, buffer.data(), n);
    }
  }
  archive_entry_free(entry);
  archive_write_free(writer);
  return absl::OkStatus();
}

absl::Status ListFiles(const std::string& folder, const std::string& rules) {
  Ignore ignore;
  std::unique_ptr<SourceFile> file;
  if (!rules.empty()) {
    ASSIGN_OR_RETURN(std::string text, ReadFile(rules));
    file = std::make_unique<SourceFile>(rules, std::move(text));
    diag::Collector problems;
    ignore = Ignore::Parse(*file, problems);
  }
  WalkOptions options;
  options.ignore = &ignore;
  ASSIGN_OR_RETURN(const WalkResult walk, Walk(folder, options));
  printf("%zu\n", walk.listing.size());
  return absl::OkStatus();
}

absl::Status PrintFingerprint(const std::string& folder,
                              const std::string& path) {
  ASSIGN_OR_RETURN(const WalkResult walk, Walk(folder));
  const FileRecords known = FileRecords::Load(path);
  ASSIGN_OR_RETURN(const Fingerprint result,
                   ComputeFingerprint(walk.listing, {}, known));
  printf("%s %zu files read\n", ToHex(result.digest).c_str(),
         result.files_read);
  // As in a build: written only when something was read.
  return result.files_read > 0 ? result.records.Save(path) : absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& args) {
  if (args.size() == 3 && args[0] == "pack" && args[1] == "libarchive") {
    return PackWithLibarchive(args[2]);
  }
  if (args.size() == 3 && args[0] == "pack") return Pack(args[1], args[2]);
  if (args.size() >= 2 && args[0] == "walk") {
    return ListFiles(args[1], args.size() > 2 ? args[2] : "");
  }
  if (args.size() == 3 && args[0] == "fingerprint") {
    return PrintFingerprint(args[1], args[2]);
  }
  return absl::InvalidArgumentError("see the head of context_peer.cc");
}

}  // namespace
}  // namespace ovenbird::context

int main(int argc, char** argv) {
  const absl::Status status =
      ovenbird::context::Run(std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return 0;
  fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
