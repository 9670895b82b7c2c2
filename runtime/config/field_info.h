// Tables that describe generated structs: for each message its fields, with
// access to the member, its rules and its documentation. Data only, made by the
// compiler; functions over these tables (decode.h, reflect.h, from_json.h) do
// the work, so that a field costs a row and no code.
#ifndef OVENBIRD_RUNTIME_CONFIG_FIELD_INFO_H_
#define OVENBIRD_RUNTIME_CONFIG_FIELD_INFO_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/config/boxed.h"
#include "runtime/config/format.h"

namespace ovenbird::json {
class Value;
}
namespace ovenbird::yaml {
class Node;
}

namespace ovenbird::config {

// The type of one value (of an item, for lists and maps).
enum class Kind : uint8_t {
  kBool,
  kInt32,
  kInt64,
  kDouble,
  kString,   // std::string
  kEnum,     // enum class : int
  kMessage,  // a generated struct
  kNode,     // const yaml::Node*: any value, unread
  kJson,     // json::Value: any value
};

// Whether a field has one value, a list of them, or a map from strings to them.
enum class Shape : uint8_t { kOne, kList, kMap };

struct MessageInfo;
struct EnumInfo;

// An item of a list or map. `value` is null for a null item.
struct Item {
  absl::string_view key;  // kMap
  const void* value = nullptr;
};

// Reads and writes a member of one C++ type through void*.
struct MemberOps {
  Shape shape = Shape::kOne;
  Kind kind = Kind::kString;
  bool optional = false;                       // kOne: may be absent
  bool nullable = false;                       // items may be null
  const MessageInfo& (*message)() = nullptr;   // kMessage
  const EnumInfo& (*enumeration)() = nullptr;  // kEnum

  // kOne. `emplace` returns the value and creates it if it is absent; `value`
  // returns the value, or null if it is absent.
  void* (*emplace)(void* member) = nullptr;
  const void* (*value)(const void* member) = nullptr;

  // kList, kMap. `append` returns the new value; null for a null item of a
  // nullable member.
  void (*reserve)(void* member, size_t size) = nullptr;
  void* (*append)(void* member, absl::string_view key, bool is_null) = nullptr;
  size_t (*size)(const void* member) = nullptr;
  Item (*item)(const void* member, size_t index) = nullptr;
};

// A member of a message: its address in a given message, and its type's
// operations.
struct Member {
  void* (*of)(void* message) = nullptr;
  const MemberOps* ops = nullptr;
};

// Yes-or-no rules of a field; see schema/options.proto.
enum FieldFlags : uint8_t {
  kRequired = 1,
  kUnique = 2,
  kEmptyIsUnset = 4,
  kKeepEmpty = 8,  // written even if it is an empty list or map
  kNullIsEmpty = 16,
};

// One field of a message.
struct FieldInfo {
  absl::string_view name;  // in the document
  Member member;

  uint8_t flags = 0;
  Format format = Format::kNone;
  Format key_format = Format::kNone;
  const char* pattern = nullptr;  // RE2 for the whole value
  const char* pattern_help = nullptr;
  int64_t minimum = INT64_MIN;
  int64_t maximum = INT64_MAX;
  int64_t min_size = 0;
  int64_t max_size = INT64_MAX;
  const char* unique_by = nullptr;
  // The engines that honour the option; empty: all.
  absl::Span<const char* const> engines;

  // For documentation: Markdown, the type in words, examples in YAML.
  const char* docs = "";
  const char* type = "";
  const char* default_text = nullptr;
  // What happens without the option, where no one value is the default.
  const char* default_words = nullptr;
  const char* since = nullptr;
  const char* deprecated = nullptr;
  absl::Span<const char* const> examples;

  bool has(FieldFlags flag) const { return (flags & flag) != 0; }
};

// A rule over the fields of a message. Bit i means fields[i].
struct CrossRule {
  // Which of the fields must be given.
  enum Type : uint8_t {
    kExactlyOne,  // of `fields`
    kAtMostOne,   // of `fields`
    kRequires,    // the one of `fields` needs all of `required`
  };
  Type type = kExactlyOne;
  uint64_t fields = 0;
  uint64_t required = 0;
};

// A message: its fields, rules and documentation.
struct MessageInfo {
  absl::string_view name;  // in C++
  const char* title = "";
  const char* docs = "";
  absl::Span<const FieldInfo> fields;
  absl::Span<const CrossRule> rules;
  absl::Span<const char* const> examples;
  // A message with its defaults; lives forever.
  const void* (*defaults)() = nullptr;
  // The address of the member `source`; a null function for messages without
  // it.
  const yaml::Node** (*source)(void* message) = nullptr;

  // Returns the field of that name in the document; null if the message has
  // none.
  const FieldInfo* Find(absl::string_view field) const;
};

// One value of an enum.
struct EnumValueInfo {
  absl::string_view text;
  int number = 0;
  const char* docs = "";
  const char* since = nullptr;
  const char* deprecated = nullptr;
};

// An enum: its values and documentation.
struct EnumInfo {
  absl::string_view name;  // in C++
  const char* docs = "";
  absl::Span<const EnumValueInfo> values;

  // Returns the value with this text in the document; null if the enum has
  // none.
  const EnumValueInfo* FindText(absl::string_view text) const;
  // Returns the value with this number; null if the enum has none.
  const EnumValueInfo* FindNumber(int number) const;
};

// Makes the tables' function pointers from the types of members.
namespace internal {

// Returns the table of a generated message. InfoOf is found by
// argument-dependent lookup, in the namespace of the message.
template <typename T>
const MessageInfo& MessageOf() {
  return InfoOf(static_cast<const T*>(nullptr));
}
// Returns the table of a generated enum, found like that of a message.
template <typename T>
const EnumInfo& EnumOf() {
  return InfoOf(static_cast<const T*>(nullptr));
}

// Returns the kind of the C++ type of a value; kMessage for any type that is
// not a scalar.
template <typename T>
constexpr Kind KindOf() {
  if constexpr (std::is_same_v<T, bool>) return Kind::kBool;
  if constexpr (std::is_same_v<T, int32_t>) return Kind::kInt32;
  if constexpr (std::is_same_v<T, int64_t>) return Kind::kInt64;
  if constexpr (std::is_same_v<T, double>) return Kind::kDouble;
  if constexpr (std::is_same_v<T, std::string>) return Kind::kString;
  if constexpr (std::is_enum_v<T>) return Kind::kEnum;
  if constexpr (std::is_same_v<T, const yaml::Node*>) return Kind::kNode;
  if constexpr (std::is_same_v<T, json::Value>) return Kind::kJson;
  return Kind::kMessage;
}

// Returns operations with the kind of T; those that depend on the shape are
// null.
template <typename T>
constexpr MemberOps ValueOps() {
  MemberOps ops;
  ops.kind = KindOf<T>();
  if constexpr (KindOf<T>() == Kind::kMessage) ops.message = &MessageOf<T>;
  if constexpr (KindOf<T>() == Kind::kEnum) ops.enumeration = &EnumOf<T>;
  return ops;
}

// Makes the operations of a member type; this is the one of a plain value.
template <typename T>
struct Ops {
  // Returns the operations.
  static constexpr MemberOps Make() {
    MemberOps ops = ValueOps<T>();
    ops.emplace = [](void* member) { return member; };
    ops.value = [](const void* member) { return member; };
    return ops;
  }
};

// Returns the operations of a member that may be absent: std::optional or
// Boxed.
template <typename Optional, typename T>
constexpr MemberOps OptionalOps() {
  MemberOps ops = ValueOps<T>();
  ops.optional = true;
  ops.emplace = [](void* member) -> void* {
    auto& value = *static_cast<Optional*>(member);
    return value.has_value() ? &*value : &value.emplace();
  };
  ops.value = [](const void* member) -> const void* {
    const auto& value = *static_cast<const Optional*>(member);
    return value.has_value() ? &*value : nullptr;
  };
  return ops;
}

// Makes the operations of an optional scalar.
template <typename T>
struct Ops<std::optional<T>> {
  // Returns the operations.
  static constexpr MemberOps Make() {
    return OptionalOps<std::optional<T>, T>();
  }
};

// Makes the operations of an optional message.
template <typename T>
struct Ops<Boxed<T>> {
  static constexpr MemberOps Make() { return OptionalOps<Boxed<T>, T>(); }
};

// Gives access to the value of an item that is always present.
template <typename T>
struct Nullable : std::false_type {
  using Value = T;
  // Returns the value of a new item; `is_null` is ignored.
  static T* Make(T& item, bool) { return &item; }
  // Returns the value.
  static const T* Get(const T& item) { return &item; }
};
// Gives access to the value of an item that may be null.
template <typename T>
struct Nullable<std::optional<T>> : std::true_type {
  using Value = T;
  // Returns the value of a new item, or null if it `is_null`.
  static T* Make(std::optional<T>& item, bool is_null) {
    return is_null ? nullptr : &item.emplace();
  }
  // Returns the value, or null for a null item.
  static const T* Get(const std::optional<T>& item) {
    return item.has_value() ? &*item : nullptr;
  }
};

// Makes the operations of a list.
template <typename T>
struct Ops<std::vector<T>> {
  using List = std::vector<T>;
  // Returns the operations.
  static constexpr MemberOps Make() {
    MemberOps ops = ValueOps<typename Nullable<T>::Value>();
    ops.shape = Shape::kList;
    ops.nullable = Nullable<T>::value;
    ops.reserve = [](void* member, size_t size) {
      static_cast<List*>(member)->reserve(size);
    };
    ops.append = [](void* member, absl::string_view, bool is_null) -> void* {
      return Nullable<T>::Make(static_cast<List*>(member)->emplace_back(),
                               is_null);
    };
    ops.size = [](const void* member) {
      return static_cast<const List*>(member)->size();
    };
    ops.item = [](const void* member, size_t index) {
      return Item{{},
                  Nullable<T>::Get((*static_cast<const List*>(member))[index])};
    };
    return ops;
  }
};

// Makes the operations of a map, whose entries keep the order of the document.
template <typename T>
struct Ops<std::vector<std::pair<std::string, T>>> {
  using Map = std::vector<std::pair<std::string, T>>;
  // Returns the operations.
  static constexpr MemberOps Make() {
    MemberOps ops = ValueOps<typename Nullable<T>::Value>();
    ops.shape = Shape::kMap;
    ops.nullable = Nullable<T>::value;
    ops.reserve = [](void* member, size_t size) {
      static_cast<Map*>(member)->reserve(size);
    };
    ops.append = [](void* member, absl::string_view key,
                    bool is_null) -> void* {
      auto& entry = static_cast<Map*>(member)->emplace_back();
      entry.first.assign(key.data(), key.size());
      return Nullable<T>::Make(entry.second, is_null);
    };
    ops.size = [](const void* member) {
      return static_cast<const Map*>(member)->size();
    };
    ops.item = [](const void* member, size_t index) {
      const auto& entry = (*static_cast<const Map*>(member))[index];
      return Item{entry.first, Nullable<T>::Get(entry.second)};
    };
    return ops;
  }
};

template <typename T>
inline constexpr MemberOps kOps = Ops<T>::Make();

// Splits a pointer to a member into its message and type.
template <auto kPointer>
struct PointerTraits;
// Splits a pointer to a data member.
template <typename Message, typename T, T Message::*kPointer>
struct PointerTraits<kPointer> {
  // Returns the member's entry of a table.
  static constexpr Member Make() {
    return {[](void* message) -> void* {
              return &(static_cast<Message*>(message)->*kPointer);
            },
            &kOps<T>};
  }
};

}  // namespace internal

// Returns the entry for a struct's member: MemberOf<&Image::tags>().
template <auto kPointer>
constexpr Member MemberOf() {
  return internal::PointerTraits<kPointer>::Make();
}

// Returns a message of type T with its defaults, which lives forever.
template <typename T>
const void* DefaultsOf() {
  static const T& defaults = *new T();
  return &defaults;
}

// Returns the address of the member `source` of a message of type T.
template <typename T>
const yaml::Node** SourceOf(void* message) {
  return &static_cast<T*>(message)->source;
}

// Returns the address of a field's member in a message that is only read.
inline const void* ConstMember(const FieldInfo& field, const void* message) {
  return field.member.of(const_cast<void*>(message));
}

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FIELD_INFO_H_
