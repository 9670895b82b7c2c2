#include "runtime/plan/mount_check.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "ID LINE" of each warning about one mount, LINE in the Dockerfile.
std::vector<std::string> Warnings(const std::string& mount,
                                  const std::string& instructions,
                                  const context::Listing* sent) {
  const SourceFile file("Dockerfile",
                        absl::StrCat("FROM a AS b\n", instructions, "\n"));
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  dockerfile::ResolveOptions options;
  options.target = static_cast<int>(dockerfile.stages.size()) - 1;
  const dockerfile::Resolution resolution =
      dockerfile::Resolve(dockerfile, options, problems);
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
  config::Kaniko kaniko;
  kaniko.additional_mounts.emplace_back().mount_path = mount;
  CheckMounts("app", kaniko, resolution.destinations, sent, problems);
  std::vector<std::string> warnings;
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    EXPECT_EQ(problem.severity, diag::Severity::kWarning);
    EXPECT_EQ(problem.config_path,
              "images.app.build.kaniko.additionalMounts[0].mountPath");
    warnings.push_back(
        absl::StrCat(problem.rule->id, " ",
                     file.PositionAt(problem.notes.at(0).span.begin).line));
  }
  return warnings;
}

// A context of files with these paths, at most two deep.
context::Listing ContextOf(const std::vector<std::string>& paths) {
  context::Listing listing("/");
  std::string folder;
  uint32_t parent = context::Entry::kTop;
  for (const std::string& path : paths) {
    const std::vector<std::string> parts = absl::StrSplit(path, '/');
    if (parts.size() == 2 && parts[0] != folder) {
      folder = parts[0];
      context::Entry entry;
      entry.type = context::EntryType::kFolder;
      parent = listing.Add(entry, folder);
    }
    context::Entry entry;
    if (parts.size() == 2) entry.parent = parent;
    listing.Add(entry, parts.back());
  }
  return listing;
}

struct Case {
  const char* mount;
  const char* instructions;
  std::vector<std::string> warnings;
};

TEST(MountCheckTest, WithAnyFiles) {
  for (const Case& c : std::vector<Case>{
           {"/app", "COPY x /app/x", {"mount-written 2"}},
           {"/app/", "COPY x /app", {"mount-written 2"}},
           {"/app", "WORKDIR /app\nCOPY x y/", {"mount-written 3"}},
           {"/app", "WORKDIR /app/x", {"mount-written 2"}},
           {"/app", "ADD https://e.com/x /app/", {"mount-written 2"}},
           {"/app", "COPY <<E /app/x\nE", {"mount-written 2"}},
           {"/app", "COPY x /application/", {}},
           {"/app", "COPY x $UNKNOWN/", {}},
           // What lands there depends on the files.
           {"/app/x", "COPY . /app/", {}},
           {"/app/.npmrc", "WORKDIR /app\nRUN npm install", {}},
           {"/app/x",
            "COPY . /app\nFROM c\nCOPY --from=b /app /out",
            {"mount-copied 4"}},
           {"/app/x", "FROM c\nCOPY --from=b / /", {"mount-copied 3"}},
           {"/app/x", "FROM c\nCOPY --from=0 /a*/ /", {"mount-copied 3"}},
           {"/app/x/y", "FROM c\nCOPY --from=0 /a*/? /z/", {"mount-copied 3"}},
           {"/app/x", "FROM c\nCOPY --from=0 /a /app/l* /z/", {}},
           // Keys of a mount are links.
           {"/context/a", "COPY a/key /x", {"mount-link-copied 2"}},
           {"/context/a", "COPY b a/key/ /x/", {"mount-link-copied 2"}},
           {"/context/a", "COPY a /x", {}},
           {"/context/a", "COPY a/* /x/", {"mount-link-copied 2"}},
           {"/context/a", "COPY ?/k* /x/", {"mount-link-copied 2"}},
           {"/context/a/b", "COPY a/* /x/", {}},
           // A key of the path b/key: `b` is the link.
           {"/context/a", "COPY a/b/key /x", {}},
           {"/a", "FROM c\nCOPY --from=0 /a/key /", {"mount-link-copied 3"}},
           // Named itself: wanted.
           {"/app/x", "FROM c\nCOPY --from=b /app/x /out", {}},
           {"/app/x", "FROM c\nCOPY --from=d:1 /app /out", {}},
           {"/kaniko/ca", "FROM c\nCOPY --from=b / /", {}},
       }) {
    EXPECT_EQ(Warnings(c.mount, c.instructions, nullptr), c.warnings)
        << c.mount << " " << c.instructions;
  }
}

TEST(MountCheckTest, WithTheseFiles) {
  const context::Listing sent =
      ContextOf({"conf/x.json", "conf/y", "package.json", "x"});
  for (const Case& c : std::vector<Case>{
           {"/app/x", "COPY . /app/", {"mount-written 2"}},
           {"/app/z", "COPY . /app/", {}},
           {"/app/conf", "COPY . /app/", {"mount-written 2"}},
           {"/app/y", "COPY conf /app", {"mount-written 2"}},
           {"/app/conf", "COPY conf /app", {}},
           {"/app/package.json",
            "COPY package.json y /app/",
            {"mount-written 2"}},
           {"/app/package.json", "COPY *.json /app/", {"mount-written 2"}},
           {"/app/x.json", "COPY *.json /app/", {}},
           {"/app/conf", "FROM c\nCOPY --from=b /z /app", {}},
       }) {
    EXPECT_EQ(Warnings(c.mount, c.instructions, &sent), c.warnings)
        << c.mount << " " << c.instructions;
  }
}

TEST(MountCheckTest, ASingleKeyIsNoLink) {
  const SourceFile file("Dockerfile", "FROM a\nCOPY key /x\n");
  diag::Collector problems;
  dockerfile::ResolveOptions options;
  const dockerfile::Resolution resolution =
      dockerfile::Resolve(dockerfile::Parse(file, problems), options, problems);
  config::Kaniko kaniko;
  config::Mount& mount = kaniko.additional_mounts.emplace_back();
  mount.mount_path = "/context/key";
  mount.sub_path = "key";
  CheckMounts("app", kaniko, resolution.destinations, nullptr, problems);
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
}

TEST(MountCheckTest, WhatIsMountedBelowTheContextIsThere) {
  config::Kaniko kaniko;
  kaniko.additional_mounts.emplace_back().mount_path = "/context/conf/own/";
  kaniko.additional_mounts.emplace_back().mount_path = "/contexts";
  std::vector<dockerfile::Source> sources;
  for (const char* text : {"conf/own/x", "conf", "other"}) {
    dockerfile::Source& source = sources.emplace_back();
    source.kind = dockerfile::Source::kPath;
    source.text = text;
    source.required = true;
  }
  AllowMountedSources(MountsInContext(kaniko), sources);
  std::vector<std::string> required;
  for (const dockerfile::Source& source : sources) {
    if (source.required) required.push_back(source.text);
  }
  EXPECT_THAT(required, ElementsAre("other"));
}

}  // namespace
}  // namespace ovenbird::plan
