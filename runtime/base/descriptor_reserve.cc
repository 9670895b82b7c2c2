#include "runtime/base/descriptor_reserve.h"

#include <fcntl.h>
#include <unistd.h>

namespace ovenbird {

DescriptorReserve& DescriptorReserve::OfProcess() {
  static auto& reserve = *new DescriptorReserve();
  return reserve;
}

void DescriptorReserve::Fill() {
  MutexLock lock(&mutex_);
  Open();
}

void DescriptorReserve::Open() {
  while (size_ < kSize) {
    const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    descriptors_[size_++] = descriptor;
  }
}

DescriptorReserve::Use::Use(DescriptorReserve& reserve) : reserve_(reserve) {
  reserve_.mutex_.Lock();
  while (reserve_.size_ > 0) close(reserve_.descriptors_[--reserve_.size_]);
}

DescriptorReserve::Use::~Use() {
  reserve_.Open();
  reserve_.mutex_.Unlock();
}

}  // namespace ovenbird
