#include "runtime/report/excerpt.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/report/region.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {
namespace {

constexpr absl::string_view kCut = "...";

// An annotation in bytes of its line.
struct Mark {
  size_t begin;
  size_t end;
  const Annotation* annotation;
};

using MarksByLine = std::map<int, std::vector<Mark>>;

// The part [begin, end) of a line that is shown.
struct Window {
  size_t begin;
  size_t end;
};

Mark MarkOf(const Annotation& annotation, int* line) {
  const Span span = Clamped(annotation.span);
  *line = span.file->PositionAt(span.begin).line;
  const size_t start = span.file->LineStart(*line);
  const size_t length = span.file->Line(*line).size();
  // A place at the line's end (behind its text, or its CR) stays there.
  const size_t begin = std::min<size_t>(span.begin - start, length);
  const size_t end = std::clamp<size_t>(span.end - start, begin, length);
  return {begin, end, &annotation};
}

MarksByLine SortMarks(absl::Span<const Annotation> annotations) {
  MarksByLine marks;
  for (const Annotation& annotation : annotations) {
    int line = 0;
    const Mark mark = MarkOf(annotation, &line);
    marks[line].push_back(mark);
  }
  for (auto& [line, list] : marks) {
    std::stable_sort(
        list.begin(), list.end(),
        [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
  }
  return marks;
}

bool IsInsideCharacter(absl::string_view text, size_t at) {
  return at < text.size() &&
         (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

Window ChooseWindow(absl::string_view line, size_t focus, size_t longest) {
  if (line.size() <= longest) return {0, line.size()};
  // A third of the window before what is marked.
  size_t begin = focus > longest / 3 ? focus - longest / 3 : 0;
  begin = std::min(begin, line.size() - longest);
  size_t end = begin + longest;
  while (begin > 0 && IsInsideCharacter(line, begin)) --begin;
  while (end < line.size() && IsInsideCharacter(line, end)) ++end;
  return {begin, end};
}

class Renderer {
 public:
  Renderer(const SourceFile& file, const MarksByLine& marks,
           const ExcerptStyle& style)
      : file_(file),
        marks_(marks),
        style_(style),
        digits_(absl::StrCat(marks.rbegin()->first).size()) {}

  int gutter() const { return static_cast<int>(digits_) + 2; }

  std::string Render() {
    int next = std::max(1, marks_.begin()->first - style_.lines_before);
    // No blank lines at the top.
    while (next < marks_.begin()->first && file_.Line(next).empty()) ++next;
    for (const auto& [line, marks] : marks_) {
      // A gap of one line is shown, a larger one is marked.
      if (line - next > style_.lines_before + 1) {
        Gutter("...");
        out_ += "\n";
        next = line;
      }
      for (; next < line; ++next) SourceLine(next, 0);
      Annotated(line, marks);
      next = line + 1;
    }
    return std::move(out_);
  }

 private:
  void Gutter(absl::string_view label) {
    const size_t width = digits_ + 2;
    absl::StrAppend(&out_, style_.gutter_on,
                    std::string(width - std::min(width, label.size()), ' '),
                    label, " |", style_.off);
  }

  Window SourceLine(int number, size_t focus) {
    const absl::string_view line = file_.Line(number);
    const Window window = ChooseWindow(line, focus, style_.longest_line);
    Gutter(absl::StrCat(number));
    if (!line.empty()) {
      absl::StrAppend(
          &out_, " ", window.begin > 0 ? kCut : "",
          Visible(line.substr(window.begin, window.end - window.begin)),
          window.end < line.size() ? kCut : "");
    }
    out_ += "\n";
    return window;
  }

  void Annotated(int number, const std::vector<Mark>& marks) {
    const auto primary =
        std::find_if(marks.begin(), marks.end(),
                     [](const Mark& mark) { return mark.annotation->primary; });
    const Mark& focus = primary == marks.end() ? marks.front() : *primary;
    const Window window = SourceLine(number, focus.begin);
    for (const Mark& mark : marks) Underline(number, mark, window);
  }

  void Underline(int number, const Mark& mark, const Window& window) {
    const absl::string_view line = file_.Line(number);
    const size_t begin = std::clamp(mark.begin, window.begin, window.end);
    const size_t end = std::clamp(mark.end, begin, window.end);
    const int indent =
        VisibleWidth(line.substr(window.begin, begin - window.begin)) +
        static_cast<int>(window.begin > 0 ? kCut.size() : 0);
    const int width =
        std::max(1, VisibleWidth(line.substr(begin, end - begin)));
    const bool is_primary = mark.annotation->primary;
    Gutter("");
    absl::StrAppend(&out_, " ", std::string(indent, ' '),
                    is_primary ? style_.primary_on : style_.secondary_on,
                    std::string(width, is_primary ? '^' : '-'));
    if (!mark.annotation->text.empty()) {
      absl::StrAppend(&out_, " ", Visible(mark.annotation->text));
    }
    absl::StrAppend(&out_, style_.off, "\n");
  }

  const SourceFile& file_;
  const MarksByLine& marks_;
  const ExcerptStyle& style_;
  size_t digits_;
  std::string out_;
};

}  // namespace

std::string RenderExcerpt(absl::Span<const Annotation> annotations,
                          const ExcerptStyle& style, int* gutter) {
  if (annotations.empty()) return "";
  const MarksByLine marks = SortMarks(annotations);
  Renderer renderer(*annotations[0].span.file, marks, style);
  *gutter = renderer.gutter();
  return renderer.Render();
}

}  // namespace ovenbird::report
