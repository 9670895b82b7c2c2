// Symlinks that COPY creates in setgid folders: the executor leaves the
// folder's group on them.
#ifndef OVENBIRD_RUNTIME_REWRITE_SETGID_H_
#define OVENBIRD_RUNTIME_REWRITE_SETGID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns whether the target of a COPY is a setgid folder whose group is not
// root's; false if that is unknown. May read the base image.
bool IsSetgidFolder(const Site& site, const std::string& target);

// Returns a folder as it is created at the path (absolute and clean): below a
// setgid folder it gets the bit and the group. nullopt: there is no such folder
// above it, or it exists already. May read the base image.
std::optional<ImageFile> InheritSetgid(const Site& site,
                                       const std::string& path);

// Adds instructions that give the bit to the folders that COPY, ADD and WORKDIR
// create below a setgid folder, since the executor removes it.
void KeepSetgid(const Site& site, Draft& draft);

// Reports at `span` that the symlink gets the group of a setgid folder.
void ReportGroupOfLink(const Site& site, Span span, absl::string_view link);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_SETGID_H_
