// Paths and places of what is decoded.
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/config/decode.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"
#include "testdata/codegen/nested.h"

namespace ovenbird::config::decode {
namespace {

TEST(ContextTest, PathsAreWrittenAsTheyAreLookedFor) {
  diag::Collector collector;
  Context context(&collector);
  EXPECT_EQ(context.Path(), "");
  EXPECT_EQ(context.Place(), "the top level");
  const Context::Scope images(&context, "images");
  const Context::Scope image(&context, "a.b");
  const Context::Scope tags(&context, "tags");
  const Context::Scope first(&context, 0);
  EXPECT_EQ(context.Path(), "images[\"a.b\"].tags[0]");
  EXPECT_EQ(context.Place(), "`images[\"a.b\"].tags[0]`");
}

TEST(ContextTest, APartDecodedOnItsOwnHasTheWholePath) {
  const SourceFile file("test.yaml",
                        "images:\n  backend:\n    kaniko: {cashe: true}\n");
  yaml::Arena arena;
  diag::Collector collector;
  const yaml::Node* node = yaml::Parse(file, arena, collector);
  const yaml::Entry* entry = node->Find("images")->FindEntry("backend");
  Context context(&collector);
  const Context::Scope images(&context, "images");
  const Context::Scope image(&context, "backend", entry->key_span());
  testdata::nested::Build build;
  Decode(*entry->value(), context, &build);
  ASSERT_EQ(collector.diagnostics().size(), 1u);
  EXPECT_EQ(collector.diagnostics()[0].config_path, "images.backend.kaniko");
  EXPECT_EQ(collector.diagnostics()[0].message,
            "unknown field `cashe` in `images.backend.kaniko`");
}

TEST(ContextTest, SpansOfFieldsForLaterChecks) {
  const SourceFile file("test.yaml", "a: 1\nb:\nc: [x]\n");
  yaml::Arena arena;
  diag::Collector collector;
  const yaml::Node* node = yaml::Parse(file, arena, collector);
  const auto text = [&](Span span) {
    return absl::string_view(file.text())
        .substr(span.begin, span.end - span.begin);
  };
  EXPECT_EQ(text(SpanOf(node, "a")), "1");
  EXPECT_EQ(text(KeySpanOf(node, "a")), "a");
  EXPECT_EQ(text(SpanOf(node, "b")), "b");
  EXPECT_EQ(text(SpanOf(node, "c")), "[x]");
  EXPECT_EQ(SpanOf(node, "zzz"), node->span());
  EXPECT_FALSE(SpanOf(nullptr, "a"));
  EXPECT_TRUE(IsGiven(node, "a"));
  EXPECT_FALSE(IsGiven(node, "b"));
  EXPECT_FALSE(IsGiven(node, "zzz"));
  EXPECT_FALSE(IsGiven(nullptr, "a"));
}

}  // namespace
}  // namespace ovenbird::config::decode
