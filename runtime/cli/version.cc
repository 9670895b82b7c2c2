#include "runtime/cli/version.h"

#include <iostream>

#include "runtime/base/exit_code.h"
#include "runtime/cli/verbs.h"

namespace ovenbird::cli {

int Version() {
  std::cout << "ovenbird " << kVersion << "\n";
  return kExitGood;
}

}  // namespace ovenbird::cli
