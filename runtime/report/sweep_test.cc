// Every span of a nasty file, in every way of printing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/base/utf8.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/github.h"
#include "runtime/report/gitlab.h"
#include "runtime/report/json_lines.h"
#include "runtime/report/junit.h"
#include "runtime/report/sarif.h"
#include "runtime/report/text.h"

namespace ovenbird::report {
namespace {

std::string NastyText() {
  return std::string("\xEF\xBB\xBF") + "\r\n\n\ta: \xC3\xA9\r\n" +
         "\xE6\x97\xA5\xCC\x81\xF0\x9F\x98\x80\xFF\xC3(\n" +
         std::string("x\0y\x1B[1m\x7F\n", 9) + std::string(200, 'z') +
         "\xE6\x97\xA5" + std::string(200, 'w') + "\r\r\n\xE2\x80\xAE";
}

// Only what moves no cursor and is UTF-8.
void ExpectPrintable(absl::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = DecodeUtf8(text);
    ASSERT_TRUE(c.valid);
    ASSERT_TRUE(c.code_point == '\n' || c.code_point >= 0x20);
    ASSERT_NE(c.code_point, 0x7Fu);
    ASSERT_NE(c.code_point, 0x202Eu);
    text.remove_prefix(c.size);
  }
}

void ExpectNoLongLines(const std::string& text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ASSERT_LT(line.size(), 400u) << line;
  }
}

std::vector<diag::Diagnostic> MakeDiagnostics(const SourceFile& file,
                                              uint32_t begin, uint32_t end) {
  const Span span = {&file, begin, end};
  const auto size = static_cast<uint32_t>(file.text().size());
  diag::Diagnostic d = diag::UnknownValue(
      span, "field", std::string(file.text().substr(0, 60)), "hint", "values");
  d.WithLabel({&file, size - begin / 2, size}, "label")
      .WithNote("note", span)
      .WithFix({"fix", {{span, "x"}}, false});
  return {d};
}

TEST(Sweep, EverySpan) {
  const SourceFile file("nasty\x1B.yaml", NastyText());
  const auto size = static_cast<uint32_t>(file.text().size());
  for (uint32_t begin = 0; begin <= size + 2; ++begin) {
    // The whole square is slow; these lengths meet every kind of end.
    for (const uint32_t length : {0u, 1u, 2u, 3u, 7u, 100u, 1000u}) {
      SCOPED_TRACE(begin);
      const auto diagnostics = MakeDiagnostics(file, begin, begin + length);
      const std::string text = RenderText(diagnostics);
      ASSERT_NO_FATAL_FAILURE(ExpectPrintable(text));
      ASSERT_NO_FATAL_FAILURE(ExpectNoLongLines(text));
      ASSERT_NO_FATAL_FAILURE(ExpectPrintable(RenderShort(diagnostics)));
      ASSERT_TRUE(json::Parse(RenderJsonLines(diagnostics)).ok());
      ASSERT_TRUE(json::Parse(RenderSarif(diagnostics)).ok());
      ASSERT_FALSE(RenderGithub(diagnostics).empty());
      ASSERT_TRUE(json::Parse(RenderGitlab(diagnostics)).ok());
      ASSERT_NO_FATAL_FAILURE(ExpectPrintable(RenderJunit(diagnostics, {})));
    }
  }
}

TEST(Sweep, EndsBeforeBegins) {
  const SourceFile file("f.yaml", "a: 1\nb: 2\n");
  for (uint32_t begin = 0; begin < 12; ++begin) {
    for (uint32_t end = 0; end < begin; ++end) {
      EXPECT_FALSE(RenderText(MakeDiagnostics(file, begin, end)).empty());
    }
  }
}

}  // namespace
}  // namespace ovenbird::report
