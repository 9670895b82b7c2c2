#include "runtime/kube/watch.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/patience.h"

namespace ovenbird::kube {
namespace {

// The server ends each watch after this time, so that one of which nothing is
// heard, not even its end, has no server any more (WatchOptions::missed_after).
// Bookmarks would not do: not all kinds have them, and they are rarer.
constexpr int kServerTimeoutSeconds = 60;

// Errors that another attempt may not meet.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsInternal(status) ||
         absl::IsOutOfRange(status) || absl::IsAborted(status);
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
}

std::string KeyOf(const json::Value& object) {
  const json::Value& metadata = object["metadata"];
  return absl::StrCat(metadata["namespace"].string_or(), "/",
                      metadata["name"].string_or());
}

absl::string_view Uid(const json::Value& object) {
  return object.Get({"metadata", "uid"}).string_or();
}

absl::string_view Version(const json::Value& object) {
  return object.Get({"metadata", "resourceVersion"}).string_or();
}

class Watcher {
 public:
  Watcher(Client& client, const WatchOptions& options,
          absl::FunctionRef<bool(const WatchEvent&)> on_event,
          Cancellation* cancel)
      : client_(client),
        options_(options),
        on_event_(on_event),
        cancel_(cancel),
        doing_(absl::StrCat("watch ", options.resource.plural)),
        backoff_(options.backoff) {}

  absl::Status Run() {
    while (!stopped_) {
      const absl::Status status = version_.empty() ? List() : Follow();
      RETURN_IF_ERROR(CheckNotCancelled(cancel_));
      if (stopped_) break;
      if (status.ok()) continue;
      // The version is too old for the server.
      if (absl::IsOutOfRange(status)) version_.clear();
      if (!IsPassing(status) && !MayBeAllowedLater(status)) return status;
      if (IsOutOfDescriptors(status) &&
          descriptors_.IsOver(kDescriptorPatience)) {
        return status;
      }
      RETURN_IF_ERROR(Pause(status));
    }
    return absl::OkStatus();
  }

 private:
  using Type = WatchEvent::Type;

  void Tell(Type type, json::Value object) {
    if (!stopped_) stopped_ = !on_event_({type, std::move(object)});
  }

  // After an outage.
  bool MayBeAllowedLater(const absl::Status& status) {
    return in_trouble_ && IsRefusal(status) &&
           !refusals_.IsOver(kRefusalPatience);
  }

  // The server has answered.
  void NoteContact() {
    failures_.Renew();
    refusals_.Renew();
    descriptors_.Renew();
    backoff_.Reset();
    in_trouble_ = false;
  }

  absl::Status Pause(const absl::Status& status) {
    if (failures_.IsOver(options_.give_up_after)) return status;
    // That a version is too old is no trouble.
    if (!absl::IsOutOfRange(status)) in_trouble_ = true;
    return Sleep(backoff_.Next(), cancel_);
  }

  absl::Status List();
  absl::Status Follow();
  absl::Status OnLine(absl::string_view line);
  void OnObject(json::Value object);
  void OnDeleted(json::Value object);

  Client& client_;
  const WatchOptions& options_;
  const absl::FunctionRef<bool(const WatchEvent&)> on_event_;
  Cancellation* const cancel_;
  const std::string doing_;
  Backoff backoff_;
  std::string version_;  // empty: to be listed
  std::map<std::string, json::Value> known_;
  bool synced_ = false;
  bool stopped_ = false;
  bool in_trouble_ = false;
  Patience failures_;
  Patience refusals_;  // after an outage
  Patience descriptors_;
};

void Watcher::OnObject(json::Value object) {
  if (options_.wanted && !options_.wanted(object)) return;
  const std::string key = KeyOf(object);
  auto [it, is_new] = known_.try_emplace(key, object);
  if (is_new) return Tell(Type::kAdded, std::move(object));
  if (Version(it->second) == Version(object)) return;
  // Another object of the same name: the end of the first was missed.
  if (Uid(it->second) != Uid(object)) {
    Tell(Type::kDeleted, std::move(it->second));
    it->second = object;
    return Tell(Type::kAdded, std::move(object));
  }
  it->second = object;
  Tell(Type::kModified, std::move(object));
}

void Watcher::OnDeleted(json::Value object) {
  const auto it = known_.find(KeyOf(object));
  if (it == known_.end() || Uid(it->second) != Uid(object)) return;
  known_.erase(it);
  Tell(Type::kDeleted, std::move(object));
}

absl::Status Watcher::List() {
  if (options_.on_list) options_.on_list();
  // Only to know the version.
  const bool skip = options_.only_new && !synced_;
  ListOptions select = options_.select;
  if (skip) select.most = 1;
  ASSIGN_OR_RETURN(json::Value list,
                   client_.List(options_.resource, select, cancel_));
  NoteContact();
  if (skip) list.Set("items", json::Array());
  std::map<std::string, json::Value> gone = known_;
  for (const json::Value& item : list["items"].items()) {
    gone.erase(KeyOf(item));
  }
  for (auto& [key, object] : gone) {
    known_.erase(key);
    Tell(Type::kDeleted, std::move(object));
  }
  for (const json::Value& item : list["items"].items()) OnObject(item);
  version_ = std::string(Version(list));
  Tell(Type::kSynced, {});
  synced_ = true;
  if (version_.empty()) {
    return absl::InternalError(
        absl::StrCat("cannot ", doing_, ": the list has no resourceVersion"));
  }
  return absl::OkStatus();
}

absl::Status Watcher::OnLine(absl::string_view line) {
  if (line.empty()) return absl::OkStatus();
  const absl::StatusOr<json::Value> parsed = json::Parse(line);
  if (!parsed.ok()) {
    return absl::UnavailableError(absl::StrCat(
        "cannot ", doing_, ": garbled event: ", parsed.status().message()));
  }
  const json::Value& event = *parsed;
  const std::string type(event["type"].string_or());
  const json::Value& object = event["object"];
  if (type == "ERROR") return StatusFromObject(object, doing_);
  NoteContact();
  if (!Version(object).empty()) version_ = std::string(Version(object));
  if (type == "BOOKMARK") return absl::OkStatus();
  if (type == "DELETED") {
    OnDeleted(object);
  } else {
    OnObject(object);
  }
  return absl::OkStatus();
}

absl::Status Watcher::Follow() {
  Query query = {{"watch", "1"},
                 {"allowWatchBookmarks", "true"},
                 {"resourceVersion", version_},
                 {"timeoutSeconds", absl::StrCat(kServerTimeoutSeconds)}};
  if (!options_.select.label_selector.empty()) {
    query.emplace_back("labelSelector", options_.select.label_selector);
  }
  if (!options_.select.field_selector.empty()) {
    query.emplace_back("fieldSelector", options_.select.field_selector);
  }
  const absl::Time start = SteadyNow();
  bool begun = false;
  std::string rest;
  absl::Status problem;
  const absl::Status status = client_.Stream(
      ResourcePath(options_.resource), query, doing_,
      [&](absl::string_view data) {
        begun = true;
        // Not before: a line may be as large as an object.
        absl::StrAppend(&rest, data);
        size_t begin = 0;
        for (size_t end; (end = rest.find('\n', begin)) != std::string::npos;
             begin = end + 1) {
          problem = OnLine(absl::string_view(rest).substr(begin, end - begin));
          if (!problem.ok() || stopped_) return false;
        }
        rest.erase(0, begin);
        return true;
      },
      options_.missed_after, cancel_);
  if (!problem.ok()) return problem;
  // One that was cut has been there until now, however quiet.
  if (begun && absl::IsUnavailable(status)) failures_.Renew();
  if (!status.ok()) return status;
  if (stopped_) return absl::OkStatus();
  if (SteadyNow() - start >= absl::Seconds(1)) {
    NoteContact();
    return absl::OkStatus();
  }
  // A server that ends each watch immediately is not asked without a pause.
  return Sleep(backoff_.Next(), cancel_);
}

}  // namespace

absl::Status Watch(Client& client, const WatchOptions& options,
                   absl::FunctionRef<bool(const WatchEvent&)> on_event,
                   Cancellation* cancel) {
  return Watcher(client, options, on_event, cancel).Run();
}

}  // namespace ovenbird::kube
