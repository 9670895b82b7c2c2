#include "runtime/migrate/mapping.h"

#include <filesystem>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/config/later_field.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/scalar.h"

namespace ovenbird::migrate {
namespace {

using config::FieldInfo;
using config::Kind;
using config::MessageInfo;
using config::Shape;

// A value that no option describes, as it is.
json::Value ReadAny(const yaml::Node& node, Variables& variables) {
  if (node.is_sequence()) {
    json::Array items;
    for (const yaml::Node* item : node.items()) {
      items.push_back(ReadAny(*item, variables));
    }
    return items;
  }
  if (node.is_mapping()) {
    json::Object members;
    for (const yaml::Entry& entry : node.entries()) {
      members.emplace_back(entry.key(), ReadAny(*entry.value(), variables));
    }
    return members;
  }
  const yaml::ScalarValue value = yaml::ResolveScalar(node);
  if (value.type == yaml::ScalarType::kNull) return nullptr;
  if (value.type == yaml::ScalarType::kBool && !variables.IsString(node)) {
    return value.boolean;
  }
  if (const std::optional<int64_t> number = value.integer()) return *number;
  return variables.Convert(node);
}

// "name" and "value" of an environment variable in a list.
const yaml::Node* NameOf(const yaml::Node& item) {
  const yaml::Node* name = item.Find("name");
  return name != nullptr && name->is_scalar() ? name : nullptr;
}

// The field at the end of `path`, and of each object on the way. A key of a map
// is the field of the map.
const FieldInfo* FieldAt(const MessageInfo& info, absl::string_view path) {
  const MessageInfo* message = &info;
  const FieldInfo* field = nullptr;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    if (field != nullptr && field->member.ops->shape == Shape::kMap) {
      return field;
    }
    field = message->Find(part);
    if (field == nullptr) return nullptr;
    if (field->member.ops->message != nullptr) {
      message = &field->member.ops->message();
    }
  }
  return field;
}

// The first name of `from` that is an object, with its rest: a row below it.
bool HasRowBelow(absl::Span<const Row> rows, absl::string_view path) {
  const std::string prefix = absl::StrCat(path, ".");
  for (const Row& row : rows) {
    if (absl::StartsWith(row.from, prefix)) return true;
  }
  return false;
}

const Row* FindRow(absl::Span<const Row> rows, absl::string_view path) {
  for (const Row& row : rows) {
    if (row.from == path) return &row;
  }
  return nullptr;
}

// The members of both objects, also of the objects in them; those of `more`
// win.
json::Value Merged(const json::Value& object, const json::Value& more) {
  json::Value merged = object;
  for (const json::Member& member : more.members()) {
    const json::Value& old = object[member.first];
    const bool both =
        old.as_object() != nullptr && member.second.as_object() != nullptr;
    merged.Set(member.first, both ? Merged(old, member.second) : member.second);
  }
  return merged;
}

std::string Ticked(const std::vector<const yaml::Entry*>& entries) {
  return absl::StrJoin(entries, ", ",
                       [](std::string* out, const yaml::Entry* entry) {
                         absl::StrAppend(out, "`", entry->key(), "`");
                       });
}

}  // namespace

void Mapper::Apply(const yaml::Node& object, absl::Span<const Row> rows) {
  std::vector<const yaml::Entry*> no_build;
  ApplyBelow(object, "", rows, no_build);
  if (no_build.empty()) return;
  sink_.Handle(diag::MigrateNotAboutBuilds(no_build.front()->key_span(),
                                           Ticked(no_build)));
}

void Mapper::ApplyBelow(const yaml::Node& object, const std::string& before,
                        absl::Span<const Row> rows,
                        std::vector<const yaml::Entry*>& no_build) {
  for (const yaml::Entry& entry : object.entries()) {
    const std::string path = absl::StrCat(before, entry.key());
    const Row* row = FindRow(rows, path);
    if (row == nullptr && HasRowBelow(rows, path) &&
        !entry.value()->is_scalar()) {
      ApplyBelow(*entry.value(), absl::StrCat(path, "."), rows, no_build);
    } else if (row != nullptr && row->how != How::kNoBuild) {
      ApplyRow(*row, entry);
    } else if (row != nullptr ||
               (before.empty() && otherwise == How::kNoBuild)) {
      no_build.push_back(&entry);
    } else {
      Lose(entry.key_span(), path, kNoOption);
    }
  }
}

void Mapper::ApplyRow(const Row& row, const yaml::Entry& entry) {
  const yaml::Node& node = *entry.value();
  switch (row.how) {
    case How::kCopy:
      return Copy(row.to, node);
    case How::kInverted:
      if (yaml::ScalarText(node) == "true") Set(row.to, false);
      return;
    case How::kDockerfile:
      return Set("dockerfile", BelowContext(Get("context").string_or("."),
                                            variables_.Convert(node)));
    case How::kBelowContext:
      return AddBelowContext(row.to, node);
    case How::kFlag:
      if (node.is_scalar() && yaml::ScalarText(node) == "true") {
        Append(PathOf("@.args"), absl::StrCat("--", row.to));
      }
      return;
    case How::kFlagValue:
      return AddFlags(row.to, node);
    case How::kLost:
      return Lose(entry.key_span(), row.from, row.to);
    case How::kNoBuild:
    case How::kIgnore:
    case How::kByHand:
      return;
  }
}

void Mapper::AddBelowContext(absl::string_view list, const yaml::Node& node) {
  const auto add = [&](const yaml::Node& path) {
    Append(list, BelowContext(Get("context").string_or("."),
                              variables_.Convert(path)));
  };
  if (node.is_scalar()) add(node);
  for (const yaml::Node* item : node.items()) add(*item);
}

void Mapper::AddFlags(absl::string_view flag, const yaml::Node& node) {
  const auto add = [&](const std::string& value) {
    Append(PathOf("@.args"), absl::StrCat("--", flag, "=", value));
  };
  if (node.is_scalar()) add(variables_.Convert(node));
  for (const yaml::Node* item : node.items()) add(variables_.Convert(*item));
  for (const yaml::Entry& entry : node.entries()) {
    add(absl::StrCat(
        entry.key(), "=",
        entry.value()->is_null() ? "" : variables_.Convert(*entry.value())));
  }
}

std::string Mapper::PathOf(absl::string_view to) const {
  return absl::StartsWith(to, "@") ? absl::StrCat(builder, to.substr(1))
                                   : std::string(to);
}

void Mapper::Copy(absl::string_view path, const yaml::Node& node) {
  const std::string to = PathOf(path);
  const FieldInfo* field = FieldAt(info_, to);
  if (field == nullptr || node.is_null()) return;
  const bool is_item = field->member.ops->shape == Shape::kMap &&
                       !absl::EndsWith(to, field->name);
  json::Value value = is_item ? ReadOne(*field, node) : Read(*field, node);
  // More of the same map or list, such as the labels of two objects.
  const json::Value& old = Get(to);
  if (value.as_object() != nullptr && old.as_object() != nullptr) {
    value = Merged(old, value);
  } else if (value.as_array() != nullptr && old.as_array() != nullptr) {
    for (const json::Value& item : value.items()) Append(to, item);
    return;
  }
  Set(to, std::move(value));
}

json::Value Mapper::Read(const FieldInfo& field, const yaml::Node& node) {
  switch (field.member.ops->shape) {
    case Shape::kMap:
      return ReadMap(field, node);
    case Shape::kList:
      return ReadList(field, node);
    case Shape::kOne:
      break;
  }
  return ReadOne(field, node);
}

json::Value Mapper::ReadOne(const FieldInfo& field, const yaml::Node& node) {
  const config::MemberOps& ops = *field.member.ops;
  if (ops.message != nullptr) return ReadMessage(ops.message(), node);
  if (ops.kind == Kind::kNode || ops.kind == Kind::kJson) {
    return ReadAny(node, variables_);
  }
  if (node.is_null()) return nullptr;
  if (!node.is_scalar()) {
    Lose(node.span(), field.name, kNoOption);
    return nullptr;
  }
  const bool is_text = ops.kind == Kind::kString || ops.kind == Kind::kEnum;
  return is_text ? json::Value(variables_.Convert(node))
                 : ReadAny(node, variables_);
}

// Also of "NAME=VALUE" strings, and of objects with `name` and `value`.
json::Value Mapper::ReadMap(const FieldInfo& field, const yaml::Node& node) {
  json::Value map = json::Object();
  for (const yaml::Entry& entry : node.entries()) {
    map.Set(entry.key(), ReadOne(field, *entry.value()));
  }
  for (const yaml::Node* item : node.items()) {
    if (item->is_scalar()) {
      const std::string text = variables_.Convert(*item);
      const size_t equals = text.find('=');
      map.Set(text.substr(0, equals),
              equals == text.npos ? json::Value()
                                  : json::Value(text.substr(equals + 1)));
    } else if (const yaml::Node* name = NameOf(*item)) {
      const yaml::Node* value = item->Find("value");
      if (value != nullptr) {
        map.Set(name->scalar(), ReadOne(field, *value));
      } else {
        Lose(name->span(), name->scalar(),
             "Ovenbird sets fixed values only: write one, or mount the Secret "
             "with `additionalMounts`");
      }
    } else {
      Lose(item->span(), field.name, kNoOption);
    }
  }
  return map;
}

json::Value Mapper::ReadList(const FieldInfo& field, const yaml::Node& node) {
  json::Array list;
  if (!node.is_sequence()) list.push_back(ReadOne(field, node));
  for (const yaml::Node* item : node.items()) {
    json::Value value = ReadOne(field, *item);
    if (!value.is_null()) list.push_back(std::move(value));
  }
  return list;
}

json::Value Mapper::ReadMessage(const MessageInfo& info,
                                const yaml::Node& node) {
  json::Value object = json::Object();
  for (const yaml::Entry& entry : node.entries()) {
    const FieldInfo* field = info.Find(entry.key());
    if (field != nullptr) {
      if (!entry.value()->is_null()) {
        object.Set(entry.key(), Read(*field, *entry.value()));
      }
      continue;
    }
    const config::LaterField* later =
        config::FindLaterField(info.name, entry.key());
    Lose(entry.key_span(), entry.key(),
         later == nullptr ? kNoOption : later->advice);
  }
  return object;
}

void Mapper::Set(absl::string_view path, json::Value value) {
  const std::string to = PathOf(path);
  const std::vector<std::string> parts = absl::StrSplit(to, '.');
  json::Value* at = &object_;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    if ((*at)[parts[i]].as_object() == nullptr) {
      at->Set(parts[i], json::Object());
    }
    for (json::Member& member : *at->as_object()) {
      if (member.first == parts[i]) {
        at = &member.second;
        break;
      }
    }
  }
  at->Set(parts.back(), std::move(value));
}

const json::Value& Mapper::Get(absl::string_view path) const {
  const std::string to = PathOf(path);
  const json::Value* at = &object_;
  for (const absl::string_view part : absl::StrSplit(to, '.')) {
    at = &(*at)[part];
  }
  return *at;
}

void Mapper::Append(absl::string_view path, json::Value value) {
  json::Array items = Get(path).items();
  for (const json::Value& item : items) {
    if (item == value) return;
  }
  items.push_back(std::move(value));
  Set(path, std::move(items));
}

void Mapper::SetImage(const yaml::Node& node) {
  const auto [repository, tag] = SplitImage(variables_.Convert(node));
  const std::string name = WithRegistry(repository);
  if (name != repository) {
    sink_.Handle(diag::MigrateChanged(
        node.span(), absl::StrCat("`", repository, "` becomes `", name, "`"),
        "write the name to push to as `image`"));
  }
  Set("image", name);
  if (!tag.empty()) Append("tags", tag);
}

void Mapper::AddName(const yaml::Node& node) {
  const auto [repository, tag] = SplitImage(variables_.Convert(node));
  if (Get("image").is_null()) SetImage(node);
  if (WithRegistry(repository) == Get("image").string_or()) {
    Append("tags", tag.empty() ? "latest" : tag);
    return;
  }
  Lose(node.span(), node.scalar(),
       "an image has one repository: add a second image with the same "
       "`context` and `dockerfile`");
}

void Mapper::Lose(Span at, absl::string_view field, absl::string_view advice) {
  sink_.Handle(diag::MigrateNotCarriedOver(at, field, advice));
}

json::Value Mapper::Take() { return InOrder(info_, std::move(object_)); }

json::Value InOrder(const MessageInfo& info, json::Value value) {
  if (value.as_object() == nullptr) return value;
  json::Object ordered;
  for (const FieldInfo& field : info.fields) {
    for (json::Member& member : *value.as_object()) {
      if (member.first != field.name || member.second.is_null()) continue;
      const config::MemberOps& ops = *field.member.ops;
      if (ops.message != nullptr && ops.shape == Shape::kOne) {
        member.second = InOrder(ops.message(), std::move(member.second));
      }
      ordered.push_back(std::move(member));
    }
  }
  return ordered;
}

std::string CleanPath(absl::string_view path) {
  std::string clean =
      std::filesystem::path(std::string(path)).lexically_normal().string();
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean.empty() ? "." : clean;
}

std::string BelowContext(absl::string_view context, absl::string_view path) {
  if (absl::StartsWith(path, "/")) return std::string(path);
  return CleanPath(absl::StrCat(context, "/", path));
}

std::string WithRegistry(absl::string_view repository) {
  const bool is_bare = !absl::StrContains(repository, "/") &&
                       !absl::StrContains(repository, "$");
  return absl::StrCat(is_bare ? "registry.example.com/" : "", repository);
}

std::pair<std::string, std::string> SplitImage(absl::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t slash = image.rfind('/');
  const size_t colon = image.rfind(':');
  if (colon == image.npos || (slash != image.npos && colon < slash)) {
    return {std::string(image), ""};
  }
  return {std::string(image.substr(0, colon)),
          std::string(image.substr(colon + 1))};
}

}  // namespace ovenbird::migrate
