#include "runtime/problems/select.h"

#include <map>
#include <utility>

namespace ovenbird::problems {
namespace {

using diag::Diagnostic;
using diag::Severity;

// Applies what the user has set to one problem after the other.
class Selector {
 public:
  Selector(const std::vector<CheckedFile>& files, SelectOptions options)
      : options_(std::move(options)) {
    for (const CheckedFile& one : files) {
      comments_.try_emplace(one.file, *one.file, one.kind);
    }
  }

  // False if it is hidden.
  bool Take(Diagnostic& problem) {
    const auto comments = comments_.find(problem.span.file);
    if (comments != comments_.end() && comments->second.Hide(problem)) {
      return false;
    }
    if (problem.severity == Severity::kError) return true;
    const auto set =
        options_.rules.find(problem.rule == nullptr ? "" : problem.rule->id);
    if (set != options_.rules.end()) {
      if (!set->second) return false;
      problem.severity = *set->second;
    }
    if (problem.severity != Severity::kError &&
        options_.baseline.Take(problem)) {
      return false;
    }
    if (options_.strict && problem.severity == Severity::kWarning) {
      problem.severity = Severity::kError;
    }
    return true;
  }

  void ReportUnused(const CheckedFile& file, diag::Sink& sink) const {
    comments_.at(file.file).ReportUnused(sink);
  }

 private:
  SelectOptions options_;
  std::map<const SourceFile*, Suppressions> comments_;
};

}  // namespace

std::vector<Diagnostic> Select(const std::vector<Diagnostic>& problems,
                               const std::vector<CheckedFile>& files,
                               SelectOptions options) {
  Selector selector(files, std::move(options));
  std::vector<Diagnostic> selected;
  for (Diagnostic problem : problems) {
    if (selector.Take(problem)) selected.push_back(std::move(problem));
  }
  diag::Collector unused;
  for (const CheckedFile& file : files) {
    if (file.complete) selector.ReportUnused(file, unused);
  }
  for (Diagnostic problem : unused.Sorted()) {
    if (selector.Take(problem)) selected.push_back(std::move(problem));
  }
  return selected;
}

bool HasErrors(const std::vector<Diagnostic>& problems) {
  for (const Diagnostic& problem : problems) {
    if (problem.severity == Severity::kError) return true;
  }
  return false;
}

}  // namespace ovenbird::problems
