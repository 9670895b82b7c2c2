// A folder in which fuzz targets unpack archives.
#ifndef OVENBIRD_TOOLS_TESTING_PLAYGROUND_H_
#define OVENBIRD_TOOLS_TESTING_PLAYGROUND_H_

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::fuzz {

// An empty folder, next to a file that must not change.
class Playground {
 public:
  // Creates both in $TEST_TMPDIR, else in memory.
  Playground() {
    const char* set = getenv("TEST_TMPDIR");
    top_ = absl::StrCat(set != nullptr ? set : "/dev/shm", "/fuzzXXXXXX");
    Require(mkdtemp(top_.data()) != nullptr, "there is a folder");
    std::ofstream(outside()) << "secret";
    chmod(outside().c_str(), 0640);
    Reset();
  }
  Playground(const Playground&) = delete;
  Playground& operator=(const Playground&) = delete;
  ~Playground() {
    std::error_code ignored;
    std::filesystem::remove_all(top_, ignored);
  }

  // Returns the path of the folder.
  std::string folder() const { return top_ + "/folder"; }

  // Deletes what is in the folder.
  void Reset() {
    std::error_code ignored;
    std::filesystem::remove_all(folder(), ignored);
    Require(std::filesystem::create_directory(folder()),
            "the folder can be deleted");
  }

  // Aborts if something outside of the folder has changed, or if `is_allowed`
  // returns false for a file in it.
  void Check(
      absl::FunctionRef<bool(std::filesystem::file_status)> is_allowed) const {
    namespace fs = std::filesystem;
    struct stat info;
    Require(lstat(outside().c_str(), &info) == 0, "the file outside is there");
    Require(S_ISREG(info.st_mode) && (info.st_mode & 07777) == 0640,
            "the file outside keeps its mode");
    Require(info.st_nlink == 1, "nothing links to the file outside");
    std::ifstream in(outside());
    Require(std::string(std::istreambuf_iterator<char>(in), {}) == "secret",
            "the file outside keeps its content");
    Require(std::distance(fs::directory_iterator(top_), {}) == 2,
            "no file is made outside");
    for (const auto& entry : fs::recursive_directory_iterator(
             folder(), fs::directory_options::skip_permission_denied)) {
      Require(is_allowed(entry.symlink_status()),
              "only files of allowed kinds are made");
    }
  }

 private:
  std::string outside() const { return top_ + "/outside"; }

  std::string top_;
};

}  // namespace ovenbird::fuzz

#endif  // OVENBIRD_TOOLS_TESTING_PLAYGROUND_H_
