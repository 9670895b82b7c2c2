// One door for each verb: VERB is set by its target in tools/BUILD.bazel; the
// one without a verb takes it from the command line.

#include "runtime/cli/main.h"

#ifndef VERB
#define VERB ""
#endif

int main(int argc, char** argv) {
  return ovenbird::cli::Main(argc, argv, VERB);
}
