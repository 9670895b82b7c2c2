#include "runtime/config/old_layout.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"

namespace ovenbird::config {
namespace {

using yaml::Entry;
using yaml::Node;

// In the order in which they came.
constexpr absl::string_view kVersions[] = {
    "v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4", "v1beta1",
    "v1beta2",  "v1beta3",  "v1beta4",  "v1beta5",  "v1beta6",
    "v1beta7",  "v1beta8",  "v1beta9"};

// Position in kVersions; that of the last one for unknown strings, which the
// decoder reports.
int Number(absl::string_view version) {
  const auto* found =
      std::find(std::begin(kVersions), std::end(kVersions), version);
  if (found == std::end(kVersions)) --found;
  return static_cast<int>(found - std::begin(kVersions));
}

bool UpTo(int version, absl::string_view last) {
  return version <= Number(last);
}

// The DevSpace that brought a later layout; empty for other strings.
absl::string_view ProductOf(absl::string_view version) {
  if (absl::StartsWith(version, "v1beta1") && version.size() == 8) return "5";
  if (absl::StartsWith(version, "v2")) return "6";
  return "";
}

// A mapping that is being changed. Null and missing count as an empty one;
// what is no mapping stays as it is, for the decoder to report.
class Edit {
 public:
  explicit Edit(const Node* node) : node_(node) {
    if (node != nullptr)
      entries_.assign(node->entries().begin(), node->entries().end());
  }

  bool Has(absl::string_view key) const {
    const Node* value = Get(key);
    return value != nullptr && !value->is_null();
  }
  const Node* Get(absl::string_view key) const {
    for (const Entry& entry : entries_) {
      if (entry.key() == key) return entry.value();
    }
    return nullptr;
  }
  std::optional<Entry> Take(absl::string_view key) {
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->key() != key) continue;
      Entry entry = *it;
      entries_.erase(it);
      changed_ = true;
      return entry;
    }
    return std::nullopt;
  }
  // In the place of a null entry of that name, else at the end.
  void Put(absl::string_view key, Span key_span, const Node* value) {
    changed_ = true;
    for (Entry& entry : entries_) {
      if (entry.key() != key) continue;
      entry = Entry(key, entry.key_span(), entry.key_style(), value);
      return;
    }
    entries_.emplace_back(key, key_span, yaml::Style::kPlain, value);
  }

  bool usable() const {
    return node_ == nullptr || node_->is_mapping() || node_->is_null();
  }
  bool changed() const { return changed_; }
  // A mapping that was not there before has the place of what was put into it.
  const Node* Finish(yaml::Arena& arena) const {
    if (!changed_) return node_;
    if (node_ != nullptr && node_->is_mapping()) {
      return arena.WithEntries(*node_, entries_);
    }
    return arena.Mapping(entries_.empty() ? Span() : entries_[0].key_span(),
                         entries_);
  }

 private:
  const Node* node_;
  std::vector<Entry> entries_;
  bool changed_ = false;
};

class Mover {
 public:
  Mover(int version, const Node* registries, yaml::Arena& arena)
      : version_(version), registries_(registries), arena_(arena) {}

  const Node* Image(const Node* node) {
    if (!node->is_mapping()) return node;
    Edit image(node);
    Edit build(image.Get("build"));
    if (!build.usable()) return node;
    if (UpTo(version_, "v1alpha1")) Name(image);
    if (UpTo(version_, "v1alpha2")) {
      Move(build, "dockerfilePath", image, "dockerfile");
      Move(build, "contextPath", image, "context");
    }
    if (UpTo(version_, "v1beta1")) BuildOfV1Beta1(image, build);
    if (UpTo(version_, "v1beta5")) Inside(build, "custom", "flags", "args");
    if (UpTo(version_, "v1beta6")) Tag(image);
    if (UpTo(version_, "v1beta7")) Inside(build, "kaniko", "flags", "args");
    if (build.changed()) PutBack(image, "build", build);
    return image.Finish(arena_);
  }

 private:
  // Nothing is moved onto what is there: the decoder then reports the old key.
  static void Move(Edit& from, absl::string_view key, Edit& to,
                   absl::string_view new_key) {
    if (to.Has(new_key)) return;
    if (std::optional<Entry> entry = from.Take(key)) {
      to.Put(new_key, entry->key_span(), entry->value());
    }
  }

  void PutBack(Edit& parent, absl::string_view key, const Edit& child) {
    const Node* value = child.Finish(arena_);
    parent.Put(key, value->span(), value);
  }

  // Renames within one section of `build`.
  void Inside(Edit& build, absl::string_view section, absl::string_view key,
              absl::string_view new_key) {
    const Node* node = build.Get(section);
    if (node == nullptr || !node->is_mapping()) return;
    Edit edit(node);
    Move(edit, key, edit, new_key);
    if (edit.changed()) PutBack(build, section, edit);
  }

  // Moves into a section of `build`, which is made when it is not there.
  void Into(Edit& from, absl::string_view key, Edit& build,
            absl::string_view section, absl::string_view new_key) {
    Edit edit(build.Get(section));
    if (!edit.usable()) return;
    Move(from, key, edit, new_key);
    if (edit.changed()) PutBack(build, section, edit);
  }

  void BuildOfV1Beta1(Edit& image, Edit& build) {
    Move(build, "dockerfile", image, "dockerfile");
    Move(build, "context", image, "context");
    Into(image, "insecure", build, "kaniko", "insecure");
    Into(image, "skipPush", build, "docker", "skipPush");
    Into(build, "options", build, build.Has("kaniko") ? "kaniko" : "docker",
         "options");
  }

  void Tag(Edit& image) {
    const Node* tag = image.Get("tag");
    if (tag == nullptr || image.Has("tags")) return;
    const std::optional<Entry> entry = image.Take("tag");
    if (tag->is_null() || (tag->is_scalar() && tag->scalar().empty())) return;
    image.Put("tags", entry->key_span(),
              arena_.Sequence(tag->span(), {&tag, 1}));
  }

  // `registry` names an entry of the top level's `registries`, whose `url`
  // comes before the name.
  void Name(Edit& image) {
    image.Take("autoReload");
    Move(image, "name", image, "image");
    const Node* key = image.Get("registry");
    const Node* name = image.Get("image");
    if (key == nullptr || name == nullptr || !name->is_scalar()) return;
    const Node* registry = registries_ == nullptr || !key->is_scalar()
                               ? nullptr
                               : registries_->Find(key->scalar());
    const Node* url = registry == nullptr ? nullptr : registry->Find("url");
    if (url == nullptr || !url->is_scalar()) return;
    image.Take("registry");
    const absl::string_view text =
        arena_.Copy(absl::StrCat(url->scalar(), "/", name->scalar()));
    image.Put(
        "image", name->span(),
        arena_.WithOrigin(*arena_.WithText(*name, text, yaml::Style::kQuoted),
                          absl::StrCat("`", url->scalar(), "` is the registry"),
                          url->span()));
  }

  int version_;
  const Node* registries_;
  yaml::Arena& arena_;
};

const Node* Images(const Node* images, Mover& mover, yaml::Arena& arena) {
  std::vector<Entry> entries;
  bool changed = false;
  for (const Entry& entry : images->entries()) {
    const Node* image = mover.Image(entry.value());
    changed |= image != entry.value();
    entries.emplace_back(entry.key(), entry.key_span(), entry.key_style(),
                         image);
  }
  return changed ? arena.WithEntries(*images, entries) : images;
}

}  // namespace

bool HasNewerLayout(const Node& root, diag::Sink& sink) {
  const Node* version = root.Find("version");
  if (version == nullptr || !version->is_scalar()) return false;
  const absl::string_view product = ProductOf(version->scalar());
  if (product.empty()) return false;
  sink.Handle(yaml::At(
      *version,
      diag::NewerVersion(version->span(), version->scalar(), product)));
  return true;
}

const Node* ToPresentLayout(const Node* root, yaml::Arena& arena) {
  const Node* version = root->Find("version");
  if (version == nullptr || !version->is_scalar()) return root;
  const int number = Number(version->scalar());
  if (!UpTo(number, "v1beta7")) return root;
  Edit top(root);
  if (const Node* images = top.Get("images")) {
    Mover mover(number, top.Get("registries"), arena);
    const Node* moved = Images(images, mover, arena);
    if (moved != images) top.Put("images", images->span(), moved);
  }
  // Sections that only the DevSpace of that time had a use for.
  if (UpTo(number, "v1beta2")) top.Take("cluster");
  if (UpTo(number, "v1alpha1")) {
    for (const char* key :
         {"devSpace", "registries", "tiller", "internalRegistry"}) {
      top.Take(key);
    }
  }
  return top.Finish(arena);
}

}  // namespace ovenbird::config
