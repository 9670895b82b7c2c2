#include "runtime/diag/diagnostic.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/base/source_file.h"

namespace ovenbird::diag {
namespace {

constexpr Rule kRule = {"some-rule", Severity::kError, "", "", ""};
constexpr Rule kOther = {"other-rule", Severity::kWarning, "", "", ""};

Diagnostic Make(const Rule& rule, Span span, std::string message) {
  Diagnostic d;
  d.rule = &rule;
  d.severity = rule.severity;
  d.span = span;
  d.message = std::move(message);
  return d;
}

TEST(Collector, SortsByFilePlaceAndArrival) {
  const SourceFile a("a.yaml", "0123456789"), b("b.yaml", "0123456789");
  Collector collector;
  collector.Handle(Make(kRule, {&b, 1, 2}, "b1"));
  collector.Handle(Make(kRule, {&a, 5, 6}, "a5 first"));
  collector.Handle(Make(kOther, {&a, 5, 9}, "a5 second"));
  collector.Handle(Make(kRule, {&a, 2, 3}, "a2"));
  collector.Handle(Make(kOther, {}, "no place"));
  std::vector<std::string> messages;
  for (const Diagnostic& d : collector.Sorted()) messages.push_back(d.message);
  EXPECT_EQ(messages, (std::vector<std::string>{"no place", "a2", "a5 first",
                                                "a5 second", "b1"}));
  EXPECT_EQ(collector.errors(), 3);
  EXPECT_EQ(collector.warnings(), 2);
  EXPECT_TRUE(collector.has_errors());
}

// All values of a flag have its name.
TEST(Collector, KeepsFilesOfOneNameApart) {
  const SourceFile one("--var", "0123456789"), two("--var", "0123456789");
  Collector collector;
  for (const auto& [file, at] :
       {std::pair(&two, 5u), std::pair(&one, 1u), std::pair(&two, 1u),
        std::pair(&one, 5u), std::pair(&two, 3u), std::pair(&one, 3u)}) {
    collector.Handle(Make(kRule, {file, at, at + 1}, "m"));
    collector.Handle(Make(kRule, {file, at, at + 1}, "m"));
  }
  std::string places;
  for (const Diagnostic& d : collector.Sorted()) {
    places += d.span.file == &two ? " two:" : " one:";
    places += std::to_string(d.span.begin);
  }
  EXPECT_EQ(places, " two:1 two:3 two:5 one:1 one:3 one:5");
}

TEST(Collector, DropsRepetitionsOnly) {
  const SourceFile file("a.yaml", "0123456789");
  Collector collector;
  collector.Handle(Make(kRule, {&file, 1, 2}, "m"));
  collector.Handle(Make(kOther, {&file, 1, 2}, "m"));  // other rule
  collector.Handle(Make(kRule, {&file, 1, 2}, "m"));   // the repetition
  collector.Handle(Make(kRule, {&file, 1, 3}, "m"));   // other end
  collector.Handle(Make(kRule, {&file, 1, 2}, "other"));
  collector.Handle(Make(kRule, {&file, 4, 5}, "m"));
  EXPECT_EQ(collector.diagnostics().size(), 6u);
  EXPECT_EQ(collector.Sorted().size(), 5u);
}

TEST(Collector, WarningsAreNoErrors) {
  Collector collector;
  collector.Handle(Make(kOther, {}, "w"));
  EXPECT_FALSE(collector.has_errors());
}

TEST(Diagnostic, Building) {
  const SourceFile file("a.yaml", "0123456789");
  const Diagnostic d = Make(kRule, {&file, 1, 2}, "m")
                           .WithLabel({&file, 3, 4}, "label")
                           .WithNote("note", {&file, 5, 6})
                           .WithFix({"fix", {{{&file, 1, 2}, "x"}}, true});
  ASSERT_EQ(d.labels.size(), 1u);
  EXPECT_EQ(d.labels[0].text, "label");
  ASSERT_EQ(d.notes.size(), 1u);
  EXPECT_EQ(d.notes[0].span.begin, 5u);
  ASSERT_EQ(d.fixes.size(), 1u);
  EXPECT_TRUE(d.fixes[0].safe);
}

}  // namespace
}  // namespace ovenbird::diag
