// Tables that say which option of a devspace.yaml takes the value of a field of
// another tool's file, and the code that follows them.
#ifndef OVENBIRD_RUNTIME_MIGRATE_MAPPING_H_
#define OVENBIRD_RUNTIME_MIGRATE_MAPPING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/json.h"
#include "runtime/config/field_info.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/migrate/variables.h"
#include "runtime/yaml/node.h"

namespace ovenbird::migrate {

// What happens to a field.
enum class How {
  kCopy,          // becomes the option `to`, read as that option is
  kInverted,      // a boolean: becomes the opposite of the option `to`
  kDockerfile,    // a path relative to the context: becomes `dockerfile`
  kBelowContext,  // paths relative to the context: are added to the list `to`
  kFlag,          // a boolean: becomes the flag `--to` of kaniko
  kFlagValue,     // becomes `--to=VALUE`, for each item; `--to=KEY=VALUE`
  kLost,          // is reported; `to` is the advice
  kNoBuild,       // is not about builds, which one message per object says
  kIgnore,        // Ovenbird always works so
  kByHand,        // code handles it
};

// One field of the other file, by its path in the object: "kaniko.cache.repo".
// `to` is a path in an image: "build.kaniko.target"; `@` is its builder,
// "build.kaniko" or "build.docker".
struct Row {
  absl::string_view from;
  How how;
  absl::string_view to;
};

// Gives advice for fields that have no row.
inline constexpr absl::string_view kNoOption =
    "Ovenbird has no such option; `ovenbird explain images.*` lists all";

// Makes one image, or another object of the config, from the fields of another
// tool's file.
class Mapper {
 public:
  // `info` describes the object. All arguments must outlive the mapper.
  Mapper(const config::MessageInfo& info, Variables& variables,
         diag::Sink& sink)
      : info_(info), variables_(variables), sink_(sink) {}

  // The builder that `@` means.
  std::string builder = "build.kaniko";
  // What happens to fields without a row: kLost or kNoBuild.
  How otherwise = How::kLost;

  // Applies the rows to the fields of `object`, which must be a mapping (other
  // values are ignored), and reports what is not carried over.
  void Apply(const yaml::Node& object, absl::Span<const Row> rows);

  // Sets the option at `path` to what `node` says, as the option reads it;
  // reports the fields in it that Ovenbird does not have.
  void Copy(absl::string_view path, const yaml::Node& node);
  // Sets the option at `path`, whose parents are created.
  void Set(absl::string_view path, json::Value value);
  // Returns the value at `path`; a null value if it is not set.
  const json::Value& Get(absl::string_view path) const;
  // Appends to the list at `path`, unless the list has the value.
  void Append(absl::string_view path, json::Value value);

  // Sets `image` and `tags` from "repository:tag"; a name without a registry
  // gets a placeholder, which is reported.
  void SetImage(const yaml::Node& node);
  // Adds one of several names: the first is that of the image; the tags of
  // others are appended if they have its repository, else they are reported. A
  // name without a tag has the tag `latest`.
  void AddName(const yaml::Node& node);

  // Reports that the field at `at` is lost.
  void Lose(Span at, absl::string_view field, absl::string_view advice);

  // Returns the object, its fields in the order of the schema.
  json::Value Take();

 private:
  void ApplyBelow(const yaml::Node& object, const std::string& before,
                  absl::Span<const Row> rows,
                  std::vector<const yaml::Entry*>& no_build);
  void ApplyRow(const Row& row, const yaml::Entry& entry);
  void AddBelowContext(absl::string_view list, const yaml::Node& node);
  void AddFlags(absl::string_view flag, const yaml::Node& node);
  json::Value Read(const config::FieldInfo& field, const yaml::Node& node);
  json::Value ReadOne(const config::FieldInfo& field, const yaml::Node& node);
  json::Value ReadMap(const config::FieldInfo& field, const yaml::Node& node);
  json::Value ReadList(const config::FieldInfo& field, const yaml::Node& node);
  json::Value ReadMessage(const config::MessageInfo& info,
                          const yaml::Node& node);
  std::string PathOf(absl::string_view to) const;

  const config::MessageInfo& info_;
  Variables& variables_;
  diag::Sink& sink_;
  json::Value object_ = json::Object();
};

// Returns an object of `info` with its fields in the order of the schema, and
// without those that are null; other values as they are.
json::Value InOrder(const config::MessageInfo& info, json::Value value);

// Returns a path without `./` and `a/..`, "." for the folder itself.
std::string CleanPath(absl::string_view path);

// Returns the path of a Dockerfile that is relative to `context`, relative to
// the config.
std::string BelowContext(absl::string_view context, absl::string_view path);

// Returns the name with a placeholder for a registry if it has neither that nor
// a user: only Docker may push to `docker.io/library`.
std::string WithRegistry(absl::string_view repository);

// Splits "repository:tag@digest" into repository and tag, which may be empty.
std::pair<std::string, std::string> SplitImage(absl::string_view image);

}  // namespace ovenbird::migrate

#endif  // OVENBIRD_RUNTIME_MIGRATE_MAPPING_H_
