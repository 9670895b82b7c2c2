#include "runtime/base/descriptor_reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>

namespace ovenbird {
namespace {

// What one request needs: the socket, three of the event loop, and some for
// the lookup of the server's address.
constexpr size_t kSize = 8;

}  // namespace

DescriptorReserve& DescriptorReserve::OfProcess() {
  static auto& reserve = *new DescriptorReserve();
  return reserve;
}

void DescriptorReserve::Fill() {
  MutexLock lock(&mutex_);
  Open();
}

void DescriptorReserve::Open() {
  descriptors_.reserve(kSize);
  while (descriptors_.size() < kSize) {
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    descriptors_.push_back(descriptor);
  }
}

DescriptorReserve::Use::Use(DescriptorReserve& reserve) : reserve_(reserve) {
  reserve_.mutex_.Lock();
  for (const int descriptor : reserve_.descriptors_) close(descriptor);
  reserve_.descriptors_.clear();
}

DescriptorReserve::Use::~Use() {
  reserve_.Open();
  reserve_.mutex_.Unlock();
}

}  // namespace ovenbird
