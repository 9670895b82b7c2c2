#include "runtime/build/cluster/sent_field.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "runtime/config/quantity.h"

namespace ovenbird::build {
namespace {

// Whether a field is the one that a sentence is about.
enum class Fit { kNo, kMaybe, kYes };

// The scalar as the server quotes it; nullopt for objects and lists.
std::optional<std::string> ScalarText(const json::Value& value) {
  if (const std::string* text = value.as_string()) return *text;
  if (const int64_t* number = value.as_int()) return absl::StrCat(*number);
  if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
  return std::nullopt;
}

// The server writes quantities in their canonical form: 0.5 as 500m.
bool IsSame(const json::Value& value, const std::string& quoted) {
  const std::optional<std::string> text = ScalarText(value);
  if (!text) return false;
  if (*text == quoted) return true;
  const std::optional<double> number = config::QuantityValue(*text);
  return number && number == config::QuantityValue(quoted);
}

// The server may name an object or a list, and quote a key or a value in it.
bool Contains(const json::Value& value, const std::string& quoted) {
  for (const json::Member& member : value.members()) {
    if (member.first == quoted || IsSame(member.second, quoted)) return true;
  }
  for (const json::Value& item : value.items()) {
    if (IsSame(item, quoted)) return true;
  }
  return false;
}

bool IsEmpty(const json::Value& value) {
  return value.is_null() || ScalarText(value) == "" ||
         (value.as_array() != nullptr && value.items().empty());
}

Fit FitOf(const json::Value& value, absl::string_view key,
          absl::string_view problem) {
  const bool is_required = absl::StartsWith(problem, "Required value");
  if (is_required) return IsEmpty(value) ? Fit::kMaybe : Fit::kNo;
  const std::string quoted = QuotedValue(problem);
  // What is missing here has the server's default.
  if (quoted.empty() || IsEmpty(value)) return Fit::kMaybe;
  return key == quoted || IsSame(value, quoted) || Contains(value, quoted)
             ? Fit::kYes
             : Fit::kNo;
}

// Follows a field from the pod to its value, through every item of the lists on
// the way.
class Finder {
 public:
  Finder(const kube::FieldPath& field, absl::string_view problem)
      : field_(field), problem_(problem) {}

  kube::FieldPath Find(const json::Value& pod) {
    Follow(pod, 0, /*is_as_named=*/true);
    // Without a list on the way no index can be off.
    if (as_named_ && (as_named_->first == Fit::kYes || !has_list_)) {
      return as_named_->second;
    }
    if (others_.size() == 1) return others_[0];
    return as_named_ && as_named_->first == Fit::kMaybe && others_.empty()
               ? as_named_->second
               : kube::FieldPath();
  }

 private:
  void Follow(const json::Value& value, size_t depth, bool is_as_named) {
    if (depth == field_.size()) return End(value, is_as_named);
    const std::string& step = field_[depth];
    const json::Array* items = value.as_array();
    if (items == nullptr) {
      path_.push_back(step);
      Follow(Child(value, step), depth + 1, is_as_named);
      path_.pop_back();
      return;
    }
    has_list_ = true;
    size_t named = 0;
    if (!absl::SimpleAtoi(step, &named)) return;
    for (size_t i = 0; i < items->size(); ++i) {
      path_.push_back(absl::StrCat(i));
      Follow((*items)[i], depth + 1, is_as_named && i == named);
      path_.pop_back();
    }
  }

  // The server writes `namespace` for an item of `namespaces`.
  static const json::Value& Child(const json::Value& value,
                                  const std::string& key) {
    const json::Value& child = value[key];
    return child.is_null() ? value[absl::StrCat(key, "s")] : child;
  }

  void End(const json::Value& value, bool is_as_named) {
    const Fit fit = FitOf(value, field_.back(), problem_);
    if (is_as_named) {
      as_named_.emplace(fit, path_);
    } else if (fit == Fit::kYes) {
      others_.push_back(path_);
    }
  }

  const kube::FieldPath& field_;
  const absl::string_view problem_;
  kube::FieldPath path_;
  std::optional<std::pair<Fit, kube::FieldPath>> as_named_;
  std::vector<kube::FieldPath> others_;
  bool has_list_ = false;
};

}  // namespace

std::string QuotedValue(absl::string_view problem) {
  const std::string text(problem);
  std::string quoted;
  std::string value;
  if (RE2::PartialMatch(text, R"re(^\w+ value: (-?\d+): )re", &quoted)) {
    return quoted;
  }
  RE2::PartialMatch(
      text, R"re(^(?:\w+ value|Not found|Too long): "((?:[^"\\]|\\.)*)")re",
      &quoted);
  return absl::CUnescape(quoted, &value) ? value : quoted;
}

kube::FieldPath FindSentField(const json::Value& pod,
                              const kube::FieldPath& field,
                              absl::string_view problem) {
  return field.empty() ? kube::FieldPath() : Finder(field, problem).Find(pod);
}

}  // namespace ovenbird::build
