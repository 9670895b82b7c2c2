#include "runtime/problems/fix.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ovenbird::problems {
namespace {

using diag::Diagnostic;
using diag::Edit;
using diag::Fix;

constexpr size_t kContext = 3;

bool IsAbout(const SourceFile& file, const Fix& fix) {
  return !fix.edits.empty() &&
         std::all_of(fix.edits.begin(), fix.edits.end(), [&](const Edit& edit) {
           return edit.span.file == &file && edit.span.begin <= edit.span.end &&
                  edit.span.end <= file.text().size();
         });
}

bool Overlaps(const Edit& a, const Edit& b) {
  // Two insertions at one place have no order.
  if (a.span.begin == b.span.begin) return true;
  return a.span.begin < b.span.end && b.span.begin < a.span.end;
}

bool OverlapsAny(const Fix& fix, const std::vector<Edit>& taken) {
  for (const Edit& edit : fix.edits) {
    for (const Edit& other : taken) {
      if (Overlaps(edit, other)) return true;
    }
  }
  return false;
}

std::vector<absl::string_view> Lines(absl::string_view text) {
  std::vector<absl::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const size_t size = end == text.npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

void AppendLine(char mark, absl::string_view line, std::string& out) {
  absl::StrAppend(&out, std::string(1, mark), line);
  if (line.empty() || line.back() != '\n') {
    out += "\n\\ No newline at end of file\n";
  }
}

// A stretch of lines that differ: [a_begin, a_end) became [b_begin, b_end).
struct Hunk {
  size_t a_begin, a_end, b_begin, b_end;
};

// Fixes change few lines, and rarely their number: lines are compared one by
// one, and after a difference both sides go on where the nearest equal line is.
std::vector<Hunk> Compare(const std::vector<absl::string_view>& a,
                          const std::vector<absl::string_view>& b) {
  std::vector<Hunk> hunks;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i, ++j;
      continue;
    }
    // The least number of lines to leave out on both sides together.
    size_t left_a = a.size() - i;
    size_t left_b = b.size() - j;
    const size_t most = left_a + left_b;
    bool found = false;
    for (size_t sum = 1; sum <= most && !found; ++sum) {
      for (size_t x = 0; x <= sum && !found; ++x) {
        const size_t p = i + x;
        const size_t q = j + (sum - x);
        if (p < a.size() && q < b.size() && a[p] == b[q]) {
          left_a = x;
          left_b = sum - x;
          found = true;
        }
      }
    }
    hunks.push_back({i, i + left_a, j, j + left_b});
    i += left_a;
    j += left_b;
  }
  return hunks;
}

// "12,3", or "12" for a single line.
std::string Range(size_t begin, size_t end) {
  const size_t size = end - begin;
  const size_t first = size == 0 ? begin : begin + 1;
  return size == 1 ? absl::StrCat(first) : absl::StrCat(first, ",", size);
}

// Appends the hunks [first, last) as one block with their context.
void AppendBlock(const std::vector<Hunk>& hunks, size_t first, size_t last,
                 const std::vector<absl::string_view>& a,
                 const std::vector<absl::string_view>& b, std::string& out) {
  const size_t before = std::min(kContext, hunks[first].a_begin);
  const Hunk& end = hunks[last - 1];
  const size_t after = std::min(kContext, a.size() - end.a_end);
  absl::StrAppend(
      &out, "@@ -", Range(hunks[first].a_begin - before, end.a_end + after),
      " +", Range(hunks[first].b_begin - before, end.b_end + after), " @@\n");
  size_t at = hunks[first].a_begin - before;
  for (size_t i = first; i < last; ++i) {
    for (; at < hunks[i].a_begin; ++at) AppendLine(' ', a[at], out);
    for (; at < hunks[i].a_end; ++at) AppendLine('-', a[at], out);
    for (size_t k = hunks[i].b_begin; k < hunks[i].b_end; ++k) {
      AppendLine('+', b[k], out);
    }
  }
  for (; at < end.a_end + after; ++at) AppendLine(' ', a[at], out);
}

}  // namespace

ChosenFixes ChooseFixes(const SourceFile& file,
                        const std::vector<Diagnostic>& problems,
                        FixChoice choice) {
  ChosenFixes chosen;
  std::vector<Edit>& edits = chosen.edits;
  for (const Diagnostic& problem : problems) {
    for (const Fix& fix : problem.fixes) {
      const bool wanted =
          choice == FixChoice::kAll || (choice == FixChoice::kSafe && fix.safe);
      if (!wanted || !IsAbout(file, fix) || OverlapsAny(fix, edits)) continue;
      edits.insert(edits.end(), fix.edits.begin(), fix.edits.end());
      ++chosen.fixes;
      break;  // The others are alternatives.
    }
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return a.span.begin < b.span.begin;
  });
  return chosen;
}

Fixed ApplyFixes(const SourceFile& file,
                 const std::vector<Diagnostic>& problems, FixChoice choice) {
  const ChosenFixes chosen = ChooseFixes(file, problems, choice);
  Fixed fixed;
  fixed.fixes = chosen.fixes;
  const absl::string_view text = file.text();
  size_t at = 0;
  for (const Edit& edit : chosen.edits) {
    absl::StrAppend(&fixed.text, text.substr(at, edit.span.begin - at),
                    edit.text);
    at = edit.span.end;
  }
  absl::StrAppend(&fixed.text, text.substr(at));
  return fixed;
}

std::string UnifiedDiff(absl::string_view name, absl::string_view before,
                        absl::string_view after) {
  const std::vector<absl::string_view> a = Lines(before);
  const std::vector<absl::string_view> b = Lines(after);
  const std::vector<Hunk> hunks = Compare(a, b);
  if (hunks.empty()) return "";
  std::string out = absl::StrCat("--- ", name, "\n+++ ", name, "\n");
  size_t first = 0;
  for (size_t i = 1; i <= hunks.size(); ++i) {
    // Hunks whose contexts touch are one block.
    if (i < hunks.size() &&
        hunks[i].a_begin - hunks[i - 1].a_end <= 2 * kContext) {
      continue;
    }
    AppendBlock(hunks, first, i, a, b, out);
    first = i;
  }
  return out;
}

}  // namespace ovenbird::problems
