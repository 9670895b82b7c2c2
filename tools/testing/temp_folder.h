// New folders for tests, and programs in them.
#ifndef OVENBIRD_TOOLS_TESTING_TEMP_FOLDER_H_
#define OVENBIRD_TOOLS_TESTING_TEMP_FOLDER_H_

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird::testing {

// Creates an empty folder that no other test uses, and returns its path. The
// test fails if that is impossible; its runner deletes the folder.
inline std::string NewFolder() {
  std::string path = absl::StrCat(::testing::TempDir(), "/XXXXXX");
  EXPECT_NE(mkdtemp(path.data()), nullptr) << path;
  return path;
}

// Writes an executable file that the shell runs; in a folder of PATH it takes
// the place of a real program.
inline void WriteProgram(const std::string& path, absl::string_view script) {
  std::ofstream(path) << "#!/bin/sh\n" << script;
  EXPECT_EQ(chmod(path.c_str(), 0755), 0) << path;
}

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_TESTING_TEMP_FOLDER_H_
