#include "runtime/config/patch_path.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace ovenbird::config {
namespace {

class Parser {
 public:
  Parser(absl::string_view text, PatchPath* path) : text_(text), path_(path) {}

  PatchPathProblem Parse() {
    if (text_.empty() || text_ == "/") {
      return {"path is empty", 0, text_.size()};
    }
    path_->is_pointer = text_[0] == '/';
    if (path_->is_pointer) ++at_;
    Step();
    while (problem_.text.empty() && at_ < text_.size()) {
      // A bracket needs no separator before it.
      if (Next() != '[' || path_->is_pointer) ++at_;
      Step();
    }
    return problem_;
  }

 private:
  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void Add(size_t begin, size_t end) {
    path_->steps.push_back(
        {absl::StrReplaceAll(text_.substr(begin, end - begin),
                             {{"~1", "/"}, {"~0", "~"}}),
         begin, end});
  }

  void Fail(absl::string_view problem, size_t begin, size_t end) {
    problem_ = {std::string(problem), begin, end};
  }

  void Step() {
    if (!path_->is_pointer && Next() == '[') {
      Bracket();
    } else {
      Word();
    }
  }

  void Word() {
    const absl::string_view separators = path_->is_pointer ? "/" : "./[";
    const size_t end =
        std::min(text_.find_first_of(separators, at_), text_.size());
    if (end == at_) {
      // At the end: point at the separator before it.
      const size_t begin = at_ < text_.size() ? at_ : at_ - 1;
      return Fail("a step between two separators is missing", begin, begin + 1);
    }
    Add(at_, end);
    at_ = end;
  }

  // [0], [key] or ["key"]
  void Bracket() {
    const size_t close = text_.find(']', at_);
    if (close == absl::string_view::npos) {
      return Fail("`[` has no `]`", at_, at_ + 1);
    }
    size_t begin = at_ + 1;
    size_t end = close;
    if (end - begin >= 2 && text_[begin] == '"' && text_[end - 1] == '"') {
      ++begin;
      --end;
    }
    if (begin >= end) return Fail("nothing in the brackets", at_, close + 1);
    Add(begin, end);
    at_ = close + 1;
    if (at_ < text_.size() && !absl::StrContains("./[", Next())) {
      Fail("`.` expected after the bracket", at_, at_ + 1);
    }
  }

  absl::string_view text_;
  PatchPath* path_;
  size_t at_ = 0;
  PatchPathProblem problem_ = {"", 0, 0};
};

}  // namespace

PatchPathProblem ParsePatchPath(absl::string_view text, PatchPath* path) {
  return Parser(text, path).Parse();
}

}  // namespace ovenbird::config
