#include "runtime/report/junit.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/report/command_text.h"
#include "runtime/report/region.h"
#include "runtime/report/text.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {
namespace {

// XML 1.0 has no way to write most control characters: they are made visible.
std::string Escape(absl::string_view text) {
  std::string out;
  for (const char c : VisibleLines(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// The test cases of one file.
struct Suite {
  int tests = 0;
  int failures = 0;
  std::string cases;
};

void Add(const diag::Diagnostic& d, const std::string& file, Suite& suite) {
  const std::string id = d.rule == nullptr ? "" : d.rule->id;
  const std::string place =
      HasRegion(d.span) ? absl::StrCat(":", RegionOf(d.span).start.line) : "";
  const std::string text = RenderText(absl::MakeConstSpan(&d, 1));
  ++suite.tests;
  absl::StrAppend(&suite.cases, "    <testcase classname=\"", Escape(file),
                  "\" name=\"", Escape(absl::StrCat(id, place)), "\">\n");
  if (d.severity == diag::Severity::kError) {
    ++suite.failures;
    absl::StrAppend(&suite.cases, "      <failure type=\"", Escape(id),
                    "\" message=\"", Escape(d.message), "\">", Escape(text),
                    "</failure>\n");
  } else {
    absl::StrAppend(&suite.cases, "      <system-out>", Escape(text),
                    "</system-out>\n");
  }
  suite.cases += "    </testcase>\n";
}

std::string FileOf(const diag::Diagnostic& d, const Root& root) {
  return IsInFile(d.span) ? FromTop(d.span.file->name(), root) : "ovenbird";
}

}  // namespace

std::string RenderJunit(absl::Span<const diag::Diagnostic> diagnostics,
                        const std::vector<std::string>& files,
                        const Root& root) {
  std::map<std::string, Suite> suites;
  for (const std::string& file : files) suites[FromTop(file, root)];
  for (const diag::Diagnostic& d : diagnostics) {
    const std::string file = FileOf(d, root);
    Add(d, file, suites[file]);
  }
  int tests = 0;
  int failures = 0;
  std::string body;
  for (auto& [file, suite] : suites) {
    if (suite.tests == 0) {
      suite.tests = 1;
      absl::StrAppend(&suite.cases, "    <testcase classname=\"", Escape(file),
                      "\" name=\"valid\"/>\n");
    }
    tests += suite.tests;
    failures += suite.failures;
    absl::StrAppend(&body, "  <testsuite name=\"", Escape(file), "\" tests=\"",
                    suite.tests, "\" failures=\"", suite.failures, "\">\n",
                    suite.cases, "  </testsuite>\n");
  }
  return XmlWithoutCommands(absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
      "<testsuites name=\"ovenbird\" tests=\"", tests, "\" failures=\"",
      failures, "\">\n", body, "</testsuites>\n"));
}

}  // namespace ovenbird::report
