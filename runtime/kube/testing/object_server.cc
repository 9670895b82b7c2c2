#include "runtime/kube/testing/object_server.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/kube/testing/api_server.h"

namespace ovenbird::kube::testing {
namespace {

using net::testing::Conversation;

// A JSON merge patch (RFC 7386) of objects.
void Merge(const json::Value& patch, json::Value& object) {
  for (const json::Member& member : patch.members()) {
    if (member.second.as_object() == nullptr) {
      object.Set(member.first, member.second);
      continue;
    }
    json::Value inner = object[member.first];
    Merge(member.second, inner);
    object.Set(member.first, std::move(inner));
  }
}

ObjectCall CallOf(const net::Request& request) {
  ObjectCall call;
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  const auto name_space = std::find(parts.begin(), parts.end(), "namespaces");
  const auto part = [&](int offset) -> std::string {
    return parts.end() - name_space > offset ? *(name_space + offset) : "";
  };
  call.plural = part(2);
  call.name = part(3);
  if (!request.body.empty()) {
    call.body = json::Parse(request.body).value_or(json::Value());
  }
  if (!part(4).empty()) {
    call.verb = part(4);
  } else if (request.method == "POST") {
    call.verb = "create";
    call.name = std::string(call.body.Get({"metadata", "name"}).string_or());
  } else if (request.method == "PATCH") {
    call.verb = "patch";
  } else if (request.method == "DELETE") {
    call.verb = "delete";
  } else if (!call.name.empty()) {
    call.verb = "get";
  } else {
    call.verb = QueryValue(request.target, "watch").empty() ? "list" : "watch";
  }
  return call;
}

// The name that a field selector asks for; empty: all.
std::string SelectedName(const std::string& target) {
  std::string selector = QueryValue(target, "fieldSelector");
  for (absl::string_view sign : {"metadata.name%3D", "metadata.name="}) {
    if (absl::StartsWith(selector, sign)) return selector.substr(sign.size());
  }
  return "";
}

bool IsSelected(const json::Value& object, const std::string& name) {
  return name.empty() || object.Get({"metadata", "name"}).string_or() == name;
}

net::Response Json(int status, const json::Value& value) {
  return {status, {}, json::Write(value)};
}

net::Response NotFound(const ObjectCall& call) {
  return StatusResponse(
      404, "NotFound",
      absl::StrCat(call.plural, " \"", call.name, "\" not found"));
}

}  // namespace

ObjectServerOptions Refusing(std::function<bool(const ObjectCall&)> refuses) {
  ObjectServerOptions options;
  options.answer = [refuses = std::move(refuses)](
                       const ObjectCall& call) -> std::optional<net::Response> {
    if (!refuses(call)) return std::nullopt;
    return StatusResponse(403, "Forbidden", "cannot " + call.plural);
  };
  return options;
}

ObjectServer::ObjectServer(ObjectServerOptions options)
    : options_(std::move(options)),
      server_([this](Conversation& conversation) { Talk(conversation); }) {}

ObjectServer::~ObjectServer() {
  MutexLock lock(&mutex_);
  over_ = true;
  changed_.SignalAll();
}

std::vector<std::string> ObjectServer::calls() {
  MutexLock lock(&mutex_);
  std::vector<std::string> strings;
  for (const ObjectCall& call : calls_) {
    if (call.verb == "list" || call.verb == "watch" || call.verb == "log") {
      continue;
    }
    strings.push_back(
        absl::StrCat(call.verb, " ", call.plural, "/", call.name));
  }
  return strings;
}

ObjectCall ObjectServer::Last(absl::string_view verb,
                              absl::string_view plural) {
  MutexLock lock(&mutex_);
  ObjectCall last;
  for (const ObjectCall& call : calls_) {
    if (call.verb == verb && call.plural == plural) last = call;
  }
  return last;
}

std::vector<std::string> ObjectServer::objects() {
  MutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (const auto& [key, object] : objects_) {
    names.push_back(absl::StrCat(key.first, "/", key.second));
  }
  return names;
}

json::Value ObjectServer::Find(const std::string& plural,
                               const std::string& name) {
  MutexLock lock(&mutex_);
  const auto found = objects_.find({plural, name});
  return found == objects_.end() ? json::Value() : found->second;
}

void ObjectServer::Put(const std::string& plural, const std::string& name,
                       json::Value object) {
  MutexLock lock(&mutex_);
  Add({plural, name}, std::move(object));
}

void ObjectServer::SetStatus(const std::string& pod, json::Value status) {
  MutexLock lock(&mutex_);
  const auto found = objects_.find({"pods", pod});
  if (found == objects_.end()) return;
  json::Value object = found->second;
  object.Set("status", std::move(status));
  Store(found->first, std::move(object), "MODIFIED");
}

void ObjectServer::Remove(const std::string& plural, const std::string& name) {
  MutexLock lock(&mutex_);
  const Key key(plural, name);
  const auto found = objects_.find(key);
  if (found == objects_.end()) return;
  Store(key, found->second, "DELETED");
}

void ObjectServer::Talk(Conversation& conversation) {
  while (const auto request = conversation.Next()) {
    const ObjectCall call = CallOf(*request);
    {
      MutexLock lock(&mutex_);
      calls_.push_back(call);
    }
    std::optional<net::Response> response;
    if (options_.authorize) response = options_.authorize(*request);
    if (!response && options_.answer) response = options_.answer(call);
    const auto& stream = call.verb == "log" ? options_.log : options_.exec;
    if (response) {
      conversation.Reply(response->status, response->body, response->headers);
    } else if (call.verb == "watch") {
      Follow(conversation, call, request->target);
    } else if (call.verb == "list") {
      conversation.Reply(200, List(call, request->target));
    } else if ((call.verb == "log" || call.verb == "exec") && stream) {
      stream(conversation, *request);
      if (call.verb == "exec") return;
    } else {
      response = Answer(call);
      if (options_.loses_answer && options_.loses_answer(call)) return;
      conversation.Reply(response->status, response->body);
      if (options_.after) options_.after(call);
    }
  }
}

net::Response ObjectServer::Answer(const ObjectCall& call) {
  MutexLock lock(&mutex_);
  if (call.verb == "create") return Create(call);
  const auto found = objects_.find({call.plural, call.name});
  if (found == objects_.end()) return NotFound(call);
  if (call.verb == "get") return Json(200, found->second);
  if (call.verb == "patch") return Patch(call);
  if (call.verb == "delete") return Delete(call);
  return NotFound(call);
}

net::Response ObjectServer::Create(const ObjectCall& call) {
  const Key key(call.plural, call.name);
  if (objects_.contains(key)) {
    return StatusResponse(409, "AlreadyExists", "it exists");
  }
  Add(key, call.body);
  return Json(201, objects_[key]);
}

void ObjectServer::Add(const Key& key, json::Value object) {
  json::Value metadata = object["metadata"];
  metadata.Set("name", key.second);
  metadata.Set("uid", absl::StrCat("uid-", key.first, "-", key.second));
  metadata.Set("namespace", "ns");
  object.Set("metadata", std::move(metadata));
  Store(key, std::move(object), "ADDED");
}

net::Response ObjectServer::Patch(const ObjectCall& call) {
  const Key key(call.plural, call.name);
  json::Value object = objects_[key];
  Merge(call.body, object);
  Store(key, std::move(object), "MODIFIED");
  return Json(200, objects_[key]);
}

net::Response ObjectServer::Delete(const ObjectCall& call) {
  const Key key(call.plural, call.name);
  json::Value object = objects_[key];
  const absl::string_view wanted =
      call.body.Get({"preconditions", "uid"}).string_or();
  if (!wanted.empty() &&
      wanted != object.Get({"metadata", "uid"}).string_or()) {
    return StatusResponse(409, "Conflict", "the UID in the precondition");
  }
  json::Value metadata = object["metadata"];
  metadata.Set("deletionTimestamp", "2024-01-01T00:00:00Z");
  object.Set("metadata", std::move(metadata));
  const bool stays = options_.pods_stay && call.plural == "pods" &&
                     call.body["gracePeriodSeconds"] != json::Value(0);
  Store(key, object, stays ? "MODIFIED" : "DELETED");
  return Json(200, object);
}

void ObjectServer::Store(const Key& key, json::Value object,
                         absl::string_view type) {
  json::Value metadata = object["metadata"];
  metadata.Set("resourceVersion", absl::StrCat(changes_.size() + 1));
  object.Set("metadata", std::move(metadata));
  changes_.push_back({key.first, std::string(type), object});
  if (type == "DELETED") {
    objects_.erase(key);
  } else {
    objects_[key] = std::move(object);
  }
  changed_.SignalAll();
}

std::string ObjectServer::List(const ObjectCall& call,
                               const std::string& target) {
  const std::string name = SelectedName(target);
  MutexLock lock(&mutex_);
  json::Array items;
  for (const auto& [key, object] : objects_) {
    if (key.first == call.plural && IsSelected(object, name)) {
      items.push_back(object);
    }
  }
  json::Value list;
  list.Set("metadata",
           json::Object{{"resourceVersion", absl::StrCat(changes_.size())}});
  list.Set("items", std::move(items));
  return json::Write(list);
}

void ObjectServer::Follow(Conversation& conversation, const ObjectCall& call,
                          const std::string& target) {
  const std::string name = SelectedName(target);
  size_t next = 0;
  if (!absl::SimpleAtoi(QueryValue(target, "resourceVersion"), &next)) return;
  if (!conversation.StartChunks(200)) return;
  while (true) {
    std::string lines;
    {
      MutexLock lock(&mutex_);
      while (!over_ && next >= changes_.size()) changed_.Wait(&mutex_);
      if (over_) return;
      for (; next < changes_.size(); ++next) {
        const Change& change = changes_[next];
        if (change.plural != call.plural || !IsSelected(change.object, name)) {
          continue;
        }
        json::Value event;
        event.Set("type", change.type);
        event.Set("object", change.object);
        absl::StrAppend(&lines, json::Write(event), "\n");
      }
    }
    if (!lines.empty() && !conversation.Chunk(lines)) return;
  }
}

}  // namespace ovenbird::kube::testing
