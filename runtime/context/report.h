// What a build would send, for people: sizes, the files that are left out with
// the deciding rule, files that look like secrets.
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

// The content of the report for one image.
struct Report {
  std::string image;               // its key
  std::string folder;              // of the context
  std::string everything_because;  // why all files are sent, or ""
  uint64_t files = 0;              // without folders
  uint64_t bytes = 0;
  uint64_t tar_bytes = 0;
  std::vector<PathSize> sizes;
  bool deep = false;  // `sizes` has every path

  // Files that are neither sent nor ignored: no COPY or ADD takes them. Files
  // that our own files replace (the Dockerfile) do not count.
  uint64_t unneeded_files = 0;
  uint64_t unneeded_bytes = 0;

  // The paths that one rule decides about.
  struct Ignored {
    std::string rule;   // as in the file
    std::string place;  // "FILE:LINE"
    // For an ignored folder only the folder, with a slash at the end.
    std::vector<std::string> paths;
  };
  std::vector<Ignored> ignored;       // in the rules' order
  std::vector<std::string> left_out;  // "named pipe `a/b`"

  // A file that looks like a secret, and what it looks like.
  struct Secret {
    std::string path;
    std::string why;
  };
  std::vector<Secret> secrets;  // of what is sent
};

// What the report is about.
struct ReportOptions {
  std::string image;
  std::string dockerfile;  // on the disk, for its own ignore file
  std::string everything_because;
  bool deep = false;
};

// Makes the report of `sent` and `files`, which are what is sent. Reads the
// folder of `sent` again; errors as in Walk and LoadIgnoreFile.
absl::StatusOr<Report> MakeReport(const Listing& sent,
                                  const std::vector<MemoryFile>& files,
                                  const ReportOptions& options);

// Returns the report as lines for a terminal, shortened unless it is `deep`.
std::string ToText(const Report& report);
// Writes the report as one object, never shortened.
void Write(const Report& report, Writer& out);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_REPORT_H_
