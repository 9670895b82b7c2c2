#include "runtime/dockerfile/value_check.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What the stage below an instruction knows of its variables.
enum class Base {
  kScratch,  // those of the file are all that exist
  kImage,    // the image may have others
};

// The problems of the last line of `text` as "TEXT: message". The lines before
// it set its variables.
std::vector<std::string> Problems(const std::string& text,
                                  Base base = Base::kScratch,
                                  std::optional<std::string> folder = "/w") {
  const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", text, "\n"));
  diag::Collector of_parser;
  const Dockerfile dockerfile = Parse(file, of_parser);
  const Scope::Values build_args = {{"GIVEN", "given"}};
  const Scope global(&build_args, dockerfile.escape);
  Scope stage =
      base == Base::kScratch ? global.NewEmptyStage() : global.NewStage();
  diag::Collector problems;
  const std::vector<Instruction>& lines = dockerfile.stages[0].instructions;
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    stage.Apply(lines[i], [](const Pair&, const Expanded&) {});
  }
  CheckValues(lines.back(), stage, folder, problems);
  std::vector<std::string> shown;
  for (const diag::Diagnostic& d : problems.diagnostics()) {
    shown.push_back(absl::StrCat(
        file.text().substr(d.span.begin, d.span.end - d.span.begin), ": ",
        d.message));
  }
  return shown;
}

struct Case {
  const char* text;
  std::vector<std::string> problems;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(Problems(c.text), c.problems) << c.text;
}

TEST(ValueCheckTest, Ports) {
  Check({
      {"EXPOSE 80 443/tcp 53/UDP 9/sctp 7/ 8000-8010", {}},
      {"EXPOSE 0 65535", {}},
      {"EXPOSE 65536",
       {"65536: invalid port: `65536` is not a number from 0 to 65535"}},
      {"EXPOSE 80 x 443 -1",
       {"x: invalid port: `x` is not a number from 0 to 65535",
        "-1: invalid port: `` is not a number from 0 to 65535"}},
      {"EXPOSE 80/http",
       {"80/http: invalid port: protocol `http` is not one of `tcp`, `udp`, "
        "`sctp`"}},
      {"EXPOSE 90-80",
       {"90-80: invalid port: the range `90-80` ends before it starts"}},
      // One variable can be several ports; the words are marked together.
      {"ENV P=\"80 8x 9x\"\nEXPOSE $P",
       {"$P: invalid port: `8x` is not a number from 0 to 65535",
        "$P: invalid port: `9x` is not a number from 0 to 65535"}},
      {"EXPOSE ${P:-80}", {}},
      {"ARG GIVEN\nEXPOSE $GIVEN",
       {"$GIVEN: invalid port: `given` is not a number from 0 to 65535"}},
      // Only the executor knows it.
      {"ARG TARGETARCH\nEXPOSE $TARGETARCH", {}},
  });
}

TEST(ValueCheckTest, AVariableThatTheImageMayHaveIsNotJudged) {
  for (const char* line :
       {"EXPOSE $P", "STOPSIGNAL $P", "COPY --chmod=$P a b",
        "COPY --link --chown=$P a b", "ADD --checksum=$P https://h/a b",
        "RUN --mount=type=$P,target=/a x", "VOLUME $P", "USER ${P?}"}) {
    EXPECT_THAT(Problems(line, Base::kImage), IsEmpty()) << line;
  }
  EXPECT_THAT(Problems("EXPOSE $P 99999", Base::kImage),
              ElementsAre(HasSubstr("99999: invalid port")));
  // Without an image it is empty.
  EXPECT_THAT(Problems("VOLUME $P /a"),
              ElementsAre("$P: invalid VOLUME: the path is empty"));
}

TEST(ValueCheckTest, Signals) {
  Check({
      {"STOPSIGNAL SIGTERM", {}},
      {"STOPSIGNAL usr1", {}},
      {"STOPSIGNAL RTMIN+15", {}},
      {"STOPSIGNAL 99", {}},
      {"ENV S=KILL\nSTOPSIGNAL SIG$S", {}},
      {"STOPSIGNAL SIGX", {"SIGX: invalid signal: unknown signal `SIGX`"}},
      {"STOPSIGNAL RTMIN+16",
       {"RTMIN+16: invalid signal: unknown signal `RTMIN+16`"}},
      {"STOPSIGNAL 0", {"0: invalid signal: `0` is not a signal"}},
      {"STOPSIGNAL $S", {"$S: invalid signal: unknown signal ``"}},
  });
}

TEST(ValueCheckTest, ModesAndOwnersOfCopies) {
  Check({
      {"COPY --chmod=0755 --chown=a:b c d", {}},
      {"COPY --chmod=u+x,go= c d", {}},
      {"ADD --chmod=17777 c d",
       {"--chmod=17777: invalid flag `--chmod`: `17777` is above 7777"}},
      {"ENV M=rw\nCOPY --chmod=$M c d",
       {"--chmod=$M: invalid flag `--chmod`: `rw` is neither octal, such as "
        "`755`, nor symbolic, such as `u=rwX,go=rX`"}},
      // Names have no meaning without the files of the stage.
      {"COPY --link --chown=1:root c d", {}},
      {"COPY --link=false --chown=app c d", {}},
      {"COPY --link=FALSE --chown=app c d", {}},
      {"COPY --link --chown=app c d",
       {"--chown=app: invalid flag `--chown`: with `--link`, `app` must be a "
        "number"}},
      {"ENV G=staff\nCOPY --link=true --chown=1:$G c d",
       {"--chown=1:$G: invalid flag `--chown`: with `--link`, `staff` must be "
        "a number"}},
      {"COPY --chown=1: c d", {}},
      {"COPY --chown=:1 c d", {}},
      {"COPY --chown=1:2:3 c d",
       {"--chown=1:2:3: invalid flag `--chown`: the group `2:3` has a `:`"}},
      {"ARG O=a:b:\nADD --chown=$O c d",
       {"--chown=$O: invalid flag `--chown`: the group `b:` has a `:`"}},
  });
}

TEST(ValueCheckTest, PatternsOfSources) {
  Check({
      {"COPY [ab] a[[]0] \\\\[x *.c /d/", {}},
      {"COPY [\"a b\", \"/d\"]", {}},
      // Not JSON, but a pattern that BuildKit takes.
      {"COPY [\"ab\"] /d", {}},
      {"COPY a /[d", {}},
      {"ADD https://[::1/a /d", {}},
      {"COPY <<[E /d\nx\n[E", {}},
      {"COPY [\"a\", '/d']",
       {"[\"a\",: invalid source: pattern `[a,`: `[` is not closed"}},
      {"COPY [\"a\" \"/d\"]",
       {"[\"a\": invalid source: pattern `[a`: `[` is not closed"}},
      {"ADD [a, /d]",
       {"[a,: invalid source: pattern `[a,`: `[` is not closed"}},
      {"COPY [] /d", {"[]: invalid source: pattern `[]`: `[]` is empty"}},
      {"COPY --from=b x [y /d/",
       {"[y: invalid source: pattern `[y`: `[` is not closed"}},
      {"COPY [\"[\", \"/d\"]",
       {"\"[\": invalid source: pattern `[`: `[` is not closed"}},
      {"COPY s[z-a]c /d",
       {"s[z-a]c: invalid source: pattern `s[z-a]c`: a range in `[...]` ends "
        "before it starts"}},
      {"COPY --from=b s[z-a]c /d", {}},
      {"ENV P=a[b\nADD --link $P/* /d",
       {"$P/*: invalid source: pattern `a[b/*`: `[` is not closed"}},
  });
}

TEST(ValueCheckTest, PatternsOfExclude) {
  Check({
      {"COPY --exclude=*.md --exclude=!a --exclude= c d", {}},
      {"COPY --exclude=*.md --exclude=[ c d",
       {"--exclude=[: invalid flag `--exclude`: `[` is not closed"}},
      {"ADD --exclude=! c d",
       {"--exclude=!: invalid flag `--exclude`: nothing follows the `!`"}},
      {"ENV X=[a\nCOPY --from=b --exclude=$X --exclude=[] c d",
       {"--exclude=$X: invalid flag `--exclude`: `[` is not closed",
        "--exclude=[]: invalid flag `--exclude`: `[]` is empty"}},
  });
}

TEST(ValueCheckTest, SourcesThatCopyCannotDownload) {
  Check({
      {"COPY a git@h/x /d", {}},
      {"COPY https://h/a git@h:b c /d",
       {"https://h/a: invalid source: COPY cannot download `https://h/a`",
        "git@h:b: invalid source: COPY cannot download `git@h:b`"}},
      {"ENV U=http://h\nCOPY $U/a /d",
       {"$U/a: invalid source: COPY cannot download `http://h/a`"}},
      // The destination is not downloaded.
      {"COPY a https://h/b", {}},
      {"ADD https://h/a git@h:b /d", {}},
  });
}

TEST(ValueCheckTest, ChecksumsOfAdd) {
  const std::string digest(64, 'a');
  EXPECT_THAT(Problems("ADD --checksum=sha256:" + digest + " https://h/a /d"),
              IsEmpty());
  EXPECT_THAT(Problems("ENV S=" + digest +
                       "\nADD --checksum=sha256:${S} http://h/a.tar /d"),
              IsEmpty());
  Check({
      {"ADD --checksum=sha256:1 https://h/a /d",
       {"--checksum=sha256:1: invalid flag `--checksum`: `sha256:1` is not "
        "`sha256:` and 64 hexadecimal digits in lower case"}},
      // A commit.
      {"ADD --checksum=0a1b2c https://h/a.git /d", {}},
      {"ADD --checksum=x a /d",
       {"--checksum=x: invalid flag `--checksum`: the source is not a URL"}},
      {"ADD --checksum=x https://h/a https://h/b /d",
       {"--checksum=x: invalid flag `--checksum`: it applies to one source, "
        "but there are several"}},
      // Which sources there are is unknown.
      {"ARG TARGETARCH\nADD --checksum=x $TARGETARCH /d", {}},
  });
}

TEST(ValueCheckTest, Mounts) {
  Check({
      {"RUN --mount=type=cache,target=/c,sharing=locked,mode=0755,uid=0 x", {}},
      {"RUN --mount=type=tmpfs,target=/t,size=64m x", {}},
      {"RUN --mount=type=secret,id=a,required x", {}},
      {"RUN --mount=type=wrong,target=/a x",
       {"--mount=type=wrong,target=/a: invalid flag `--mount`: `wrong` is not "
        "one of `bind`, `cache`, `tmpfs`, `secret`, `ssh`"}},
      {"ENV T=secret\nRUN --mount=type=$T x",
       {"--mount=type=$T: invalid flag `--mount`: a secret needs an `id` or a "
        "`target`"}},
      {"RUN --mount=type=cache,target=/ x",
       {"--mount=type=cache,target=/: invalid flag `--mount`: `target` is the "
        "root folder"}},
      // Each mount has its own problem.
      {"RUN --mount=type=ssh,size=1 --mount=tarket=/a x",
       {"--mount=type=ssh,size=1: invalid flag `--mount`: `size` does not "
        "apply to mounts of type `ssh`",
        "--mount=tarket=/a: invalid flag `--mount`: unknown option "
        "`tarket`"}},
  });
  // A key is judged although the value is unknown.
  EXPECT_THAT(Problems("RUN --mount=tarket=$X,target=/a x", Base::kImage),
              ElementsAre(HasSubstr("unknown option `tarket`")));
  EXPECT_THAT(Problems("RUN --mount=type=bad,target=$X x", Base::kImage),
              IsEmpty());
}

// A target is relative to the working directory.
TEST(ValueCheckTest, AMountWithoutATargetInTheRootFolder) {
  for (const char* line :
       {"RUN --mount=type=cache x", "RUN --mount=type=cache,target=. x",
        "RUN --mount=type=cache,target=./ x"}) {
    EXPECT_THAT(Problems(line, Base::kScratch, "/"),
                ElementsAre(HasSubstr("`target` is missing")))
        << line;
    EXPECT_THAT(Problems(line, Base::kScratch, "/w"), IsEmpty()) << line;
    EXPECT_THAT(Problems(line, Base::kScratch, std::nullopt), IsEmpty())
        << line;
  }
}

TEST(ValueCheckTest, TextsThatCannotBeExpanded) {
  Check({
      {"USER ${A", {"${A: syntax error: missing `}`"}},
      {"WORKDIR /${A:?no folder}",
       {"/${A:?no folder}: invalid value: variable `A` has no value: no "
        "folder"}},
      // Names of labels have variables, too.
      {"LABEL a=1 b=${A?x} ${A?y}=2",
       {"b=${A?x}: invalid value: variable `A` has no value: x",
        "${A?y}=2: invalid value: variable `A` has no value: y"}},
      {"COPY --chown=${A?x} a b",
       {"--chown=${A?x}: invalid value: variable `A` has no value: x"}},
  });
}

TEST(ValueCheckTest, HereDocumentsAreExpandedUnlessTheirNameIsQuoted) {
  const std::string bad = "\nx ${A:?why}\nE";
  EXPECT_THAT(Problems("COPY <<E /b" + bad),
              ElementsAre(HasSubstr("invalid value: ")));
  EXPECT_THAT(Problems("COPY <<'E' /b" + bad), IsEmpty());
  EXPECT_THAT(Problems("COPY <<E /b\nit's \"\nE"), IsEmpty());
  // The shell expands it.
  EXPECT_THAT(Problems("RUN <<E" + bad), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::dockerfile
