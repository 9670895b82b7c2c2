#include <utility>

#include "runtime/cli/version.h"

namespace ovenbird::cli {

const char* const kVersion = OVENBIRD_VERSION;
const char* const kVersionDate = OVENBIRD_VERSION_DATE;

namespace {
Stamp& TheStamp() {
  static Stamp& stamp = *new Stamp();
  return stamp;
}
}  // namespace

void SetStamp(Stamp stamp) { TheStamp() = std::move(stamp); }
const Stamp& GetStamp() { return TheStamp(); }

}  // namespace ovenbird::cli
