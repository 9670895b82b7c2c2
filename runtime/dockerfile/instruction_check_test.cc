#include "runtime/dockerfile/instruction_check.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is wrong with one instruction: "TEXT: message (help)". Notes, which
// fail nothing, start with "note: ".
std::vector<std::string> Problems(const std::string& line) {
  const SourceFile file("Dockerfile", absl::StrCat("FROM a\n", line, "\n"));
  diag::Collector of_parser;
  const Dockerfile dockerfile = Parse(file, of_parser);
  std::vector<std::string> shown;
  const std::vector<Instruction>& found = dockerfile.stages[0].instructions;
  if (found.size() != 1) {
    ADD_FAILURE() << "not one instruction: " << line;
    return shown;
  }
  diag::Collector problems;
  CheckInstruction(found[0], problems);
  for (const diag::Diagnostic& d : problems.diagnostics()) {
    const bool note = d.severity == diag::Severity::kNote;
    shown.push_back(absl::StrCat(
        note ? "note: " : "",
        file.text().substr(d.span.begin, d.span.end - d.span.begin), ": ",
        d.message, " (", d.help, ")"));
  }
  return shown;
}

// A line, and the problems that it has.
struct Case {
  const char* line;
  std::vector<std::string> problems;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(Problems(c.line), c.problems) << c.line;
}

constexpr char kReference[] =
    " (see the Dockerfile reference for the forms of each instruction: "
    "https://docs.docker.com/reference/dockerfile/)";

TEST(InstructionCheckTest, TheSmallestCorrectFormOfEachInstruction) {
  for (const char* line : {"ADD a b",
                           "ADD [\"a\", \"b\"]",
                           "ARG A",
                           "CMD",
                           "CMD x",
                           "COPY a b",
                           "ENTRYPOINT",
                           "ENV A=",
                           "ENV A b",
                           "EXPOSE 80",
                           "HEALTHCHECK NONE",
                           "HEALTHCHECK CMD x",
                           "LABEL a=b",
                           "MAINTAINER x",
                           "ONBUILD RUN x",
                           "RUN",
                           "RUN x",
                           "SHELL [\"sh\"]",
                           "STOPSIGNAL 9",
                           "USER a",
                           "VOLUME /a",
                           "VOLUME [\"/a\"]",
                           "WORKDIR /"}) {
    EXPECT_THAT(Problems(line), IsEmpty()) << line;
  }
}

TEST(InstructionCheckTest, MissingArguments) {
  const auto needs = [](const char* span, const char* message) {
    return std::vector<std::string>{
        absl::StrCat(span, ": ", message, kReference)};
  };
  // The keyword is marked if nothing follows it.
  Check({
      {"COPY", needs("COPY", "COPY needs at least a source and a destination")},
      {"COPY a", needs("a", "COPY needs at least a source and a destination")},
      {"ADD [\"a\"]",
       needs("[\"a\"]", "ADD needs at least a source and a destination")},
      {"COPY --link", needs("COPY",
                            "COPY needs at least a source and a "
                            "destination")},
      {"EXPOSE", needs("EXPOSE", "EXPOSE needs at least a port")},
      {"VOLUME []", needs("[]", "VOLUME needs at least a path")},
      {"SHELL sh", needs("sh", "SHELL needs a JSON list")},
      {"SHELL []", needs("[]", "SHELL needs a JSON list")},
      {"ARG", needs("ARG", "ARG needs at least a name")},
      {"LABEL", needs("LABEL", "LABEL needs at least a name and a value")},
      {"USER", needs("USER", "USER needs a user")},
      {"STOPSIGNAL", needs("STOPSIGNAL", "STOPSIGNAL needs a signal")},
      {"ONBUILD", needs("ONBUILD", "ONBUILD needs an instruction")},
      {"HEALTHCHECK",
       needs("HEALTHCHECK", "HEALTHCHECK needs `NONE` or `CMD ...`")},
      {"HEALTHCHECK CMD",
       needs("CMD", "HEALTHCHECK needs a command after `CMD`")},
      {"HEALTHCHECK CMD []",
       needs("CMD []", "HEALTHCHECK needs a command after `CMD`")},
  });
}

TEST(InstructionCheckTest, UnknownFlagsListTheKnownOnes) {
  Check({
      {"RUN --bogus x",
       {"--bogus: RUN has no flag `--bogus` (flags of `RUN`: `--device`, "
        "`--mount`, `--network`, `--security`)"}},
      {"USER --x y", {"--x: USER has no flag `--x` (`USER` has no flags)"}},
      // A flag of another instruction.
      {"ADD --from=b c d",
       {"--from=b: ADD has no flag `--from` (flags of `ADD`: `--checksum`, "
        "`--chmod`, `--chown`, `--exclude`, `--keep-git-dir`, `--link`, "
        "`--unpack`)"}},
      // Names are case-sensitive.
      {"RUN --MOUNT=target=/a x",
       {"--MOUNT=target=/a: RUN has no flag `--MOUNT` (flags of `RUN`: "
        "`--device`, `--mount`, `--network`, `--security`)"}},
      // BuildKit ignores all flags of these.
      {"ARG --x=1 Y", {}},
      {"STOPSIGNAL --x 9", {}},
      {"HEALTHCHECK --x NONE", {}},
  });
  // Each is reported, also the same twice.
  EXPECT_EQ(Problems("RUN --a --a --b x").size(), 3u);
}

TEST(InstructionCheckTest, BooleanFlags) {
  const auto neither = [](const char* flag, const char* name,
                          const char* value) {
    return std::vector<std::string>{
        absl::StrCat(flag, ": invalid flag `", name, "`: `", value,
                     "` is neither `true` nor `false` (write `", name,
                     "` or remove the flag)")};
  };
  Check({
      {"COPY --link a b", {}},
      {"COPY --link=true a b", {}},
      {"COPY --link=$U a b", neither("--link=$U", "--link", "$U")},
      {"COPY --link=FALSE a b", {}},
      {"COPY --link=1 a b", neither("--link=1", "--link", "1")},
      {"COPY --link= a b", neither("--link=", "--link", "")},
      {"ADD --keep-git-dir=No a b",
       neither("--keep-git-dir=No", "--keep-git-dir", "No")},
  });
}

TEST(InstructionCheckTest, FlagsThatNeedAValueAndFlagsGivenTwice) {
  Check({
      {"COPY --chown a b",
       {"--chown: invalid flag `--chown`: it has no value (write "
        "`--chown=VALUE`)"}},
      {"COPY --exclude a b",
       {"--exclude: invalid flag `--exclude`: it has no value (write "
        "`--exclude=VALUE`)"}},
      {"COPY --from=a --from=a b c",
       {"--from=a: invalid flag `--from`: it is given twice (keep one of the "
        "two)"}},
      {"COPY --link --link b c",
       {"--link: invalid flag `--link`: it is given twice (keep one of the "
        "two)"}},
      // Lists.
      {"COPY --exclude=a --exclude=a b c", {}},
      {"RUN --mount=target=/a --mount=target=/b x", {}},
      {"RUN --device=a --device=b x", {}},
      // A flag without a value is seen as the first one.
      {"COPY --from --from=a b c",
       {"--from: invalid flag `--from`: it has no value (write "
        "`--from=VALUE`)",
        "--from=a: invalid flag `--from`: it is given twice (keep one of the "
        "two)"}},
  });
}

TEST(InstructionCheckTest, ValuesOfTheFlagsOfRun) {
  Check({
      {"RUN --network=none --security=insecure x", {}},
      {"RUN --network=default --security=sandbox x", {}},
      {"RUN --network=Host x",
       {"--network=Host: invalid flag `--network`: unknown value `Host` (use "
        "one of `default`, `none`, `host`)"}},
      {"RUN --security= x",
       {"--security=: invalid flag `--security`: unknown value `` (use one of "
        "`insecure`, `sandbox`)"}},
      {"RUN --device=vendor.com/gpu=all,required=false x", {}},
      {"RUN --device=a,required=no x",
       {"--device=a,required=no: invalid flag `--device`: `required` is "
        "neither `true` nor `false` (write `--device=VENDOR/CLASS=NAME`)"}},
      {"RUN --device=a,name=b x",
       {"--device=a,name=b: invalid flag `--device`: it has two names (write "
        "`--device=VENDOR/CLASS=NAME`)"}},
      {"RUN --mount= x",
       {"--mount=: invalid flag `--mount`: it has no value (write "
        "`--mount=type=TYPE,target=PATH`)"}},
      {"RUN --mount=type=bind,from=$X,target=/a x",
       {"--mount=type=bind,from=$X,target=/a: invalid flag `--mount`: `from` "
        "cannot have variables (add a stage `FROM IMAGE AS NAME` and mount "
        "from that)"}},
      // A dollar at the end is an ordinary character.
      {"RUN --mount=type=bind,from=x$,target=/a x", {}},
      // Other options can have variables, and are checked with their values.
      {"RUN --mount=type=cache,id=$X,target=$Y x", {}},
  });
}

TEST(InstructionCheckTest, HealthchecksOfBothForms) {
  Check({
      {"HEALTHCHECK --interval=30s --retries=3 CMD x", {}},
      {"HEALTHCHECK cmd x", {}},
      {"HEALTHCHECK none []", {}},
      {"HEALTHCHECK NONE x",
       {" x: invalid HEALTHCHECK: `NONE` is followed by more words (remove "
        "these words)"}},
      {"HEALTHCHECK curl x",
       {"curl: invalid HEALTHCHECK: `curl` is neither `CMD` nor `NONE` (write "
        "`HEALTHCHECK CMD COMMAND`)"}},
      {"HEALTHCHECK CMD [1]",
       {"CMD [1]: syntax error: the items of a JSON list must be strings "
        "(close all quotes, `${...}`, here-documents and JSON lists)"}},
      {"HEALTHCHECK --interval=30 --retries=-1 CMD x",
       {"--interval=30: invalid flag `--interval`: `30` has no unit (write a "
        "duration such as `30s` or `1m30s`)",
        "--retries=-1: invalid flag `--retries`: `-1` is not a number of at "
        "least 0 (write a number such as `3`)"}},
      // All problems of one line are reported.
      {"HEALTHCHECK --bogus --timeout=x y",
       {"--bogus: HEALTHCHECK has no flag `--bogus` (flags of `HEALTHCHECK`: "
        "`--interval`, `--retries`, `--start-interval`, `--start-period`, "
        "`--timeout`)",
        "--timeout=x: invalid flag `--timeout`: `x` is not a duration such as "
        "`30s` (write a duration such as `30s` or `1m30s`)",
        "y: invalid HEALTHCHECK: `y` is neither `CMD` nor `NONE` (write "
        "`HEALTHCHECK CMD COMMAND`)"}},
  });
}

TEST(InstructionCheckTest, NamesAndPathsThatAreEmpty) {
  Check({
      {"ENV =a",
       {"=a: invalid ENV: the name before `=` is empty (write "
        "`NAME=VALUE`)"}},
      {"ARG A =b",
       {"=b: invalid ARG: the name before `=` is empty (write "
        "`NAME=VALUE`)"}},
      {"LABEL a=b =c =d",
       {"=c: invalid LABEL: the name before `=` is empty (write `NAME=VALUE`)",
        "=d: invalid LABEL: the name before `=` is empty (write "
        "`NAME=VALUE`)"}},
      {"VOLUME [\"/a\", \"\", \" \"]",
       {"\"\": invalid VOLUME: the path is empty (write a path)",
        "\" \": invalid VOLUME: the path is empty (write a path)"}},
  });
}

// An image can store any trigger: the build that runs it fails, not this one.
TEST(InstructionCheckTest, ProblemsOfATriggerAreNotes) {
  EXPECT_THAT(
      Problems("ONBUILD USER"),
      ElementsAre(absl::StrCat("note: USER: USER needs a user", kReference)));
  EXPECT_THAT(Problems("ONBUILD RUN --network=x y"),
              ElementsAre("note: --network=x: invalid flag `--network`: "
                          "unknown value `x` (use one of `default`, `none`, "
                          "`host`)"));
  // These cannot be stored.
  for (const char* keyword : {"FROM", "ONBUILD", "MAINTAINER"}) {
    EXPECT_THAT(
        Problems(absl::StrCat("ONBUILD ", keyword, " x")),
        ElementsAre(absl::StrCat(keyword, ": invalid ONBUILD: `", keyword,
                                 "` cannot be a trigger (remove the "
                                 "line)")));
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
