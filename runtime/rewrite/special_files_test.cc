#include "runtime/rewrite/special_files.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

//   d/f  d/{pipe 0600,socket 0755}  e/device
context::Listing ListingOf() {
  context::Listing listing("");
  context::Entry folder;
  folder.type = context::EntryType::kFolder;
  folder.mode = 0755;
  context::Entry file;
  file.mode = 0644;
  file.parent = listing.Add(folder, "d");
  listing.Add(file, "f");
  listing.Add(folder, "e");
  listing.AddSpecialFile("d/pipe", {context::SpecialFile::kPipe, 0600});
  listing.AddSpecialFile("d/socket", {context::SpecialFile::kSocket, 0755});
  listing.AddSpecialFile("e/device", {context::SpecialFile::kDevice, 0600});
  return listing;
}

TEST(SpecialFilesTest, AreMadeOrReported) {
  BaseImage base = testing::UsualBase();
  auto files = std::make_shared<ImageFiles>(*base.files);
  files->entries["/bin/mkfifo"] = files->entries["/bin/sh"];
  files->entries["/bin/touch"] = files->entries["/bin/sh"];
  base.files = files;
  base.user = "";
  const context::Listing listing = ListingOf();
  struct Case {
    const char* lines;
    const char* sent;
    const char* reported;
  };
  constexpr char kBoth[] =
      "kaniko v1.24.0 does not copy the named pipe `d/pipe`; "
      "kaniko v1.24.0 does not copy the socket `d/socket`";
  for (const Case& c : {
           Case{"COPY d /x\n",
                "COPY d /x\nRUN mkfifo -m 600 /x/pipe && touch /x/socket && "
                "chmod 755 "
                "/x/socket\n",
                ""},
           Case{"COPY d/p* d/f y/\n",
                "COPY d/f y/\nRUN mkfifo -m 600 /srv/y/pipe\n", ""},
           Case{"COPY d/f /x\n", "COPY d/f /x\n", ""},
           Case{"USER app\nCOPY d /x\n", "", kBoth},
           Case{"COPY --chown=app d /x\n", "", kBoth},
           Case{"COPY e /x\n", "",
                "kaniko v1.24.0 does not copy the device `e/device`"},
       }) {
    const std::string text = absl::StrCat("FROM base\n", c.lines);
    const auto outcome = testing::RewriteOver({&base, &listing}, text);
    if (*c.reported == '\0') {
      EXPECT_EQ(outcome.text, absl::StrCat("FROM base\n", c.sent));
    }
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "), c.reported) << c.lines;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
