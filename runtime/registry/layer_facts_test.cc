#include "runtime/registry/layer_facts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/subprocess.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Pair;

std::string Sh(const std::string& command) {
  Subprocess process;
  process.argv = {"sh", "-ec", command};
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  EXPECT_THAT(result, IsOk());
  return result.ok() ? result->out : "";
}

absl::StatusOr<LayerFacts> Read(std::string bytes) {
  size_t at = 0;
  return ReadLayer([&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
    const size_t piece = std::min(size, bytes.size() - at);
    bytes.copy(buffer, piece, at);
    at += piece;
    return piece;
  });
}

LayerFacts Layer(
    const std::vector<std::pair<std::string, ImageFile::Type>>& entries) {
  LayerFacts layer;
  for (const auto& [path, type] : entries) {
    ImageFile file;
    file.type = type;
    layer.entries.emplace_back(path, file);
  }
  return layer;
}

std::vector<std::string> Paths(const ImageFiles& files) {
  std::vector<std::string> paths;
  for (const auto& [path, file] : files.entries) paths.push_back(path);
  return paths;
}

constexpr char kArchive[] = R"sh(
    d=$(mktemp -d); cd "$d"; mkdir -p etc opt/shared
    echo root:x:0:0::/: > etc/passwd; echo root:x:0: > etc/group
    chmod 2775 opt/shared; ln -s shared opt/link; ln etc/group opt/hard
    tar --numeric-owner --owner=7 --group=8 -cf - etc/passwd etc/group opt |
      )sh";

TEST(LayerFactsTest, KeepsWhatTheHeadersSay) {
  for (const char* how : {"cat", "gzip", "zstd"}) {
    const auto read = Read(Sh(std::string(kArchive) + how));
    ASSERT_THAT(read, IsOk()) << how;
    const auto layer = Decode(Encode(*read));
    ASSERT_THAT(layer, IsOk());
    ImageFiles files;
    AddLayer(*layer, files);
    EXPECT_EQ(files.passwd, "root:x:0:0::/:\n");
    EXPECT_EQ(files.groups, "root:x:0:\n");
    ASSERT_NE(files.Find("/opt/shared"), nullptr);
    const ImageFile& shared = *files.Find("/opt/shared");
    EXPECT_EQ(shared.type, ImageFile::kFolder);
    EXPECT_EQ(shared.mode, 02775);
    EXPECT_EQ(shared.user, 7u);
    EXPECT_EQ(shared.group, 8u);
    EXPECT_EQ(files.Find("/opt/link")->link, "shared");
    EXPECT_EQ(files.Find("/opt/hard")->hard_link, "/etc/group");
    EXPECT_EQ(files.Find("/opt/hard")->size, 10u);
  }
}

TEST(LayerFactsTest, UpperLayersDeleteAndHide) {
  const LayerFacts first = Layer({{"/a", ImageFile::kFolder},
                                  {"/a/gone", ImageFile::kFile},
                                  {"/a/tree", ImageFile::kFolder},
                                  {"/a/tree/x", ImageFile::kFile},
                                  {"/o", ImageFile::kFolder},
                                  {"/o/old", ImageFile::kFile},
                                  {"/o/kept", ImageFile::kFile},
                                  {"/f", ImageFile::kFolder},
                                  {"/f/x", ImageFile::kFile}});
  const LayerFacts second = Layer({{"/a/.wh.gone", ImageFile::kFile},
                                   {"/a/.wh.tree", ImageFile::kFile},
                                   {"/o/kept", ImageFile::kFile},
                                   {"/o/.wh..wh..opq", ImageFile::kFile},
                                   {"/f", ImageFile::kFile}});
  ImageFiles files;
  AddLayer(first, files);
  AddLayer(second, files);
  EXPECT_THAT(Paths(files), ElementsAre("/a", "/f", "/o", "/o/kept"));
  EXPECT_THAT(files.hidden, ElementsAre("/o/old"));
  EXPECT_THAT(files.deleted, ElementsAre("/a/gone", "/a/tree", "/a/tree/x"));
  AddLayer(Layer({{"/a/tree", ImageFile::kFolder}}), files);
  EXPECT_THAT(files.deleted, ElementsAre("/a/gone", "/a/tree/x"));
}

TEST(LayerFactsTest, AccountsGoWithTheirFiles) {
  LayerFacts lower = Layer({{"/etc", ImageFile::kFolder},
                            {"/etc/passwd", ImageFile::kFile},
                            {"/etc/group", ImageFile::kFile}});
  lower.passwd = "p";
  lower.groups = "g";
  struct {
    std::vector<std::pair<std::string, ImageFile::Type>> upper;
    const char* passwd;
    const char* groups;
  } cases[] = {
      {{{"/etc/x", ImageFile::kFile}}, "p", "g"},
      {{{"/etc/.wh.passwd", ImageFile::kFile}}, "", "g"},
      {{{"/etc/.wh..wh..opq", ImageFile::kFile}}, "", ""},
      {{{"/.wh.etc", ImageFile::kFile}}, "", ""},
      {{{"/.wh..wh..opq", ImageFile::kFile}}, "", ""},
      {{{"/etc", ImageFile::kSymlink}}, "", ""},
  };
  for (const auto& test : cases) {
    ImageFiles files;
    AddLayer(lower, files);
    AddLayer(Layer(test.upper), files);
    EXPECT_EQ(files.passwd, test.passwd) << test.upper[0].first;
    EXPECT_EQ(files.groups, test.groups) << test.upper[0].first;
  }
}

// "/a=/b": /a is another name of /b.
std::vector<std::string> OtherNames(const ImageFiles& files) {
  std::vector<std::string> names;
  for (const auto& [path, file] : files.entries) {
    if (!file.hard_link.empty()) names.push_back(path + "=" + file.hard_link);
  }
  return names;
}

TEST(LayerFactsTest, OtherNamesOutliveTheFirst) {
  LayerFacts lower = Layer({{"/d", ImageFile::kFolder},
                            {"/d/a", ImageFile::kFile},
                            {"/b", ImageFile::kFile},
                            {"/c", ImageFile::kFile}});
  lower.entries[2].second.hard_link = "/d/a";
  lower.entries[3].second.hard_link = "/d/a";
  LayerFacts again =
      Layer({{"/d/a", ImageFile::kFile}, {"/b", ImageFile::kFile}});
  again.entries[1].second.hard_link = "/d/a";
  struct {
    LayerFacts upper;
    std::vector<std::string> names;
  } cases[] = {
      {Layer({{"/d/.wh.a", ImageFile::kFile}}), {"/c=/b"}},
      {Layer({{"/.wh.d", ImageFile::kFile}}), {"/c=/b"}},
      {Layer({{"/d/.wh..wh..opq", ImageFile::kFile}}), {"/c=/b"}},
      {Layer({{"/d", ImageFile::kFile}}), {"/c=/b"}},
      {Layer({{"/d/a", ImageFile::kFile}}), {"/c=/b"}},
      {Layer({{"/.wh.b", ImageFile::kFile}}), {"/c=/d/a"}},
      {Layer({{"/b", ImageFile::kFile}}), {"/c=/d/a"}},
      {Layer({{"/x", ImageFile::kFile}}), {"/b=/d/a", "/c=/d/a"}},
      {again, {"/b=/d/a"}},
  };
  for (const auto& test : cases) {
    ImageFiles files;
    AddLayer(lower, files);
    AddLayer(test.upper, files);
    EXPECT_EQ(OtherNames(files), test.names) << test.upper.entries[0].first;
  }
}

TEST(LayerFactsTest, DamagedLayersAreErrors) {
  EXPECT_THAT(Read("this is not a tar archive"),
              StatusIs(absl::StatusCode::kDataLoss));
  const std::string good = Encode(Layer({{"/a", ImageFile::kFile}}));
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(Decode(good.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss))
        << size;
  }
  EXPECT_THAT(Decode(good + "x"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LayerFactsTest, KeepsFoldersThatReplaceSomethingElse) {
  LayerFacts lower = Layer({{"/file", ImageFile::kFile},
                            {"/folder", ImageFile::kFolder},
                            {"/gone", ImageFile::kFile},
                            {"/to-folder", ImageFile::kSymlink},
                            {"/to-file", ImageFile::kSymlink},
                            {"/to-root", ImageFile::kSymlink},
                            {"/to-nothing", ImageFile::kSymlink}});
  lower.entries[3].second.link = "folder";
  lower.entries[4].second.link = "file";
  lower.entries[5].second.link = "/";
  lower.entries[6].second.link = "nothing";
  ImageFiles files;
  AddLayer(lower, files);
  EXPECT_TRUE(files.retyped.empty());
  AddLayer(Layer({{"/.wh.gone", ImageFile::kFile},
                  {"/file", ImageFile::kFolder},
                  {"/folder", ImageFile::kFolder},
                  {"/gone", ImageFile::kFolder},
                  {"/new", ImageFile::kFolder},
                  {"/to-folder", ImageFile::kFolder},
                  {"/to-root", ImageFile::kFolder},
                  {"/to-nothing", ImageFile::kFolder}}),
           files);
  std::vector<std::pair<std::string, int>> found;
  for (const RetypedFolder& folder : files.retyped) {
    found.emplace_back(folder.path, folder.below);
  }
  EXPECT_THAT(found,
              ElementsAre(Pair("/file", RetypedFolder::kFile),
                          Pair("/to-folder", RetypedFolder::kLinkToFolder),
                          Pair("/to-root", RetypedFolder::kLinkToFolder),
                          Pair("/to-nothing", RetypedFolder::kLinkToNothing)));
}

}  // namespace
}  // namespace ovenbird::registry
