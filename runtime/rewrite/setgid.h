// Symlinks that COPY creates in setgid folders: the executor leaves the
// folder's group on them.
#ifndef OVENBIRD_RUNTIME_REWRITE_SETGID_H_
#define OVENBIRD_RUNTIME_REWRITE_SETGID_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the target of a COPY is a setgid folder whose group is not
// root's; false if that is unknown. May read the base image.
bool IsSetgidFolder(const Site& site, const std::string& target);

// Reports at `span` that the symlink gets the group of a setgid folder.
void ReportGroupOfLink(const Site& site, Span span, absl::string_view link);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SETGID_H_
