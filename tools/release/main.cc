// The program as it is released: it knows its commit.

#include "runtime/cli/main.h"

#include "runtime/cli/version.h"
#include "tools/release/stamp.h"

int main(int argc, char** argv) {
  ovenbird::cli::SetStamp({kCommit, kIsModified});
  return ovenbird::cli::Main(argc, argv, "");
}
