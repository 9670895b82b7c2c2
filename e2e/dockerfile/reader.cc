// Prints what Ovenbird says of each Dockerfile that is named on a line of
// stdin: "ok", or "error: ..." in one line. The counterpart of oracle.go.
#include <iostream>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::dockerfile {
namespace {

std::string Judge(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return "error: " + text.status().ToString();
  const SourceFile file(path, *text);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  const std::optional<int> target = FindTarget(dockerfile, "", {}, problems);
  if (target && !problems.has_errors()) {
    ResolveOptions options;
    options.target = *target;
    Resolve(dockerfile, options, problems);
  }
  for (const diag::Diagnostic& problem : problems.Sorted()) {
    if (problem.severity != diag::Severity::kError) continue;
    const Position at = file.PositionAt(problem.span.begin);
    return "error: " + std::to_string(at.line) + ":" +
           std::to_string(at.column) + " " + problem.rule->id + ": " +
           absl::StrReplaceAll(problem.message, {{"\n", " "}, {"\r", " "}});
  }
  return "ok";
}

}  // namespace
}  // namespace ovenbird::dockerfile

int main() {
  for (std::string path; std::getline(std::cin, path);) {
    std::cout << ovenbird::dockerfile::Judge(path) << "\n";
  }
}
