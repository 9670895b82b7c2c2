#include "runtime/build/open_context.h"

#include <memory>

#include "runtime/base/status_macros.h"
#include "runtime/context/tar.h"

namespace ovenbird::build {

absl::StatusOr<registry::ByteSource> OpenContext(const plan::ImagePlan& plan) {
  context::TarOptions options;
  options.files = plan.files;
  ASSIGN_OR_RETURN(std::shared_ptr<context::TarStream> tar,
                   context::TarStream::Create(&plan.listing, options));
  return registry::ByteSource(
      [tar](char* buffer, size_t size) { return tar->Read(buffer, size); });
}

}  // namespace ovenbird::build
