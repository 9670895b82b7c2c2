#include "runtime/config/patch.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/suggest.h"
#include "runtime/config/patch_path.h"
#include "runtime/config/tree_edit.h"
#include "runtime/config/variable_text.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"

namespace ovenbird::config {
namespace {

using Steps = absl::Span<const PatchStep>;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("`", text, "`");
}

// "`images.a.tags[0]`", or "the top level".
std::string PlaceText(Steps steps) {
  if (steps.empty()) return "the top level";
  return Quoted(
      absl::StrJoin(steps, ".", [](std::string* out, const PatchStep& step) {
        absl::StrAppend(out, step.text);
      }));
}

// A path in the patch, parsed, with the node that it was read from.
struct Path {
  const yaml::Node* node;
  PatchPath parsed;
};

// One patch at work. Each function returns null after it has reported why.
class Patcher {
 public:
  Patcher(const yaml::Node& patch, const PatchAuthor& author,
          yaml::Arena& arena, diag::Sink& sink)
      : patch_(patch), author_(author), arena_(arena), sink_(sink) {}

  const yaml::Node* Apply(const yaml::Node& root) {
    const yaml::Node* op = Scalar("op");
    const yaml::Node* path_node = Scalar("path");
    if (op == nullptr || path_node == nullptr) return nullptr;
    op_ = op->scalar();
    if (!IsKnown(op_)) return nullptr;
    std::optional<Path> path = ReadPath(path_node);
    if (!path) return nullptr;
    if (op_ == "copy" || op_ == "move") return Transfer(root, *path);
    const yaml::Node* result = &root;
    for (const std::vector<PatchStep>& steps : Expand(root, *path)) {
      result = ApplyAt(*result, *path, steps);
      if (result == nullptr) return nullptr;
    }
    return result;
  }

 private:
  static bool IsKnown(absl::string_view op) {
    for (absl::string_view known :
         {"add", "remove", "replace", "copy", "move", "test"}) {
      if (op == known) return true;
    }
    return false;
  }

  const yaml::Node* Scalar(absl::string_view key) const {
    const yaml::Node* node = patch_.Find(key);
    return node && node->is_scalar() ? node : nullptr;
  }

  std::optional<Path> ReadPath(const yaml::Node* node) {
    Path path = {node, {}};
    const PatchPathProblem problem =
        ParsePatchPath(node->scalar(), &path.parsed);
    if (problem.text.empty()) return path;
    sink_.Handle(
        diag::PatchPathSyntax(SpanInScalar(*node, problem.begin, problem.end),
                              node->scalar(), problem.text));
    return std::nullopt;
  }

  // The value that the patch brings, with its origin.
  const yaml::Node* Value() {
    const yaml::Node* value = patch_.Find("value");
    if (value == nullptr) {
      ReportIncomplete("value");
      return nullptr;
    }
    return arena_.WithOriginBelow(*value, absl::StrCat("set by ", author_.name),
                                  author_.span);
  }

  void ReportIncomplete(absl::string_view field) {
    sink_.Handle(diag::PatchIncomplete(patch_.Find("op")->span(), op_, field));
  }

  // Reports that `steps[at]` is not in `parent`.
  void ReportMissing(const Path& path, Steps steps, size_t at,
                     const yaml::Node& parent) {
    const PatchStep& step = steps[at];
    std::vector<absl::string_view> keys;
    for (const yaml::Entry& entry : parent.entries()) {
      keys.push_back(entry.key());
    }
    std::string advice;
    std::string hint = DidYouMean(step.text, keys);
    if (parent.is_sequence()) {
      hint = absl::StrCat("the list has ", parent.items().size(), " item",
                          parent.items().size() == 1 ? "" : "s");
    } else if (!parent.is_mapping()) {
      hint = absl::StrCat("it is ", yaml::Describe(parent), " there");
    }
    if (at == 0 && IsOutsideOfProfiles(step.text)) {
      advice = "a profile cannot change `vars`, `profiles` and `commands`";
    } else if (!keys.empty()) {
      advice = KeysText(keys);
    }
    sink_.Handle(
        diag::PatchPathMissing(SpanInScalar(*path.node, step.begin, step.end),
                               path.node->scalar(), step.text,
                               PlaceText(steps.subspan(0, at)), hint, advice)
            .WithLabel(parent.span(), ""));
  }

  static std::string KeysText(const std::vector<absl::string_view>& keys) {
    constexpr size_t kMost = 12;
    const size_t shown = std::min(keys.size(), kMost);
    const auto quoted = [](std::string* out, absl::string_view key) {
      absl::StrAppend(out, "`", key, "`");
    };
    return absl::StrCat(
        "keys there: ",
        absl::StrJoin(keys.begin(), keys.begin() + shown, ", ", quoted),
        shown < keys.size() ? ", ..." : "");
  }

  // The paths without `key=value` that the path matches.
  std::vector<std::vector<PatchStep>> Expand(const yaml::Node& root,
                                             const Path& path) {
    std::vector<std::vector<PatchStep>> found;
    Search(root, path, 0, {}, &found);
    return found;
  }

  void Search(const yaml::Node& node, const Path& path, size_t at,
              std::vector<PatchStep> so_far,
              std::vector<std::vector<PatchStep>>* found) {
    const Steps steps = path.parsed.steps;
    for (; at < steps.size(); ++at) {
      const PatchStep& step = steps[at];
      const size_t equals = step.text.find('=');
      const yaml::Node* child = Below(node, so_far);
      if (equals == std::string::npos || equals == 0 ||
          (child && child->Find(step.text))) {
        so_far.push_back(step);
        continue;
      }
      if (child == nullptr) break;
      std::vector<std::vector<PatchStep>> matches;
      FindPairs(*child, step, equals, so_far, &matches);
      if (matches.empty()) {
        std::vector<PatchStep> tried = so_far;
        tried.push_back(step);
        ReportMissing(path, tried, tried.size() - 1, *child);
        return;
      }
      // What follows may differ below each of them. Items are removed from the
      // last to the first, so that indices stay right.
      std::reverse(matches.begin(), matches.end());
      for (std::vector<PatchStep>& match : matches) {
        Search(node, path, at + 1, std::move(match), found);
      }
      return;
    }
    so_far.insert(so_far.end(), steps.begin() + static_cast<ptrdiff_t>(at),
                  steps.end());
    found->push_back(std::move(so_far));
  }

  // Mappings at or below `node` that have the pair; not below a found one.
  void FindPairs(const yaml::Node& node, const PatchStep& step, size_t equals,
                 const std::vector<PatchStep>& so_far,
                 std::vector<std::vector<PatchStep>>* matches) {
    const absl::string_view text = step.text;
    const yaml::Node* value = node.Find(text.substr(0, equals));
    if (value && value->is_scalar() &&
        value->scalar() == text.substr(equals + 1)) {
      matches->push_back(so_far);
      return;
    }
    std::vector<PatchStep> next = so_far;
    next.emplace_back();
    for (size_t i = 0; i < node.items().size(); ++i) {
      next.back() = {absl::StrCat(i), step.begin, step.end};
      FindPairs(*node.items()[i], step, equals, next, matches);
    }
    for (const yaml::Entry& entry : node.entries()) {
      next.back() = {std::string(entry.key()), step.begin, step.end};
      FindPairs(*entry.value(), step, equals, next, matches);
    }
  }

  static const yaml::Node* Below(const yaml::Node& root, Steps steps) {
    const yaml::Node* node = &root;
    for (const PatchStep& step : steps) {
      node = ChildAt(*node, step.text);
      if (node == nullptr) return nullptr;
    }
    return node;
  }

  // The node at the path, which must be there.
  const yaml::Node* Get(const yaml::Node& root, const Path& path, Steps steps) {
    const yaml::Node* node = &root;
    for (size_t i = 0; i < steps.size(); ++i) {
      const yaml::Node* child = ChildAt(*node, steps[i].text);
      if (child == nullptr) {
        ReportMissing(path, steps, i, *node);
        return nullptr;
      }
      node = child;
    }
    return node;
  }

  using Edit = std::function<const yaml::Node*(const yaml::Node& container)>;

  // `root` with the container of the path's last step edited.
  const yaml::Node* EditContainer(const yaml::Node& root, const Path& path,
                                  Steps steps, const Edit& edit) {
    return EditBelow(root, path, steps, 0, edit);
  }

  const yaml::Node* EditBelow(const yaml::Node& node, const Path& path,
                              Steps steps, size_t at, const Edit& edit) {
    if (at + 1 == steps.size()) return edit(node);
    const yaml::Node* child = ChildAt(node, steps[at].text);
    if (child == nullptr) {
      ReportMissing(path, steps, at, node);
      return nullptr;
    }
    const yaml::Node* changed = EditBelow(*child, path, steps, at + 1, edit);
    if (changed == nullptr) return nullptr;
    return WithChild(node, steps[at].text, changed, arena_);
  }

  const yaml::Node* ApplyAt(const yaml::Node& root, const Path& path,
                            const std::vector<PatchStep>& steps) {
    if (op_ == "test") return Test(root, path, steps);
    if (op_ == "remove") return Remove(root, path, steps);
    const yaml::Node* value = Value();
    if (value == nullptr) return nullptr;
    if (op_ == "replace") {
      if (Get(root, path, steps) == nullptr) return nullptr;
      return EditContainer(root, path, steps, [&](const yaml::Node& container) {
        return WithChild(container, steps.back().text, value, arena_);
      });
    }
    return Add(root, path, steps, value);
  }

  const yaml::Node* Remove(const yaml::Node& root, const Path& path,
                           Steps steps) {
    if (Get(root, path, steps) == nullptr) return nullptr;
    return EditContainer(root, path, steps, [&](const yaml::Node& container) {
      return WithoutChild(container, steps.back().text, arena_);
    });
  }

  const yaml::Node* Add(const yaml::Node& root, const Path& path,
                        std::vector<PatchStep> steps, const yaml::Node* value) {
    const yaml::Node* target = Below(root, steps);
    if (!path.parsed.is_pointer && target && target->is_sequence()) {
      steps.push_back({"-", steps.back().begin, steps.back().end});
    }
    return EditContainer(root, path, steps, [&](const yaml::Node& container) {
      return Insert(container, path, steps, value, /*overwrite=*/false);
    });
  }

  // Puts `value` at the last step of `container`.
  const yaml::Node* Insert(const yaml::Node& container, const Path& path,
                           Steps steps, const yaml::Node* value,
                           bool overwrite) {
    const PatchStep& step = steps.back();
    if (container.is_mapping() || container.is_null()) {
      return WithKey(container, step.text,
                     SpanInScalar(*path.node, step.begin, step.end), value,
                     arena_);
    }
    if (container.is_sequence()) {
      const size_t size = container.items().size();
      if (step.text == "-") {
        return WithInserted(container, size, value, arena_);
      }
      const std::optional<size_t> index = ListIndex(step.text, size + 1);
      if (index && overwrite && *index < size) {
        return WithChild(container, step.text, value, arena_);
      }
      if (index) return WithInserted(container, *index, value, arena_);
    }
    ReportMissing(path, steps, steps.size() - 1, container);
    return nullptr;
  }

  const yaml::Node* Test(const yaml::Node& root, const Path& path,
                         Steps steps) {
    const yaml::Node* found = Get(root, path, steps);
    if (found == nullptr) return nullptr;
    const yaml::Node* expected = patch_.Find("value");
    const bool expects_null = expected == nullptr || expected->is_null();
    if (expects_null ? found->is_null() : HaveSameValue(*expected, *found)) {
      return &root;
    }
    sink_.Handle(diag::PatchTestFailed(
                     expected ? expected->span() : patch_.Find("op")->span(),
                     path.node->scalar(), ValueText(found), ValueText(expected))
                     .WithLabel(found->span(), "found this"));
    return nullptr;
  }

  static std::string ValueText(const yaml::Node* node) {
    if (node == nullptr) return "nothing";
    return node->is_scalar() ? Quoted(node->scalar())
                             : std::string(yaml::Describe(*node));
  }

  const yaml::Node* Transfer(const yaml::Node& root, const Path& path) {
    const yaml::Node* from_node = Scalar("from");
    if (from_node == nullptr) {
      ReportIncomplete("from");
      return nullptr;
    }
    std::optional<Path> from = ReadPath(from_node);
    if (!from) return nullptr;
    const Steps from_steps = from->parsed.steps;
    const Steps steps = path.parsed.steps;
    const yaml::Node* value = Get(root, *from, from_steps);
    if (value == nullptr) return nullptr;
    const absl::string_view did = op_ == "move" ? "moved by " : "copied by ";
    value = arena_.WithOriginBelow(*value, absl::StrCat(did, author_.name),
                                   author_.span);
    const yaml::Node* base =
        op_ == "move" ? Remove(root, *from, from_steps) : &root;
    if (base == nullptr) return nullptr;
    return EditContainer(*base, path, steps, [&](const yaml::Node& container) {
      return Insert(container, path, steps, value,
                    /*overwrite=*/true);
    });
  }

  const yaml::Node& patch_;
  const PatchAuthor& author_;
  yaml::Arena& arena_;
  diag::Sink& sink_;
  absl::string_view op_;
};

}  // namespace

bool IsOutsideOfProfiles(absl::string_view section) {
  return section == "vars" || section == "profiles" || section == "commands";
}

const yaml::Node* ApplyPatch(const yaml::Node& root, const yaml::Node& patch,
                             const PatchAuthor& author, yaml::Arena& arena,
                             diag::Sink& sink) {
  const yaml::Node* changed = Patcher(patch, author, arena, sink).Apply(root);
  return changed ? changed : &root;
}

}  // namespace ovenbird::config
