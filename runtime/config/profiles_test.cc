#include "runtime/config/profiles.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

// {a: [1, ~], b: x}
std::string Dump(const yaml::Node& node) {
  switch (node.kind()) {
    case yaml::Kind::kNull:
      return "~";
    case yaml::Kind::kScalar:
      return std::string(node.scalar());
    case yaml::Kind::kSequence:
      return absl::StrCat(
          "[",
          absl::StrJoin(node.items(), ", ",
                        [](std::string* out, const yaml::Node* item) {
                          absl::StrAppend(out, Dump(*item));
                        }),
          "]");
    case yaml::Kind::kMapping:
      return absl::StrCat(
          "{",
          absl::StrJoin(node.entries(), ", ",
                        [](std::string* out, const yaml::Entry& entry) {
                          absl::StrAppend(out, entry.key(), ": ",
                                          Dump(*entry.value()));
                        }),
          "}");
  }
  return "";
}

std::string Covered(Span span) {
  if (!span.file) return "(nowhere)";
  return absl::StrReplaceAll(
      span.file->text().substr(span.begin, span.end - span.begin),
      {{"\n", "\\n"}});
}

std::string Summarize(const diag::Collector& problems) {
  return absl::StrJoin(
      problems.Sorted(), "\n", [](std::string* out, const diag::Diagnostic& d) {
        absl::StrAppend(out, d.rule->id, " <", Covered(d.span), "> ", d.message,
                        d.label.empty() ? "" : "; ", d.label);
      });
}

struct Applied {
  Applied(const std::string& text, const std::string& profile)
      : file("devspace.yaml", text), flag("--profile", profile) {
    original = yaml::Parse(file, arena, problems);
    root = ApplyProfile(*original, profile,
                        {&flag, 0, static_cast<uint32_t>(profile.size())},
                        arena, problems);
  }

  SourceFile file;
  SourceFile flag;
  yaml::Arena arena;
  diag::Collector problems;
  const yaml::Node* original;
  const yaml::Node* root;
};

struct PatchCase {
  const char* name;
  std::string patches;  // a flow list
  std::string result;   // of `images`; empty: as before
  std::string problems;
};

// What the patches are applied to.
constexpr char kImages[] =
    "images:\n"
    "  a: {image: j/a, tags: [x, y], build: }\n"
    "  b: {image: j/b, list: [{name: n, v: 1}, {name: m, v: 2}]}\n";
constexpr char kBefore[] =
    "{a: {image: j/a, tags: [x, y], build: ~}, "
    "b: {image: j/b, list: [{name: n, v: 1}, {name: m, v: 2}]}}";

std::string With(absl::string_view from, absl::string_view to) {
  return absl::StrReplaceAll(kBefore, {{from, to}});
}

std::vector<PatchCase> PatchCases() {
  return {
      {"replace", "[{op: replace, path: images.a.image, value: j/c}]",
       With("j/a", "j/c"), ""},
      {"pointer", "[{op: replace, path: /images/a/image, value: j/c}]",
       With("j/a", "j/c"), ""},
      {"replace an item", "[{op: replace, path: 'images.a.tags[1]', value: z}]",
       With("[x, y]", "[x, z]"), ""},
      {"replace a null", "[{op: replace, path: images.a.build, value: {c: 1}}]",
       With("~", "{c: 1}"), ""},
      {"replace by null", "[{op: replace, path: images.a.image, value: ~}]",
       With("j/a", "~"), ""},
      {"replace below an item",
       "[{op: replace, path: 'images.b.list[1].v', value: 3}]",
       With("v: 2", "v: 3"), ""},
      {"replace what is not there",
       "[{op: replace, path: images.a.imag, value: j/c}]", "",
       "patch-path-missing <imag> patch path `images.a.imag` does not exist: "
       "no `imag` in `images.a`; did you mean `image`?"},
      {"replace behind the list",
       "[{op: replace, path: 'images.a.tags[2]', value: z}]", "",
       "patch-path-missing <2> patch path `images.a.tags[2]` does not exist: "
       "no `2` in `images.a.tags`; the list has 2 items"},

      {"add a key", "[{op: add, path: images.a.c, value: [1]}]",
       With("build: ~", "build: ~, c: [1]"), ""},
      {"add a key that is there", "[{op: add, path: images.a.image, value: 1}]",
       With("j/a", "1"), ""},
      {"add to a list", "[{op: add, path: images.a.tags, value: z}]",
       With("[x, y]", "[x, y, z]"), ""},
      {"add at the end", "[{op: add, path: /images/a/tags/-, value: z}]",
       With("[x, y]", "[x, y, z]"), ""},
      {"add at the end with dots",
       "[{op: add, path: images.a.tags.-, value: z}]",
       With("[x, y]", "[x, y, z]"), ""},
      {"add before an item", "[{op: add, path: 'images.a.tags[0]', value: z}]",
       With("[x, y]", "[z, x, y]"), ""},
      {"add behind the last", "[{op: add, path: 'images.a.tags[2]', value: z}]",
       With("[x, y]", "[x, y, z]"), ""},
      {"a pointer to a list replaces it",
       "[{op: add, path: /images/a/tags, value: z}]", With("[x, y]", "z"), ""},
      {"add below null", "[{op: add, path: images.a.build.c, value: 1}]",
       With("~", "{c: 1}"), ""},
      {"add far behind the list",
       "[{op: add, path: 'images.a.tags[3]', value: z}]", "",
       "patch-path-missing <3> patch path `images.a.tags[3]` does not exist: "
       "no `3` in `images.a.tags`; the list has 2 items"},
      {"add a name to a list", "[{op: add, path: images.a.tags.c, value: z}]",
       "",
       "patch-path-missing <c> patch path `images.a.tags.c` does not exist: no "
       "`c` in `images.a.tags`; the list has 2 items"},
      {"add below nothing", "[{op: add, path: images.c.d, value: 1}]", "",
       "patch-path-missing <c> patch path `images.c.d` does not exist: no `c` "
       "in `images`"},
      {"add below a text", "[{op: add, path: images.a.image.d, value: 1}]", "",
       "patch-path-missing <d> patch path `images.a.image.d` does not exist: "
       "no `d` in `images.a.image`; it is a string there"},

      {"remove a key", "[{op: remove, path: images.a.tags}]",
       With("tags: [x, y], ", ""), ""},
      {"remove an item", "[{op: remove, path: 'images.a.tags[0]'}]",
       With("[x, y]", "[y]"), ""},
      {"remove what is not there", "[{op: remove, path: hoks}]", "",
       "patch-path-missing <hoks> patch path `hoks` does not exist: no `hoks` "
       "in the top level"},
      {"remove at -", "[{op: remove, path: /images/a/tags/-}]", "",
       "patch-path-missing <-> patch path `/images/a/tags/-` does not exist: "
       "no `-` in `images.a.tags`; the list has 2 items"},

      {"copy", "[{op: copy, from: images.a.tags, path: images.b.tags}]",
       With("v: 2}]", "v: 2}], tags: [x, y]"), ""},
      {"copy over an item",
       "[{op: copy, from: 'images.a.tags[1]', path: 'images.a.tags[0]'}]",
       With("[x, y]", "[y, y]"), ""},
      {"copy to the end",
       "[{op: copy, from: 'images.a.tags[0]', path: 'images.a.tags[2]'}]",
       With("[x, y]", "[x, y, x]"), ""},
      {"copy from nowhere", "[{op: copy, from: images.a.tag, path: images.c}]",
       "",
       "patch-path-missing <tag> patch path `images.a.tag` does not exist: no "
       "`tag` in `images.a`; did you mean `tags`?"},
      {"move", "[{op: move, from: images.a.tags, path: images.b.tags}]",
       "{a: {image: j/a, build: ~}, b: {image: j/b, list: [{name: n, v: 1}, "
       "{name: m, v: 2}], tags: [x, y]}}",
       ""},
      {"move within a list",
       "[{op: move, from: 'images.a.tags[0]', path: 'images.a.tags[1]'}]",
       With("[x, y]", "[y, x]"), ""},
      {"move into itself", "[{op: move, from: images.a, path: images.a.tags}]",
       "",
       "patch-path-missing <a> patch path `images.a.tags` does not exist: no "
       "`a` in `images`"},

      {"test",
       "[{op: test, path: images.b.list, value: [{v: 0x1, name: n}, "
       "{name: m, v: 2}]}]",
       "", ""},
      {"test of null", "[{op: test, path: images.a.build}]", "", ""},
      {"test that fails",
       "[{op: test, path: images.a.image, value: j/x}, "
       "{op: remove, path: images.a.tags}]",
       With("tags: [x, y], ", ""),
       "patch-test-failed <j/x> value at `images.a.image` is `j/a`, but the "
       "patch expects `j/x`"},
      {"test tells strings from numbers",
       "[{op: test, path: 'images.b.list[0].v', value: '1'}]", "",
       "patch-test-failed <'1'> value at `images.b.list[0].v` is `1`, but the "
       "patch expects `1`"},
      {"test of a list", "[{op: test, path: images.a.tags, value: [x]}]", "",
       "patch-test-failed <[x]> value at `images.a.tags` is a list, but the "
       "patch expects a list"},

      {"by a pair", "[{op: replace, path: images.b.list.name=m.v, value: 3}]",
       With("v: 2", "v: 3"), ""},
      {"by a pair in the list's path",
       "[{op: remove, path: /images/b/list/name=n}]",
       With("{name: n, v: 1}, ", ""), ""},
      {"by a pair far below", "[{op: add, path: /image=j~1b/c, value: 1}]",
       With("v: 2}]", "v: 2}], c: 1"), ""},
      {"by a pair that nothing has",
       "[{op: remove, path: images.b.list.name=o}]", "",
       "patch-path-missing <name=o> patch path `images.b.list.name=o` does not "
       "exist: no `name=o` in `images.b.list`; the list has 2 items"},
      {"one after the other",
       "[{op: add, path: images.c, value: {image: j/c}}, "
       "{op: copy, from: images.a.tags, path: images.c.tags}, "
       "{op: remove, path: images.a}, {op: remove, path: images.b}]",
       "{c: {image: j/c, tags: [x, y]}}", ""},

      {"bad path", "[{op: remove, path: images..a}]", "",
       "patch-path-syntax <.> patch path `images..a` is malformed; a step "
       "between two separators is missing"},
      {"no value", "[{op: replace, path: images.a}]", "",
       "patch-incomplete <replace> patch with `op: replace` has no `value`"},
      {"no from", "[{op: move, path: images.a}]", "",
       "patch-incomplete <move> patch with `op: move` has no `from`"},
      {"sections that stay", "[{op: remove, path: profiles}]", "",
       "patch-path-missing <profiles> patch path `profiles` does not exist: no "
       "`profiles` in the top level"},
      {"what decoding reports",
       "[{op: rename, path: images.a}, {path: images.a}, {op: remove}, x]", "",
       ""},
  };
}

TEST(ApplyProfile, Patches) {
  for (const PatchCase& c : PatchCases()) {
    SCOPED_TRACE(c.name);
    const Applied applied(
        absl::StrCat(kImages, "profiles:\n- name: p\n  patches: ", c.patches,
                     "\n"),
        "p");
    EXPECT_EQ(Summarize(applied.problems), c.problems);
    EXPECT_EQ(Dump(*applied.root->Find("images")),
              c.result.empty() ? kBefore : c.result);
    EXPECT_EQ(Dump(*applied.original->Find("images")), kBefore);
  }
}

struct ProfileCase {
  const char* name;
  std::string profiles;
  std::string profile;
  std::string hooks;  // `hooks: [h]` before
  std::string problems;
};

std::vector<ProfileCase> ProfileCases() {
  return {
      {"none", "profiles: [{name: p, replace: {hooks: [x]}}]", "", "[h]", ""},
      {"replace", "profiles: [{name: p, replace: {hooks: [x]}}]", "p", "[x]",
       ""},
      {"replace comes before patches",
       "profiles: [{name: p, patches: [{op: add, path: hooks, value: y}], "
       "replace: {hooks: [x]}}]",
       "p", "[x, y]", ""},
      {"other sections are not replaced",
       "profiles: [{name: p, replace: {vars: [x], hooks: [z]}}]", "p", "[z]",
       ""},
      {"parents first",
       "profiles:\n- {name: p, parent: q, patches: [{op: add, path: hooks, "
       "value: p}]}\n- {name: q, parent: r, patches: [{op: add, path: hooks, "
       "value: q}]}\n- {name: r, replace: {hooks: [r]}}\n",
       "p", "[r, q, p]", ""},
      {"unknown", "profiles: [{name: staging}, {name: production}]", "stagin",
       "[h]",
       "unknown-profile <stagin> unknown profile `stagin`; did you mean "
       "`staging`?"},
      {"unknown parent",
       "profiles: [{name: p, parent: q, replace: {hooks: [x]}}]", "p", "[x]",
       "unknown-profile <q> unknown profile `q`"},
      {"no profiles", "", "p", "[h]",
       "no-profiles <p> unknown profile `p`: the config has no profiles"},
      {"own parent", "profiles: [{name: p, parent: p}]", "p", "[h]",
       "profile-loop <p> profiles are each other's parents: `p` -> `p`"},
      {"loop",
       "profiles: [{name: p, parent: q}, {name: q, parent: r}, {name: r, "
       "parent: q}]",
       "p", "[h]",
       "profile-loop <q> profiles are each other's parents: `p` -> `q` -> `r` "
       "-> `q`"},
      {"malformed profiles", "profiles: [x, {name: [a]}, {name: p}]", "p",
       "[h]", ""},
  };
}

TEST(ApplyProfile, Profiles) {
  for (const ProfileCase& c : ProfileCases()) {
    SCOPED_TRACE(c.name);
    const Applied applied(absl::StrCat("hooks: [h]\n", c.profiles, "\n"),
                          c.profile);
    EXPECT_EQ(Summarize(applied.problems), c.problems);
    EXPECT_EQ(Dump(*applied.root->Find("hooks")), c.hooks);
  }
}

TEST(ApplyProfile, PlacesAndOriginsAreThoseOfTheProfile) {
  const Applied applied(
      "images:\n  a: {image: j/a}\nvars: []\nprofiles:\n- name: p\n"
      "  patches:\n  - {op: add, path: images.a.tags, value: [x]}\n"
      "  - {op: copy, from: images.a.tags, path: images.a.more}\n",
      "p");
  EXPECT_EQ(Summarize(applied.problems), "");
  const yaml::Node* a = applied.root->Find("images")->Find("a");
  const yaml::Node* item = a->Find("tags")->items()[0];
  EXPECT_EQ(Covered(item->span()), "x");
  ASSERT_NE(item->origin(), nullptr);
  EXPECT_EQ(item->origin()->text, "set by profile `p`");
  EXPECT_EQ(Covered(item->origin()->span), "p");
  EXPECT_EQ(Covered(a->FindEntry("tags")->key_span()), "tags");
  EXPECT_GT(a->FindEntry("tags")->key_span().begin,
            a->Find("image")->span().end);
  EXPECT_EQ(a->Find("image")->origin(), nullptr);
  const yaml::Node* copied = a->Find("more")->items()[0];
  EXPECT_EQ(copied->origin()->text, "copied by profile `p`");
  EXPECT_EQ(copied->origin()->next->text, "set by profile `p`");
  // The sections that a profile does not see are there again.
  EXPECT_NE(applied.root->Find("vars"), nullptr);
  EXPECT_NE(applied.root->Find("profiles"), nullptr);
}

}  // namespace
}  // namespace ovenbird::config
