// A section of the config as one build has it. Most builds have it as it was
// written: a large config is not kept twice.
#ifndef OVENBIRD_RUNTIME_PLAN_SECTION_H_
#define OVENBIRD_RUNTIME_PLAN_SECTION_H_

#include <memory>

namespace ovenbird::plan {

// An object of the config; its defaults if the config does not have it. Copies
// are cheap.
template <typename T>
class Section {
 public:
  Section() = default;
  // `section` must outlive this and its copies.
  explicit Section(const T* section) : written_(section) {}

  const T& operator*() const { return own_ ? *own_ : *written_; }
  const T* operator->() const { return &**this; }

  // Returns a copy that belongs to this build; the first call creates it.
  T& Mutable() {
    if (own_ == nullptr || own_.use_count() > 1) {
      own_ = std::make_shared<T>(**this);
    }
    return *own_;
  }

 private:
  static const T& Default() {
    static const T& section = *new T();
    return section;
  }

  const T* written_ = &Default();
  std::shared_ptr<T> own_;
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_SECTION_H_
