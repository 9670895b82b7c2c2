#include "runtime/config/variables.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/base/source_file.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

using Environment = std::map<std::string, std::string>;

// The real one reads this machine; a table needs the same answers everywhere.
class FixedSurroundings : public Surroundings {
 public:
  explicit FixedSurroundings(Environment environment)
      : environment_(std::move(environment)) {}
  std::optional<std::string> Variable(absl::string_view name) override {
    const auto found = environment_.find(std::string(name));
    if (found == environment_.end()) return std::nullopt;
    return found->second;
  }
  absl::Time Now() override { return absl::FromUnixSeconds(1586304000); }
  std::string Random() override { return "aB3xY9"; }
  absl::StatusOr<std::string> GitCommit() override {
    if (environment_.count("NO_GIT")) {
      return absl::NotFoundError("the config is not in a Git repository");
    }
    return "0123456789abcdef0123456789abcdef01234567";
  }

 private:
  Environment environment_;
};

// A config, its surroundings, and what FillVariables made of them.
struct Filled {
  Filled(const std::string& text, const std::vector<std::string>& flag_texts,
         const Environment& environment)
      : file("devspace.yaml", text), surroundings(environment) {
    for (const std::string& flag : flag_texts) {
      flag_files.emplace_back("--var", flag);
      ParseVariableFlag(flag_files.back(), &flags, problems);
    }
    original = yaml::Parse(file, arena, problems);
    root = FillVariables(*original, {flags, &surroundings, &passwords}, arena,
                         problems);
  }

  SourceFile file;
  std::deque<SourceFile> flag_files;
  FixedSurroundings surroundings;
  yaml::Arena arena;
  diag::Collector problems;
  std::vector<VariableFlag> flags;
  std::vector<std::string> passwords;
  const yaml::Node* original;
  const yaml::Node* root;
};

std::string Covered(Span span) {
  if (!span.file) return "(nowhere)";
  return span.file->text().substr(span.begin, span.end - span.begin);
}

// "id <what the span covers> message; hint"
std::string Summarize(const diag::Collector& problems) {
  return absl::StrJoin(
      problems.Sorted(), "\n", [](std::string* out, const diag::Diagnostic& d) {
        absl::StrAppend(out, d.rule->id, " <", Covered(d.span), "> ", d.message,
                        d.label.empty() ? "" : "; ", d.label);
      });
}

struct ValueCase {
  const char* name;
  std::string vars;   // the section's items, may be empty
  std::string value;  // of images.a
  std::vector<std::string> flags;
  Environment environment;
  std::string result;
  yaml::Style style;
  std::string origins;
};

std::vector<ValueCase> ValueCases() {
  using yaml::Style;
  return {
      {"none", "", "plain $X {x}", {}, {}, "plain $X {x}", Style::kPlain, ""},
      {"flag",
       "",
       "${X}",
       {"X=v"},
       {},
       "v",
       Style::kQuoted,
       "value of variable `X` from --var <v>"},
      {"blanks around flags go",
       "",
       "${X}",
       {" X = v w "},
       {},
       "v w",
       Style::kQuoted,
       "value of variable `X` from --var <v w>"},
      {"value with =",
       "",
       "${X}",
       {"X=a=b"},
       {},
       "a=b",
       Style::kQuoted,
       "value of variable `X` from --var <a=b>"},
      {"empty value of a flag",
       "",
       "x${X}",
       {"X="},
       {},
       "x",
       Style::kQuoted,
       "value of variable `X` from --var <>"},
      {"last flag counts",
       "",
       "${X}",
       {"X=1a", "X=2a"},
       {},
       "2a",
       Style::kQuoted,
       "value of variable `X` from --var <2a>"},
      {"environment",
       "",
       "${X}",
       {},
       {{"X", "e"}},
       "e",
       Style::kQuoted,
       "value of variable `X` from the environment <(nowhere)>"},
      {"flag before environment",
       "",
       "${X}",
       {"X=flag"},
       {{"X", "e"}},
       "flag",
       Style::kQuoted,
       "value of variable `X` from --var <flag>"},
      {"default",
       "- {name: X, default: d}",
       "${X}",
       {},
       {},
       "d",
       Style::kQuoted,
       "value of variable `X` from its default <d>"},
      {"environment before default",
       "- {name: X, default: d}",
       "${X}",
       {},
       {{"X", "e"}},
       "e",
       Style::kQuoted,
       "value of variable `X` from the environment <(nowhere)>"},
      {"source input leaves the environment out",
       "- {name: X, default: d, source: input}",
       "${X}",
       {},
       {{"X", "e"}},
       "d",
       Style::kQuoted,
       "value of variable `X` from its default <d>"},
      {"source none too",
       "- {name: X, default: d, source: none}",
       "${X}",
       {},
       {{"X", "e"}},
       "d",
       Style::kQuoted,
       "value of variable `X` from its default <d>"},
      {"a flag counts for source none",
       "- {name: X, default: d, source: none}",
       "${X}",
       {"X=flag"},
       {},
       "flag",
       Style::kQuoted,
       "value of variable `X` from --var <flag>"},
      {"source env falls back to the default",
       "- {name: X, default: d, source: env}",
       "${X}",
       {},
       {},
       "d",
       Style::kQuoted,
       "value of variable `X` from its default <d>"},
      {"default as it is written",
       "- {name: X, default: 1.50}",
       "${X}",
       {},
       {},
       "1.50",
       Style::kQuoted,
       "value of variable `X` from its default <1.50>"},
      {"of two definitions the first counts",
       "- {name: X, default: d}\n- {name: X, default: e}",
       "${X}",
       {},
       {},
       "d",
       Style::kQuoted,
       "value of variable `X` from its default <d>"},
      {"variables in defaults",
       "- {name: X, default: 'a${Y}$${Z}'}\n- {name: Y, default: b}",
       "${X}",
       {},
       {},
       "ab${Z}",
       Style::kQuoted,
       "value of variable `X` from its default <'a${Y}$${Z}'>"},
      {"no variables in values of flags",
       "",
       "${X}",
       {"X=${Y}"},
       {},
       "${Y}",
       Style::kQuoted,
       "value of variable `X` from --var <${Y}>"},
      {"several in one text",
       "",
       "a-${X}-${Y}-b",
       {"X=1"},
       {{"Y", "2"}},
       "a-1-2-b",
       Style::kQuoted,
       "value of variable `Y` from the environment <(nowhere)>, "
       "value of variable `X` from --var <1>"},
      {"escaped",
       "",
       "'$${X} ${X}'",
       {"X=v"},
       {},
       "${X} v",
       Style::kQuoted,
       "value of variable `X` from --var <v>"},
      {"escaped only", "", "$${X}", {}, {}, "${X}", Style::kQuoted, ""},
      {"empty name is text", "", "a${}", {}, {}, "a${}", Style::kPlain, ""},
      {"quoted is filled too",
       "",
       "\"${X}\"",
       {"X=v"},
       {},
       "v",
       Style::kQuoted,
       "value of variable `X` from --var <v>"},

      // Predefined.
      {"timestamp",
       "",
       "${DEVSPACE_TIMESTAMP}",
       {},
       {},
       "1586304000",
       Style::kPlain,
       "value of the predefined variable `DEVSPACE_TIMESTAMP` <(nowhere)>"},
      {"random",
       "",
       "${DEVSPACE_RANDOM}",
       {},
       {},
       "aB3xY9",
       Style::kQuoted,
       "value of the predefined variable `DEVSPACE_RANDOM` <(nowhere)>"},
      {"commit, in any case",
       "",
       "${devspace_git_commit}x",
       {},
       {},
       "01234567x",
       Style::kQuoted,
       "value of the predefined variable `devspace_git_commit` <(nowhere)>"},
      {"flag before predefined",
       "",
       "${DEVSPACE_RANDOM}",
       {"DEVSPACE_RANDOM=flag"},
       {},
       "flag",
       Style::kQuoted,
       "value of variable `DEVSPACE_RANDOM` from --var <flag>"},
      {"predefined before environment",
       "",
       "${DEVSPACE_RANDOM}",
       {},
       {{"DEVSPACE_RANDOM", "e"}},
       "aB3xY9",
       Style::kQuoted,
       "value of the predefined variable `DEVSPACE_RANDOM` <(nowhere)>"},
      {"what DevSpace Cloud filled, from the environment",
       "",
       "${DEVSPACE_USERNAME}",
       {},
       {{"DEVSPACE_USERNAME", "john"}},
       "john",
       Style::kQuoted,
       "value of variable `DEVSPACE_USERNAME` from the environment "
       "<(nowhere)>"},

      // Types of the whole.
      {"number",
       "",
       "${X}",
       {"X=12"},
       {},
       "12",
       Style::kPlain,
       "value of variable `X` from --var <12>"},
      {"number of parts",
       "",
       "1${X}",
       {"X=2"},
       {},
       "12",
       Style::kPlain,
       "value of variable `X` from --var <2>"},
      {"negative",
       "",
       "${X}",
       {"X=-3"},
       {},
       "-3",
       Style::kPlain,
       "value of variable `X` from --var <-3>"},
      {"not a Go integer",
       "",
       "${X}",
       {"X=1_000"},
       {},
       "1_000",
       Style::kQuoted,
       "value of variable `X` from --var <1_000>"},
      {"too large",
       "",
       "${X}",
       {"X=9223372036854775808"},
       {},
       "9223372036854775808",
       Style::kQuoted,
       "value of variable `X` from --var <9223372036854775808>"},
      {"fraction is a text",
       "",
       "${X}",
       {"X=1.50"},
       {},
       "1.50",
       Style::kQuoted,
       "value of variable `X` from --var <1.50>"},
      {"true",
       "",
       "${X}",
       {"X=TRUE"},
       {},
       "true",
       Style::kPlain,
       "value of variable `X` from --var <TRUE>"},
      {"false",
       "",
       "${X}",
       {"X=False"},
       {},
       "false",
       Style::kPlain,
       "value of variable `X` from --var <False>"},
      {"yes is a text",
       "",
       "${X}",
       {"X=yes"},
       {},
       "yes",
       Style::kQuoted,
       "value of variable `X` from --var <yes>"},
      {"null is a text",
       "",
       "${X}",
       {"X=null"},
       {},
       "null",
       Style::kQuoted,
       "value of variable `X` from --var <null>"},
  };
}

TEST(FillVariables, Values) {
  for (const ValueCase& c : ValueCases()) {
    SCOPED_TRACE(c.name);
    const Filled filled(
        absl::StrCat(c.vars.empty() ? "" : absl::StrCat("vars:\n", c.vars),
                     "\nimages:\n  a: ", c.value, "\n"),
        c.flags, c.environment);
    EXPECT_EQ(Summarize(filled.problems), "");
    const yaml::Node* node = filled.root->Find("images")->Find("a");
    EXPECT_EQ(node->scalar(), c.result);
    EXPECT_EQ(node->style(), c.style);
    EXPECT_EQ(Covered(node->span()), c.value);
    std::vector<std::string> origins;
    for (const yaml::Origin* o = node->origin(); o; o = o->next) {
      origins.push_back(absl::StrCat(o->text, " <", Covered(o->span), ">"));
    }
    EXPECT_EQ(absl::StrJoin(origins, ", "), c.origins);
  }
}

struct ProblemCase {
  const char* name;
  std::string text;
  std::vector<std::string> flags;
  Environment environment;
  std::string problems;
};

std::vector<ProblemCase> ProblemCases() {
  return {
      {"unset, at each token",
       "images:\n  a: x${X}y${X}\n  b: ${Y}\n",
       {},
       {},
       "variable-unset <${X}> variable `X` has no value\n"
       "variable-unset <${X}> variable `X` has no value\n"
       "variable-unset <${Y}> variable `Y` has no value"},
      {"unset with a near name",
       "vars:\n- name: TAG_NAME\nimages:\n  a: ${TAGNAME}\n",
       {},
       {},
       "variable-unset <${TAGNAME}> variable `TAGNAME` has no value; "
       "did you mean `TAG_NAME`?"},
      {"unset near a predefined one",
       "images:\n  a: ${DEVSPACE_RANDON}\n",
       {},
       {},
       "variable-unset <${DEVSPACE_RANDON}> variable `DEVSPACE_RANDON` has "
       "no value; did you mean `DEVSPACE_RANDOM`?"},
      {"blanks in the braces",
       "vars:\n- {name: X, default: d}\nimages:\n  a: ${ X }\n",
       {},
       {},
       "variable-unset <${ X }> variable ` X ` has no value; "
       "spaces around the name are part of the name"},
      {"declared without a value",
       "vars:\n- name: X\nimages:\n  a: ${X}\n",
       {},
       {},
       "variable-unset <${X}> variable `X` has no value"},
      {"source env",
       "vars:\n- {name: X, source: env}\nimages:\n  a: ${X}\n",
       {},
       {},
       "variable-not-in-environment <${X}> environment variable `X` is not "
       "set"},
      {"source none",
       "vars:\n- {name: X, source: none}\nimages:\n  a: ${X}\n",
       {},
       {{"X", "e"}},
       "variable-without-default <${X}> variable `X` has `source: none` and "
       "no `default`"},
      {"no commit",
       "images:\n  a: ${DEVSPACE_GIT_COMMIT}\n",
       {},
       {{"NO_GIT", "1"}},
       "variable-unavailable <${DEVSPACE_GIT_COMMIT}> predefined variable "
       "`DEVSPACE_GIT_COMMIT` has no value: the config is not in a Git "
       "repository"},
      {"DevSpace Cloud",
       "images:\n  a: x/${DEVSPACE_SPACE_DOMAIN1}\n",
       {},
       {},
       "variable-unavailable <${DEVSPACE_SPACE_DOMAIN1}> predefined variable "
       "`DEVSPACE_SPACE_DOMAIN1` has no value: DevSpace Cloud, which set it, "
       "no longer exists"},
      {"loop",
       "vars:\n- {name: A, default: 'x${B}'}\n- {name: B, default: '${A}'}\n"
       "images:\n  a: ${A}\n  b: ${B}\n",
       {},
       {},
       "variable-loop <${A}> variables refer to each other in a cycle: "
       "`A` -> `B` -> `A`"},
      {"default lacks a variable",
       "vars:\n- {name: A, default: 'x${B}'}\nimages:\n  a: ${A}\n  b: ${A}\n",
       {},
       {},
       "variable-unset <${B}> variable `B` has no value"},
      {"not needed: only in other sections",
       "deployments:\n- name: ${X}\ndev: {a: '${Y}'}\nprofiles:\n- name: "
       "${Z}\nimages: {}\n",
       {"X=1"},
       {},
       ""},
      {"not needed: not used",
       "vars:\n- {name: X, source: env}\nimages: {}\n",
       {},
       {},
       ""},
      {"hooks are filled",
       "hooks:\n- args: ['${X}']\n",
       {},
       {},
       "variable-unset <${X}> variable `X` has no value"},
      {"keys are not filled",
       "images:\n  ${X}: a\n",
       {},
       {},
       "variable-in-key <${X}> variable in the key `${X}` is not filled in"},
      {"no variable in a key", "images:\n  $${X}-$Y-${: a\n", {}, {}, ""},
      {"flag without =",
       "images: {}\n",
       {"X"},
       {},
       "bad-variable-flag <X> value `X` of --var has no `=`"},
      {"flag without a name",
       "images: {}\n",
       {" =x"},
       {},
       "bad-variable-flag < =x> value ` =x` of --var has no name"},
      {"flag that is not used",
       "images:\n  a: ${TAG}\n",
       {"TAG=1a", "TAAG=2"},
       {},
       "unused-variable-flag <TAAG=2> variable `TAAG` of --var is not used "
       "in the config; did you mean `TAG`?"},
      {"pattern",
       "vars:\n- {name: X, validationPattern: ^v, validationMessage: 'a v'}\n"
       "images:\n  a: ${X}\n  b: ${X}\n",
       {"X=1a"},
       {},
       "variable-pattern <${X}> value `1a` of variable `X` does not match "
       "`^v`"},
      {"pattern of a secret",
       "vars:\n- {name: X, validationPattern: ^v, password: true}\n"
       "images:\n  a: ${X}\n",
       {"X=1a"},
       {},
       "variable-pattern <${X}> value `***` of variable `X` does not match "
       "`^v`"},
      {"pattern that fits",
       "vars:\n- {name: X, validationPattern: '[0-9]a$'}\nimages:\n  a: ${X}\n",
       {"X=11a"},
       {},
       ""},
      {"pattern that is none",
       "vars:\n- {name: X, validationPattern: (v}\nimages:\n  a: ${X}\n",
       {"X=1a"},
       {},
       "bad-pattern <(v> value `(v` of `validationPattern` is not a regular "
       "expression: missing ): (v"},
      {"options",
       "vars:\n- {name: X, options: [dev, production]}\nimages:\n  a: ${X}\n",
       {"X=prod"},
       {},
       "variable-not-an-option <${X}> value `prod` of variable `X` is not one "
       "of its options"},
      {"option",
       "vars:\n- {name: X, options: [dev, production]}\nimages:\n  a: ${X}\n",
       {"X=dev"},
       {},
       ""},
      {"unclosed",
       "images:\n  a: \"x ${Y\"\n",
       {},
       {},
       "unclosed-variable <${Y> variable without closing brace in `x ${Y`; "
       "no closing brace"},
      {"rewritten number",
       "images:\n  a: ${X}\n",
       {"X=007"},
       {},
       "variable-rewritten <${X}> `007`, with its variables filled in, is read "
       "as a number and becomes `7`"},
      {"rewritten word",
       "images:\n  a: ${X}\n",
       {"X=t"},
       {},
       "variable-rewritten <${X}> `t`, with its variables filled in, is read "
       "as a boolean and becomes `true`"},
      {"a password as a build argument",
       "vars:\n- {name: P, password: true}\n- {name: U, default: 'u:${P}'}\n"
       "images:\n  a: {buildArgs: {A: '${P}', B: '${O}', C: 'x${U}'},\n"
       "      labels: {A: '${P}'}, args: ['${P}', '--build-arg=A=${P}',\n"
       "      --build-arg, 'A=${P}', '${P}', '$!{P}']}\n",
       {"P=p", "O=o"},
       {},
       "password-in-build-arg <${P}> a build argument does not hide the "
       "password `P`; it is in the build pod, and in the image's history if "
       "Docker builds it\n"
       "password-in-build-arg <${U}> a build argument does not hide the "
       "password `U`; it is in the build pod, and in the image's history if "
       "Docker builds it\n"
       "password-in-build-arg <${P}> a build argument does not hide the "
       "password `P`; it is in the build pod, and in the image's history if "
       "Docker builds it\n"
       "password-in-build-arg <${P}> a build argument does not hide the "
       "password `P`; it is in the build pod, and in the image's history if "
       "Docker builds it"},
      {"malformed definitions are left to others",
       "vars:\n- x\n- name: [a]\n- {default: 1}\nimages: {}\n",
       {},
       {},
       ""},
      {"not a mapping", "- ${X}\n", {}, {}, ""},
  };
}

TEST(FillVariables, Problems) {
  for (const ProblemCase& c : ProblemCases()) {
    SCOPED_TRACE(c.name);
    const Filled filled(c.text, c.flags, c.environment);
    EXPECT_EQ(Summarize(filled.problems), c.problems);
  }
}

TEST(FillVariables, SharesWhatHasNone) {
  const Filled filled("images:\n  a: {b: [x, y]}\n  c: {d: ['${X}', z]}\n",
                      {"X=1"}, {});
  const yaml::Node* images = filled.root->Find("images");
  const yaml::Node* before = filled.original->Find("images");
  EXPECT_EQ(images->Find("a"), before->Find("a"));
  EXPECT_NE(images->Find("c"), before->Find("c"));
  EXPECT_EQ(images->Find("c")->Find("d")->items()[1],
            before->Find("c")->Find("d")->items()[1]);
  EXPECT_EQ(before->Find("c")->Find("d")->items()[0]->scalar(), "${X}");
}

TEST(FillVariables, MarksWhatLacksAValue) {
  const Filled filled("images:\n  a: x${X}\n  b: y\n", {}, {});
  EXPECT_TRUE(filled.root->Find("images")->Find("a")->is_unknown());
  EXPECT_FALSE(filled.root->Find("images")->Find("b")->is_unknown());
}

TEST(VariablesTest, ReturnsThePasswordsThatAreUsed) {
  const Filled filled(
      "vars:\n"
      "- {name: A, password: true}\n"
      "- {name: B, password: true, default: 'b${C}'}\n"
      "- {name: C}\n"
      "- {name: UNUSED, password: true, default: u}\n"
      "images: {app: {image: 'x${A}${B}${A}'}}\n",
      {"A=from-a-flag"}, {{"C", "from-env"}});
  EXPECT_EQ(filled.passwords,
            (std::vector<std::string>{"from-a-flag", "bfrom-env"}));
}

}  // namespace
}  // namespace ovenbird::config
