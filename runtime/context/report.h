// What a build would send, for people: sizes, what is left out and by which
// rule, files that look like secrets.
#ifndef OVENBIRD_RUNTIME_CONTEXT_REPORT_H_
#define OVENBIRD_RUNTIME_CONTEXT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/writer.h"
#include "runtime/context/listing.h"
#include "runtime/context/sizes.h"
#include "runtime/context/tar.h"

namespace ovenbird::context {

struct Report {
  std::string image;               // its key
  std::string folder;              // of the context
  std::string everything_because;  // why nothing is picked out, or ""
  uint64_t files = 0;              // without folders
  uint64_t bytes = 0;
  uint64_t tar_bytes = 0;
  std::vector<PathSize> sizes;
  bool deep = false;  // `sizes` has every path

  // Neither sent nor ignored: no COPY or ADD takes them. Without those that
  // files of our own take the place of (the Dockerfile).
  uint64_t unneeded_files = 0;
  uint64_t unneeded_bytes = 0;

  struct Ignored {
    std::string rule;   // as it is written
    std::string place;  // "FILE:LINE"
    // Of an ignored folder the folder alone, with a slash.
    std::vector<std::string> paths;
  };
  std::vector<Ignored> ignored;       // in the rules' order
  std::vector<std::string> left_out;  // "named pipe `a/b`"

  struct Secret {
    std::string path;
    std::string why;
  };
  std::vector<Secret> secrets;  // of what is sent
};

struct ReportOptions {
  std::string image;
  std::string dockerfile;  // on the disk, for its own ignore file
  std::string everything_because;
  bool deep = false;
};

// Looks at the folder of `sent`, which is what is sent with `files`.
absl::StatusOr<Report> MakeReport(const Listing& sent,
                                  const std::vector<MemoryFile>& files,
                                  const ReportOptions& options);

std::string ToText(const Report& report);
void Write(const Report& report, Writer& out);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_REPORT_H_
