#include "runtime/build/open_context.h"

#include <cstddef>
#include <cstdint>
#include <memory>

#include "runtime/base/status_macros.h"
#include "runtime/context/tar.h"

namespace ovenbird::build {

absl::StatusOr<registry::ByteSource> OpenContext(const plan::ImagePlan& plan,
                                                 Observer& observer) {
  context::TarOptions options;
  options.files = plan.files;
  ASSIGN_OR_RETURN(std::shared_ptr<context::TarStream> tar,
                   context::TarStream::Create(&plan.listing, options));
  return registry::ByteSource(
      [tar, &observer](char* buffer, size_t size) -> absl::StatusOr<size_t> {
        ASSIGN_OR_RETURN(const size_t read, tar->Read(buffer, size));
        observer.Sent(static_cast<int64_t>(read));
        return read;
      });
}

}  // namespace ovenbird::build
