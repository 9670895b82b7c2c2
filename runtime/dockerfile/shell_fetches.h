// Private to shell_writes: curl, wget, git and tar.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_FETCHES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_FETCHES_H_

#include "runtime/dockerfile/shell_reading.h"

namespace ovenbird::dockerfile {

// Adds the files that curl and wget save under the name in their URL.
void AddDownloads(ShellReading& reading);

// Adds the folder that git clones into, or works in.
void AddClone(ShellReading& reading);

// Adds the archive that tar makes, or the folder and files that it unpacks.
void AddTar(ShellReading& reading);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_FETCHES_H_
