// Symlinks that COPY makes in setgid folders: the executor leaves them the
// folder's group.
#ifndef OVENBIRD_RUNTIME_REWRITE_SETGID_H_
#define OVENBIRD_RUNTIME_REWRITE_SETGID_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the target of a COPY is a setgid folder of another group than
// root's. May read the base image.
bool IsSetgidFolder(const Site& site, const std::string& target);

// Reports a symlink that is copied into such a folder.
void ReportGroupOfLink(const Site& site, Span span, absl::string_view link);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SETGID_H_
