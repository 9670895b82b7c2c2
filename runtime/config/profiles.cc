#include "runtime/config/profiles.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/suggest.h"
#include "runtime/config/patch.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config {
namespace {

// What `replace` can stand in for.
constexpr absl::string_view kReplaceable[] = {"images", "hooks", "deployments",
                                              "dev", "dependencies"};

bool IsReplaceable(absl::string_view section) {
  return std::find(std::begin(kReplaceable), std::end(kReplaceable), section) !=
         std::end(kReplaceable);
}

std::string QuotedList(const std::vector<absl::string_view>& names,
                       absl::string_view separator) {
  return absl::StrJoin(names, separator,
                       [](std::string* out, absl::string_view name) {
                         absl::StrAppend(out, "`", name, "`");
                       });
}

absl::string_view ScalarAt(const yaml::Node& node, absl::string_view key) {
  const yaml::Node* child = node.Find(key);
  return child ? child->scalar() : "";
}

class Applier {
 public:
  Applier(const yaml::Node& root, yaml::Arena& arena, diag::Sink& sink)
      : profiles_(root.Find("profiles")), arena_(arena), sink_(sink) {}

  // The profile and its parents, the topmost parent first. Stops at what cannot
  // be found, which is reported.
  std::vector<const yaml::Node*> Chain(absl::string_view name, Span span) {
    std::vector<const yaml::Node*> chain;
    std::vector<absl::string_view> names;
    while (!name.empty()) {
      const bool is_loop =
          std::find(names.begin(), names.end(), name) != names.end();
      names.push_back(name);
      if (is_loop) {
        sink_.Handle(diag::ProfileLoop(span, QuotedList(names, " -> ")));
        break;
      }
      const yaml::Node* profile = Find(name);
      if (profile == nullptr) {
        ReportUnknown(name, span);
        break;
      }
      chain.push_back(profile);
      const yaml::Node* parent = profile->Find("parent");
      name = ScalarAt(*profile, "parent");
      span = parent ? parent->span() : Span();
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  const yaml::Node* Apply(const yaml::Node& profile, const yaml::Node* root) {
    const yaml::Node& name = *profile.Find("name");
    const PatchAuthor author = {absl::StrCat("profile `", name.scalar(), "`"),
                                name.span()};
    if (const yaml::Node* replace = profile.Find("replace")) {
      for (const yaml::Entry& entry : replace->entries()) {
        if (!IsReplaceable(entry.key())) continue;
        const yaml::Node* value = arena_.WithOriginBelow(
            *entry.value(), absl::StrCat("set by ", author.name), author.span);
        root = WithSection(*root, entry, value);
      }
    }
    if (const yaml::Node* patches = profile.Find("patches")) {
      for (const yaml::Node* patch : patches->items()) {
        root = ApplyPatch(*root, *patch, author, arena_, sink_);
      }
    }
    return root;
  }

 private:
  const yaml::Node* Find(absl::string_view name) const {
    if (profiles_ == nullptr) return nullptr;
    for (const yaml::Node* profile : profiles_->items()) {
      if (ScalarAt(*profile, "name") == name) return profile;
    }
    return nullptr;
  }

  void ReportUnknown(absl::string_view name, Span span) {
    if (profiles_ == nullptr || profiles_->items().empty()) {
      sink_.Handle(diag::NoProfiles(span, name));
      return;
    }
    std::vector<absl::string_view> names;
    for (const yaml::Node* profile : profiles_->items()) {
      const absl::string_view known = ScalarAt(*profile, "name");
      if (!known.empty()) names.push_back(known);
    }
    sink_.Handle(diag::UnknownProfile(span, name, DidYouMean(name, names),
                                      QuotedList(names, ", ")));
  }

  // The section as it stands in the profile, with its key's own place there.
  const yaml::Node* WithSection(const yaml::Node& root,
                                const yaml::Entry& entry,
                                const yaml::Node* value) {
    std::vector<yaml::Entry> entries;
    for (const yaml::Entry& other : root.entries()) {
      if (other.key() != entry.key()) entries.push_back(other);
    }
    entries.emplace_back(entry.key(), entry.key_span(), entry.key_style(),
                         value);
    return arena_.WithEntries(root, entries);
  }

  const yaml::Node* profiles_;
  yaml::Arena& arena_;
  diag::Sink& sink_;
};

}  // namespace

const yaml::Node* ApplyProfile(const yaml::Node& root, absl::string_view name,
                               Span span, yaml::Arena& arena,
                               diag::Sink& sink) {
  if (name.empty() || !root.is_mapping()) return &root;
  Applier applier(root, arena, sink);
  const std::vector<const yaml::Node*> chain = applier.Chain(name, span);
  if (chain.empty()) return &root;
  std::vector<yaml::Entry> visible, hidden;
  for (const yaml::Entry& entry : root.entries()) {
    (IsOutsideOfProfiles(entry.key()) ? hidden : visible).push_back(entry);
  }
  const yaml::Node* result = arena.WithEntries(root, visible);
  for (const yaml::Node* profile : chain) {
    result = applier.Apply(*profile, result);
  }
  std::vector<yaml::Entry> all(result->entries().begin(),
                               result->entries().end());
  all.insert(all.end(), hidden.begin(), hidden.end());
  return arena.WithEntries(*result, all);
}

}  // namespace ovenbird::config
