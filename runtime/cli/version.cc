#include "runtime/cli/version.h"

#include <iostream>

#include "runtime/cli/verbs.h"

namespace ovenbird::cli {

int Version() {
  std::cout << "ovenbird " << kVersion << "\n";
  return 0;
}

}  // namespace ovenbird::cli
