// The part of the client that uploads blobs.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/client.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/error.h"
#include "runtime/registry/location.h"

namespace ovenbird::registry {
namespace {

constexpr int kAttempts = 3;
// In bytes. A last piece up to this size goes with the request that ends the
// upload, which cannot go on where it was.
constexpr size_t kLastPiece = 1 << 20;
// The longest time for cancelling an upload.
constexpr absl::Duration kFarewell = absl::Seconds(1);

std::string PushScope(absl::string_view path) {
  return absl::StrCat("repository:", path, ":pull,push");
}

// The connection broke; the registry may have a part of what was sent.
bool MayGoOn(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// Returns how many bytes of an upload the registry has, by its answer "0-41";
// `sent` if it does not say. The CNCF's always answers "0-0", and only if it
// has what it has confirmed, neither more nor less; otherwise it drops the
// upload. Whatever is assumed here, a wrong content does not match its digest.
absl::StatusOr<uint64_t> StoredBytes(const net::Response& response,
                                     uint64_t sent) {
  const std::pair<absl::string_view, absl::string_view> range =
      absl::StrSplit(response.Header("Range"), absl::MaxSplits('-', 1));
  uint64_t last = 0;
  if (response.Header("Range").empty() ||
      !absl::SimpleAtoi(range.second, &last))
    return absl::UnavailableError("the registry does not say what it has");
  return last == 0 ? sent : last + 1;
}

// Fills `piece` with the next kUploadPiece bytes. Returns whether they are the
// last ones.
absl::StatusOr<bool> Fill(const net::BodySource& read, std::string& piece) {
  piece.resize(kUploadPiece);
  size_t size = 0;
  size_t got = 1;
  while (got > 0 && size < piece.size()) {
    ASSIGN_OR_RETURN(
        got, read(absl::MakeSpan(piece.data() + size, piece.size() - size)));
    size += got;
  }
  piece.resize(size);
  return got == 0;
}

}  // namespace

absl::StatusOr<net::Response> Client::StartUpload(const std::string& path,
                                                  const std::string& query) {
  const Call call = {
      absl::StrCat("push to ", domain_, "/", path),         "POST",
      absl::StrCat("/v2/", path, "/blobs/uploads/", query), PushScope(path),
      {{"Content-Type", "application/octet-stream"}},       ""};
  ASSIGN_OR_RETURN(net::Response response, Send(call));
  if (response.status == 404) {
    return WithHint(ResponseError(call.what, response),
                    "; this registry does not create repositories "
                    "automatically: create this one first");
  }
  if (response.status != 202 && response.status != 201) {
    return Explain(ResponseError(call.what, response));
  }
  return response;
}

// One upload that the registry has started.
class Client::Upload {
 public:
  Upload(Client& client, const std::string& path)
      : client_(client),
        path_(path),
        what_(absl::StrCat("upload to ", client.domain_, "/", path)) {}
  // Cancelling is a courtesy: registries drop uploads that go nowhere. It is
  // done for a stopped upload, too. Some registries refuse it after a piece
  // that was cut: their address of the upload names its size.
  ~Upload() {
    if (target_.empty()) return;
    ClientOptions& options = client_.options_;
    Cancellation* const cancel = std::exchange(options.cancel, nullptr);
    const absl::Duration timeout =
        std::exchange(options.timeout, std::min(options.timeout, kFarewell));
    IgnoreExceptions([this] { (void)Ask("DELETE", target_, {}, ""); });
    options.cancel = cancel;
    options.timeout = timeout;
  }

  // Takes the place where the registry wants the upload.
  absl::Status Begin(const net::Response& started) {
    absl::StatusOr<net::Url> place =
        ResolveLocation(client_.base_, started.Header("Location"));
    if (!place.ok()) return place.status();
    if (place->Origin() != client_.base_.Origin()) {
      return absl::FailedPreconditionError(
          absl::StrCat(what_, ": the registry wants it at ", place->Origin()));
    }
    target_ = place->target;
    return absl::OkStatus();
  }

  // Sends the next piece.
  absl::Status Send(const std::string& piece) {
    uint64_t done = 0;  // of the piece
    for (int attempt = 1;; ++attempt) {
      const absl::Status status = SendFrom(piece, done);
      if (status.ok()) break;
      if (!MayGoOn(status) || attempt == kAttempts) return status;
      RETURN_IF_ERROR(Sleep(absl::Seconds(attempt), client_.options_.cancel));
      const absl::StatusOr<uint64_t> stored = Stored();
      if (!stored.ok() || *stored < size_ || *stored > size_ + piece.size()) {
        return status;
      }
      done = *stored - size_;
      if (done == piece.size()) break;
    }
    size_ += piece.size();
    return absl::OkStatus();
  }

  // Ends the upload with its last piece; the whole content has this digest.
  absl::StatusOr<Blob> Finish(std::string piece, const std::string& digest) {
    const std::string target =
        absl::StrCat(target_, absl::StrContains(target_, '?') ? "&" : "?",
                     "digest=", digest);
    size_ += piece.size();
    ASSIGN_OR_RETURN(
        net::Response response,
        Ask("PUT", target, {{"Content-Type", "application/octet-stream"}},
            std::move(piece)));
    if (response.status != 201 && response.status != 204) {
      return client_.Explain(ResponseError(what_, response));
    }
    target_.clear();
    return Blob{digest, size_};
  }

 private:
  absl::StatusOr<net::Response> Ask(const std::string& method,
                                    const std::string& target,
                                    net::Headers headers, std::string body) {
    return client_.Send({what_, method, target, PushScope(path_),
                         std::move(headers), std::move(body)});
  }

  absl::Status SendFrom(const std::string& piece, uint64_t done) {
    const uint64_t first = size_ + done;
    ASSIGN_OR_RETURN(net::Response response,
                     Ask("PATCH", target_,
                         {{"Content-Type", "application/octet-stream"},
                          {"Content-Range",
                           absl::StrCat(first, "-", size_ + piece.size() - 1)}},
                         piece.substr(done)));
    if (response.status != 202 && response.status != 204) {
      return client_.Explain(ResponseError(what_, response));
    }
    return Begin(response);
  }

  // Asks how much the registry has.
  absl::StatusOr<uint64_t> Stored() {
    ASSIGN_OR_RETURN(net::Response response, Ask("GET", target_, {}, ""));
    if (response.status != 204 && response.status != 200) {
      return client_.Explain(ResponseError(what_, response));
    }
    if (!response.Header("Location").empty()) {
      RETURN_IF_ERROR(Begin(response));
    }
    return StoredBytes(response, size_);
  }

  Client& client_;
  const std::string path_;
  const std::string what_;
  std::string target_;  // empty: there is nothing to cancel
  uint64_t size_ = 0;   // of all pieces that were sent
};

absl::Status Client::CheckPush(const std::string& path) {
  ASSIGN_OR_RETURN(const net::Response started, StartUpload(path, ""));
  Upload upload(*this, path);
  (void)upload.Begin(started);  // Without a place there is nothing to cancel.
  if (options_.cancel != nullptr && options_.cancel->cancelled()) {
    return absl::CancelledError();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Client::HasBlob(const std::string& path,
                                     const std::string& digest) {
  RETURN_IF_ERROR(CheckDigest(digest));
  const Call call = {absl::StrCat("blob ", digest, " of ", domain_, "/", path),
                     "HEAD",
                     absl::StrCat("/v2/", path, "/blobs/", digest),
                     PushScope(path),
                     {},
                     ""};
  ASSIGN_OR_RETURN(const net::Response response, Send(call));
  if (response.status == 200) return true;
  if (response.status == 404) return false;
  return Explain(ResponseError(call.what, response));
}

absl::StatusOr<bool> Client::MountBlob(const std::string& path,
                                       const std::string& digest,
                                       const std::string& from) {
  RETURN_IF_ERROR(CheckDigest(digest));
  ASSIGN_OR_RETURN(
      const net::Response started,
      StartUpload(path, absl::StrCat("?mount=", digest, "&from=", from)));
  if (started.status == 201) return true;
  // The registry has started an ordinary upload instead.
  Upload upload(*this, path);
  (void)upload.Begin(started);
  return false;
}

absl::StatusOr<Blob> Client::UploadBlob(const std::string& path,
                                        const net::BodySource& read) {
  ASSIGN_OR_RETURN(const net::Response started, StartUpload(path, ""));
  Upload upload(*this, path);
  RETURN_IF_ERROR(upload.Begin(started));
  Sha256 sha;
  std::string piece;
  while (true) {
    ASSIGN_OR_RETURN(const bool is_last, Fill(read, piece));
    sha.Update(piece);
    if (is_last && piece.size() <= kLastPiece) break;
    RETURN_IF_ERROR(CheckNotCancelled(options_.cancel));
    RETURN_IF_ERROR(upload.Send(piece));
    if (is_last) {
      piece.clear();
      break;
    }
  }
  return upload.Finish(std::move(piece),
                       absl::StrCat("sha256:", ToHex(sha.Finish())));
}

}  // namespace ovenbird::registry
