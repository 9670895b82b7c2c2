// The file of another tool -> devspace.yaml.
#ifndef OVENBIRD_RUNTIME_MIGRATE_MIGRATE_H_
#define OVENBIRD_RUNTIME_MIGRATE_MIGRATE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::migrate {

// What a file becomes.
struct Migrated {
  std::string tool;  // "Skaffold"
  std::string yaml;  // the devspace.yaml, with a comment at its top
  size_t images = 0;
};

// Converts `file`, and reports to `sink` what is not carried over; the
// positions are those in `file`, which must outlive the diagnostics. `project`
// is a name for images that have none, such as that of the folder. Returns
// nullopt, with an error reported, if the file is of no tool that is known, has
// several documents, or has no image.
std::optional<Migrated> Migrate(const SourceFile& file,
                                const std::string& project, diag::Sink& sink);

}  // namespace ovenbird::migrate

#endif  // OVENBIRD_RUNTIME_MIGRATE_MIGRATE_H_
