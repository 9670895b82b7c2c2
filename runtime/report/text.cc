#include "runtime/report/text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/report/excerpt.h"
#include "runtime/report/region.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {
namespace {

using diag::Diagnostic;
using diag::Severity;

struct Colors {
  std::string bold, note, gutter, off;
  std::string severity[3];  // by Severity
};

Colors ColorsFor(const TextOptions& options) {
  if (!options.color) return {};
  return {"\033[1m",
          "\033[36m",
          "\033[34m",
          "\033[0m",
          {"\033[1;31m", "\033[1;33m", "\033[1;36m"}};
}

std::string Counted(int count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// "devspace.yaml:5:9: error: text [id]"
std::string HeaderLine(Span span, Severity severity, absl::string_view text,
                       absl::string_view id, const Colors& colors) {
  const std::string location = LocationText(span);
  return absl::StrCat(colors.bold, location, location.empty() ? "" : ": ",
                      colors.off, colors.severity[static_cast<int>(severity)],
                      SeverityName(severity), ":", colors.off, " ", colors.bold,
                      Visible(text), colors.off,
                      id.empty() ? "" : absl::StrCat(" [", id, "]"), "\n");
}

// "  = help: text", with further lines below the first.
void AppendRemark(absl::string_view kind, absl::string_view text, int gutter,
                  const Colors& colors, std::string* out) {
  const std::string indent(std::max(gutter - 1, 2), ' ');
  bool first = true;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (first) {
      absl::StrAppend(out, indent, colors.gutter, "=", colors.off, " ",
                      colors.bold, kind, ":", colors.off, " ", Visible(line),
                      "\n");
    } else {
      absl::StrAppend(out, indent, "  ", std::string(kind.size() + 2, ' '),
                      Visible(line), "\n");
    }
    first = false;
  }
}

class TextRenderer {
 public:
  explicit TextRenderer(const TextOptions& options)
      : colors_(ColorsFor(options)) {}

  void Add(const Diagnostic& d) {
    out_ += HeaderLine(d.span, d.severity, d.message, d.rule ? d.rule->id : "",
                       colors_);
    int gutter = 3;
    out_ += Excerpt(d, &gutter);
    if (!d.help.empty()) AppendRemark("help", d.help, gutter, colors_, &out_);
    // A label says the same in fewer words.
    if (d.label.empty()) {
      for (const diag::Fix& fix : d.fixes) {
        AppendRemark("fix", fix.title, gutter, colors_, &out_);
      }
    }
    for (const diag::Note& note : d.notes) {
      if (!note.span) {
        AppendRemark("note", note.text, gutter, colors_, &out_);
      }
    }
    for (const diag::Note& note : d.notes) {
      if (note.span) AddPlace(note.span, note.text);
    }
    for (const diag::Label& label : d.labels) {
      if (label.span && label.span.file != d.span.file) {
        AddPlace(label.span, label.text);
      }
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  ExcerptStyle StyleFor(Severity severity) const {
    ExcerptStyle style;
    style.primary_on = colors_.severity[static_cast<int>(severity)];
    style.secondary_on = colors_.note;
    style.gutter_on = colors_.gutter;
    style.off = colors_.off;
    return style;
  }

  std::string Excerpt(const Diagnostic& d, int* gutter) const {
    if (!d.span || d.span.file->text().empty()) return "";
    std::vector<Annotation> annotations = {{d.span, true, d.label}};
    for (const diag::Label& label : d.labels) {
      if (label.span.file == d.span.file) {
        annotations.push_back({label.span, false, label.text});
      }
    }
    return RenderExcerpt(annotations, StyleFor(d.severity), gutter);
  }

  void AddPlace(Span span, absl::string_view text) {
    out_ += HeaderLine(span, Severity::kNote, text, "", colors_);
    if (span.file->text().empty()) return;
    ExcerptStyle style = StyleFor(Severity::kNote);
    style.lines_before = 0;
    int gutter = 0;
    out_ += RenderExcerpt({{span, true, ""}}, style, &gutter);
  }

  Colors colors_;
  std::string out_;
};

size_t ShownCount(absl::Span<const Diagnostic> all,
                  const TextOptions& options) {
  if (options.limit <= 0) return all.size();
  return std::min(all.size(), static_cast<size_t>(options.limit));
}

void AppendRest(absl::Span<const Diagnostic> rest, std::string* out) {
  if (rest.empty()) return;
  absl::StrAppend(out, "... ", rest.size(), " more not shown (",
                  CountText(rest), ")\n");
}

}  // namespace

const char* SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "";
}

std::string CountText(absl::Span<const Diagnostic> diagnostics) {
  int counts[3] = {0, 0, 0};
  for (const Diagnostic& d : diagnostics)
    ++counts[static_cast<int>(d.severity)];
  std::string text;
  for (Severity severity :
       {Severity::kError, Severity::kWarning, Severity::kNote}) {
    const int count = counts[static_cast<int>(severity)];
    if (count == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    Counted(count, SeverityName(severity)));
  }
  return text;
}

std::string RenderText(absl::Span<const Diagnostic> diagnostics,
                       const TextOptions& options) {
  TextRenderer renderer(options);
  const size_t shown = ShownCount(diagnostics, options);
  for (const Diagnostic& d : diagnostics.subspan(0, shown)) renderer.Add(d);
  std::string out = renderer.Take();
  AppendRest(diagnostics.subspan(shown), &out);
  return out;
}

std::string RenderShort(absl::Span<const Diagnostic> diagnostics,
                        const TextOptions& options) {
  const Colors colors = ColorsFor(options);
  const size_t shown = ShownCount(diagnostics, options);
  std::string out;
  for (const Diagnostic& d : diagnostics.subspan(0, shown)) {
    const std::string text =
        d.label.empty() ? d.message : absl::StrCat(d.message, ": ", d.label);
    out +=
        HeaderLine(d.span, d.severity, text, d.rule ? d.rule->id : "", colors);
    if (!d.help.empty()) {
      out += HeaderLine(d.span, Severity::kNote, absl::StrCat("help: ", d.help),
                        "", colors);
    }
    for (const diag::Label& label : d.labels) {
      if (label.text.empty()) continue;
      out += HeaderLine(label.span, Severity::kNote, label.text, "", colors);
    }
    for (const diag::Note& note : d.notes) {
      out += HeaderLine(note.span ? note.span : d.span, Severity::kNote,
                        note.text, "", colors);
    }
  }
  AppendRest(diagnostics.subspan(shown), &out);
  return out;
}

}  // namespace ovenbird::report
