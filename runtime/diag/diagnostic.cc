#include "runtime/diag/diagnostic.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace ovenbird::diag {
namespace {

absl::string_view FileName(const Span& span) {
  return span.file ? absl::string_view(span.file->name()) : "";
}

// `before` is sorted and ends at the place of `next` or earlier.
bool IsRepetition(const Diagnostic& next,
                  const std::vector<Diagnostic>& before) {
  for (auto it = before.rbegin(); it != before.rend(); ++it) {
    if (it->span.file != next.span.file || it->span.begin != next.span.begin) {
      return false;
    }
    if (it->rule == next.rule && it->span == next.span &&
        it->message == next.message) {
      return true;
    }
  }
  return false;
}

}  // namespace

Diagnostic& Diagnostic::WithLabel(Span at, std::string text) & {
  labels.push_back({at, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::WithNote(std::string text, Span at) & {
  notes.push_back({std::move(text), at});
  return *this;
}

Diagnostic& Diagnostic::WithFix(Fix fix) & {
  fixes.push_back(std::move(fix));
  return *this;
}

Diagnostic&& Diagnostic::WithLabel(Span at, std::string text) && {
  return std::move(WithLabel(at, std::move(text)));
}

Diagnostic&& Diagnostic::WithNote(std::string text, Span at) && {
  return std::move(WithNote(std::move(text), at));
}

Diagnostic&& Diagnostic::WithFix(Fix fix) && {
  return std::move(WithFix(std::move(fix)));
}

void Collector::Handle(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_;
  if (diagnostic.severity == Severity::kWarning) ++warnings_;
  diagnostics_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Collector::Sorted() const {
  // All values of a flag have its name, but each is a file of its own.
  std::map<const SourceFile*, size_t> arrival;
  for (const Diagnostic& d : diagnostics_) {
    arrival.try_emplace(d.span.file, arrival.size());
  }
  const auto place = [&](const Diagnostic& d) {
    return std::tuple(FileName(d.span), arrival.at(d.span.file), d.span.begin);
  };
  std::vector<Diagnostic> sorted = diagnostics_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) {
                     return place(a) < place(b);
                   });
  std::vector<Diagnostic> unique;
  for (Diagnostic& next : sorted) {
    if (!IsRepetition(next, unique)) unique.push_back(std::move(next));
  }
  return unique;
}

}  // namespace ovenbird::diag
