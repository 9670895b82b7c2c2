// What only old executors lack: flags that can be left out, forms of RUN and
// WORKDIR, configuration.
#ifndef OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_
#define OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// COPY and ADD: drops `--link`, with or without which the files are the same.
void DropLink(const Site& site, Draft& draft);

// ADD: drops `--keep-git-dir`, which only counts for repositories.
void DropKeepGitDir(const Site& site, Draft& draft);

// ADD of a URL with a query to a folder: names the file.
void NameDownload(const Site& site, Draft& draft);

// ADD: reports a URL that the server does not have. Asks the server.
void ReportMissingPage(const Site& site, Draft& draft);

// RUN in exec form without a path: lets a shell find the program.
void FindProgram(const Site& site, Draft& draft);

// WORKDIR: writes a relative path out.
void WriteOutFolder(const Site& site, Draft& draft);

// WORKDIR under USER: makes the folder for the user.
void MakeFolderOfUser(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_OLD_KANIKO_H_
