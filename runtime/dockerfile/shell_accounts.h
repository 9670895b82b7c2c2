// Private to shell_writes: commands that change users and groups.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_ACCOUNTS_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_ACCOUNTS_H_

#include "runtime/dockerfile/shell_reading.h"

namespace ovenbird::dockerfile {

// Adds the files of users and groups in /etc.
void AddAccounts(ShellReading& reading);

// Adds what useradd and adduser write: the files in /etc and the home folder.
void AddUser(ShellReading& reading);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_ACCOUNTS_H_
