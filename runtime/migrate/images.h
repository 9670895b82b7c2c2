// What the converters of all tools need for `images`.
#ifndef OVENBIRD_RUNTIME_MIGRATE_IMAGES_H_
#define OVENBIRD_RUNTIME_MIGRATE_IMAGES_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/migrate/mapping.h"
#include "runtime/migrate/variables.h"
#include "runtime/yaml/node.h"

namespace ovenbird::migrate {

// One file that is converted.
struct Source {
  const yaml::Node& root;
  // A name for images without one: that of the folder.
  std::string project;
  Variables& variables;
  diag::Sink& sink;
};

// The `images` of the result.
class Images {
 public:
  // Adds an image. The key is `name`, in characters that need no quotes and are
  // valid in names of pods; with a number if it is taken. Returns the key.
  std::string Add(absl::string_view name, json::Value image);
  // Adds an image with exactly this key.
  void AddAs(absl::string_view key, json::Value image);
  bool empty() const { return images_.members().empty(); }
  json::Value Take() { return std::move(images_); }

 private:
  json::Value images_ = json::Object();
};

// Returns the last element of an image's name: its key.
std::string KeyOf(absl::string_view image);

// Sets `context`, and the Dockerfile in it that is used by default. Returns
// false for a context that is not a folder (a URL), which is reported.
bool SetContext(const yaml::Node& node, Variables& variables, Mapper& image);

// Returns the image with the maintained executor if kaniko builds it.
json::Value Finished(Mapper& image);

// Sets a placeholder as name of an image that has none, and reports it.
void SetPlaceholder(const Source& source, absl::string_view name, Span at,
                    Mapper& image);

// Returns a mapper for one image.
Mapper NewImage(const Source& source);

// Returns the config: `vars`, then the members of `config` that are not empty.
json::Value Config(Variables& variables, json::Object config);

// The converters report problems to the sink of `source`.
// Returns the config of a file of DevSpace 5.
json::Value FromDevSpace5(const Source& source);
// Returns the config of a file of DevSpace 6.
json::Value FromDevSpace6(const Source& source);
// Returns the config of a file of Skaffold.
json::Value FromSkaffold(const Source& source);
// Returns the config of a file of Compose, which must have `services`.
json::Value FromCompose(const Source& source);
// Returns the config of a file of Bake, which must have `target`.
json::Value FromBake(const Source& source);

}  // namespace ovenbird::migrate

#endif  // OVENBIRD_RUNTIME_MIGRATE_IMAGES_H_
