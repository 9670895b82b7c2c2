// Gaps that only old executors have: flags that can be left out, forms of RUN
// and WORKDIR, configuration.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Removes `--link` of COPY and ADD: the files are the same without it.
void DropLink(const Site& site, Draft& draft);

// Removes `--keep-git-dir` of ADD, which has an effect on repositories only.
void DropKeepGitDir(const Site& site, Draft& draft);

// Adds the file's name to the target of an ADD that downloads a URL with a
// query or a fragment to a folder.
void NameDownload(const Site& site, Draft& draft);

// Reports an ADD of a URL for which the server answers with an error. Asks the
// server.
void ReportMissingPage(const Site& site, Draft& draft);

// Lets a shell find the program of a RUN in exec form that has no path; reports
// it in a stage from scratch without a shell.
void FindProgram(const Site& site, Draft& draft);

// Replaces a relative path of WORKDIR by the absolute one.
void WriteOutFolder(const Site& site, Draft& draft);

// Creates the folder of a WORKDIR after USER with a RUN, for the user; reports
// the instruction if the path is unknown or the stage may have no shell.
void MakeFolderOfUser(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_
