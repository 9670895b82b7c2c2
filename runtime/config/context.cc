#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/decode.h"
#include "runtime/yaml/at.h"

namespace ovenbird::config::decode {
namespace {

bool IsPlainKey(absl::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
}

void AppendKey(absl::string_view key, std::string* path) {
  if (!IsPlainKey(key)) {
    absl::StrAppend(path, "[\"", key, "\"]");
  } else {
    absl::StrAppend(path, path->empty() ? "" : ".", key);
  }
}

}  // namespace

Context::Scope::Scope(Context* context, absl::string_view key, Span key_span)
    : context_(context) {
  // What stands directly in a message is a field, what stands deeper (in a map)
  // is an entry of one.
  const bool is_field = !context->levels_.empty() &&
                        context->levels_.back().depth == context->steps_.size();
  context->steps_.push_back({key, 0, false, is_field, key_span});
}

Context::Scope::Scope(Context* context, size_t index) : context_(context) {
  context->steps_.push_back({{}, index, true, false, {}});
}

Context::Scope::~Scope() { context_->steps_.pop_back(); }

Context::MessageScope::MessageScope(Context* context,
                                    const MessageInfo& message)
    : context_(context) {
  context->levels_.push_back({&message, context->steps_.size()});
}

Context::MessageScope::~MessageScope() { context_->levels_.pop_back(); }

std::string Context::PathTo(size_t depth) const {
  std::string path;
  for (size_t i = 0; i < depth; ++i) {
    if (steps_[i].is_index) {
      absl::StrAppend(&path, "[", steps_[i].index, "]");
    } else {
      AppendKey(steps_[i].key, &path);
    }
  }
  return path;
}

std::string Context::Path() const { return PathTo(steps_.size()); }

std::string Context::Place() const {
  return steps_.empty() ? "the top level" : absl::StrCat("`", Path(), "`");
}

std::string Context::FieldText() const {
  size_t first = steps_.size();
  while (first > 0 && !steps_[first - 1].is_field) --first;
  if (first > 0) --first;
  std::string text;
  for (size_t i = first; i < steps_.size(); ++i) {
    if (steps_[i].is_index) {
      absl::StrAppend(&text, "[", steps_[i].index, "]");
    } else {
      AppendKey(steps_[i].key, &text);
    }
  }
  return text;
}

Span Context::key_span() const {
  return steps_.empty() ? Span() : steps_.back().key_span;
}

void Context::Report(diag::Diagnostic diagnostic, const yaml::Node* value) {
  // What lacks a variable's value is reported as that.
  if (value != nullptr && value->is_unknown()) return;
  if (diagnostic.config_path.empty()) diagnostic.config_path = Path();
  if (value != nullptr) {
    diagnostic = yaml::At(*value, std::move(diagnostic));
  }
  sink_->Handle(std::move(diagnostic));
}

}  // namespace ovenbird::config::decode
