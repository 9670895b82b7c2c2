#include "runtime/kube/kaniko_args.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::kube {
namespace {

constexpr KanikoVersion kDefault = {0, 17, 1};
constexpr KanikoVersion kLast = {1, 24, 0};

// "0 kaniko-unknown-flag: kaniko has no flag `--x`|label|help": the item, id,
// message and what comes with it.
std::vector<std::string> Found(const std::string& yaml,
                               const std::optional<KanikoVersion>& version) {
  SourceFile file("devspace.yaml", yaml);
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* args = yaml::Parse(file, arena, sink);
  EXPECT_NE(args, nullptr);
  CheckKanikoArgs(*args, version, "args", sink);
  std::vector<std::string> out;
  for (const diag::Diagnostic& one : sink.diagnostics()) {
    // The place is that of the item that the path names.
    const size_t item = one.config_path[5] - '0';
    EXPECT_EQ(one.span, args->items()[item]->span()) << one.message;
    out.push_back(absl::StrCat(item, " ", one.rule->id, ": ", one.message, "|",
                               one.label, "|", one.help));
  }
  return out;
}

using Strings = std::vector<std::string>;

TEST(CheckKanikoArgs, GoodOnes) {
  for (const char* args :
       {"[]", "[--cache-dir=/tmp, --verbosity=debug]",
        "[--cache-dir, /tmp, -v, debug, -vdebug, -v=debug]",
        "[--reproducible, --cleanup=false, --single-snapshot=T]",
        "[--build-arg, A=b, --build-arg=C]", "[--cache-ttl=6h30m]",
        "[--insecure-registry=reg:5000, --whitelist-var-run=false]",
        "[--snapshotMode=full, --target=x, --cache=false, --cache-repo=r]",
        // A value may look like a flag.
        "[--cache-repo, --strange]"}) {
    EXPECT_EQ(Found(args, kDefault), Strings()) << args;
  }
  EXPECT_EQ(Found("[--log-format=json, --push-retry=3, --label=a=b, "
                  "--snapshot-mode=redo, --registry-certificate=a=/b]",
                  kLast),
            Strings());
}

TEST(CheckKanikoArgs, UnknownFlags) {
  EXPECT_EQ(
      Found("[--verbose=debug, --cache_dir, /x, --nothing-like-it]", kDefault),
      (Strings{"0 kaniko-unknown-flag: kaniko has no flag `--verbose`|"
               "|run `ovenbird explain kaniko-flags` to list the flags of this "
               "executor",
               "1 kaniko-unknown-flag: kaniko has no flag `--cache_dir`|"
               "did you mean `--cache-dir`?|run `ovenbird explain "
               "kaniko-flags` to list the flags of this executor",
               "3 kaniko-unknown-flag: kaniko has no flag "
               "`--nothing-like-it`||run `ovenbird explain kaniko-flags` to "
               "list the flags of this executor"}));
  EXPECT_EQ(
      Found("[-z, -cache-dir=/x]", kDefault),
      (Strings{
          "0 kaniko-unknown-flag: kaniko has no flag `-z`||run `ovenbird "
          "explain kaniko-flags` to list the flags of this executor",
          "1 kaniko-unknown-flag: kaniko has no flag `-cache-dir`|did you mean "
          "`--cache-dir`?|run `ovenbird explain kaniko-flags` to list the "
          "flags of this executor"}));
  // Only names of this version are proposed.
  EXPECT_EQ(
      Found("[--log-formt=json]", kDefault)[0],
      "0 kaniko-unknown-flag: kaniko has no flag `--log-formt`||run `ovenbird "
      "explain kaniko-flags` to list the flags of this executor");
  EXPECT_EQ(Found("[--log-formt=json]", std::nullopt)[0],
            "0 kaniko-unknown-flag: kaniko has no flag `--log-formt`|did you "
            "mean `--log-format`?|run `ovenbird explain kaniko-flags` to list "
            "the flags of this executor");
}

TEST(CheckKanikoArgs, FlagsOfOtherVersions) {
  EXPECT_EQ(
      Found("[--log-format=json, --snapshot-mode, full, "
            "--insecure-skip-tls-verify]",
            kDefault),
      (Strings{
          "0 kaniko-flag-version: kaniko v0.17.1 has no flag "
          "`--log-format`|since v0.18.0|set `image` to a later version, or "
          "remove it",
          "1 kaniko-flag-version: kaniko v0.17.1 has no flag "
          "`--snapshot-mode`|since v1.9.1|this version calls it "
          "`--snapshotMode`",
          "3 kaniko-flag-version: kaniko v0.17.1 has no flag "
          "`--insecure-skip-tls-verify`|removed in v0.4.0|this version calls "
          "it `--skip-tls-verify`"}));
  EXPECT_EQ(Found("[--secret=id=x]", kLast),
            (Strings{"0 kaniko-flag-version: kaniko v1.24.0 has no flag "
                     "`--secret`|since v1.28.0|set `image` to a later version, "
                     "or remove it"}));
  // Not known for certain: no message.
  EXPECT_EQ(Found("[--secret=id=x]", KanikoVersion{1, 26, 0}), Strings());
  EXPECT_EQ(Found("[--secret=id=x, --log-format=json]", std::nullopt),
            Strings());
}

TEST(CheckKanikoArgs, Values) {
  EXPECT_EQ(
      Found("[--push-retry=many, --cache-ttl=5, --registry-map, a, "
            "--reproducible=maybe, -v, debgu, --snapshotMode=redo]",
            KanikoVersion{1, 21, 0}),
      (Strings{"0 kaniko-flag-value: value `many` of flag `--push-retry` is "
               "not an integer||write for instance `--push-retry=3`",
               "1 kaniko-flag-value: value `5` of flag `--cache-ttl` is not a "
               "duration such as `6h`||write for instance `--cache-ttl=6h`",
               "3 kaniko-flag-value: value `a` of flag `--registry-map` is not "
               "of the form `NAME=VALUE`||write for instance "
               "`--registry-map=NAME=VALUE`",
               "4 kaniko-flag-value: value `maybe` of flag `--reproducible` is "
               "not a boolean||write for instance `--reproducible=true`",
               "6 kaniko-flag-value: value `debgu` of flag `-v` is not one "
               "that kaniko knows|did you mean `debug`?|use one of `trace`, "
               "`debug`, `info`, `warn`, `error`, `fatal`, `panic`"}));
  EXPECT_EQ(
      Found("[--snapshotMode=redo, -vtrace]", kDefault),
      (Strings{"0 kaniko-flag-value: value `redo` of flag "
               "`--snapshotMode` is not one that kaniko knows||use one of "
               "`full`, `time`",
               "1 kaniko-flag-value: value `trace` of flag `-v` is not "
               "one that kaniko knows||use one of `debug`, `info`, `warn`, "
               "`error`, `fatal`, `panic`"}));
}

TEST(CheckKanikoArgs, CacheRepository) {
  for (const char* good :
       {"r.io/c", "r.io:5000/a/c", "localhost:5000/c", "oci:/layers", "c"}) {
    EXPECT_EQ(Found(absl::StrCat("['--cache-repo=", good, "']"), kLast),
              Strings())
        << good;
  }
  EXPECT_EQ(
      Found("['--cache-repo=r.io/c:v1', --cache-repo, 'r.io/c@sha256:0', "
            "'--cache-repo=https://r.io/c']",
            kDefault),
      (Strings{"0 kaniko-flag-value: value `r.io/c:v1` of flag `--cache-repo` "
               "is not the name of a repository||remove the tag: kaniko "
               "creates a tag for each layer",
               "2 kaniko-flag-value: value `r.io/c@sha256:0` of flag "
               "`--cache-repo` is not the name of a repository||remove the "
               "digest: kaniko creates a tag for each layer",
               "3 kaniko-flag-value: value `https://r.io/c` of flag "
               "`--cache-repo` is not the name of a repository||remove "
               "`https://`"}));
}

TEST(CheckKanikoArgs, FlagAndValueAsOneItem) {
  EXPECT_EQ(
      Found("['--verbosity debug', '--cleanup  false', \"-v\\tdebug\"]",
            kDefault),
      (Strings{"0 kaniko-flag-needs-equals: flag `--verbosity` takes its value "
               "after `=`||write `--verbosity=debug` as one item",
               "1 kaniko-flag-needs-equals: flag `--cleanup` takes its value "
               "after `=`||write `--cleanup=false` as one item",
               "2 kaniko-flag-needs-equals: flag `-v` takes its value after "
               "`=`||write `-v=debug` as one item"}));
  // What this version lacks is not worth a better spelling.
  EXPECT_EQ(Found("['--log-format json']", kDefault),
            (Strings{"0 kaniko-flag-version: kaniko v0.17.1 has no flag "
                     "`--log-format`|since v0.18.0|set `image` to a later "
                     "version, or remove it"}));
}

TEST(CheckKanikoArgs, Words) {
  EXPECT_EQ(
      Found("[--reproducible, \"true\", stray, --, more, --cleanup]", kDefault),
      (Strings{"1 kaniko-flag-needs-equals: flag `--reproducible` takes its "
               "value after `=`||write `--reproducible=true` as one item",
               "2 kaniko-stray-word: kaniko accepts only flags, found "
               "`stray`||write a flag and its value as one item "
               "(`--flag=value`) or as two (`--flag`, `value`)",
               "4 kaniko-stray-word: kaniko accepts only flags, found "
               "`more`||write a flag and its value as one item "
               "(`--flag=value`) or as two (`--flag`, `value`)",
               "5 kaniko-stray-word: kaniko accepts only flags, found "
               "`--cleanup`||write a flag and its value as one item "
               "(`--flag=value`) or as two (`--flag`, `value`)"}));
  EXPECT_EQ(Found("[--cache-dir]", kDefault),
            (Strings{"0 kaniko-flag-without-value: flag `--cache-dir` has no "
                     "value||write `--cache-dir=VALUE`"}));
  EXPECT_EQ(Found("[\"\", -]", kDefault).size(), 2u);
}

TEST(CheckKanikoArgs, OwnFlags) {
  const std::vector<std::string> found =
      Found("[--destination=a/b, -d, c/d, --context=/x, --no-push]", kDefault);
  EXPECT_EQ(found,
            (Strings{"0 kaniko-flag-conflict: flag `--destination` is already "
                     "set by Ovenbird||set `image` and `tags`, or --tag",
                     "1 kaniko-flag-conflict: flag `-d` is already set by "
                     "Ovenbird||set `image` and `tags`, or --tag",
                     "3 kaniko-flag-conflict: flag `--context` is already set "
                     "by Ovenbird||set `context` of the image; the "
                     "files are sent to the pod",
                     "4 kaniko-flag-conflict: flag `--no-push` is already set "
                     "by Ovenbird||use --skip-push or --output"}));
}

TEST(CheckKanikoArgs, PassesOverWhatIsNoText) {
  EXPECT_EQ(Found("[[a], {b: c}, null, --cache-dir, [x]]", kDefault),
            Strings());
  EXPECT_EQ(Found("text", kDefault), Strings());
}

TEST(CheckSnapshotMode, RedoIsNewer) {
  SourceFile file("devspace.yaml", "redo");
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* node = yaml::Parse(file, arena, sink);
  ASSERT_NE(node, nullptr);
  CheckSnapshotMode("time", *node, kDefault, "mode", sink);
  CheckSnapshotMode("full", *node, kDefault, "mode", sink);
  CheckSnapshotMode("redo", *node, kLast, "mode", sink);
  CheckSnapshotMode("redo", *node, std::nullopt, "mode", sink);
  EXPECT_TRUE(sink.diagnostics().empty());
  CheckSnapshotMode("redo", *node, kDefault, "mode", sink);
  ASSERT_EQ(sink.diagnostics().size(), 1u);
  EXPECT_EQ(sink.diagnostics()[0].message,
            "kaniko v0.17.1 has no snapshot mode `redo`");
  EXPECT_EQ(sink.diagnostics()[0].label, "since v0.24.0");
}

}  // namespace
}  // namespace ovenbird::kube
