// A message that may be absent, like std::optional, but on the heap: most
// optional objects of a config are absent, and large.
#ifndef OVENBIRD_RUNTIME_CONFIG_BOXED_H_
#define OVENBIRD_RUNTIME_CONFIG_BOXED_H_

#include <memory>
#include <optional>
#include <utility>

namespace ovenbird::config {

// An optional value on the heap; copies are deep. Empty after it was moved
// from. T may be incomplete where the type is named, as in a message that has
// itself as a field.
template <typename T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
  Boxed(T value)            // NOLINT(google-explicit-constructor)
      : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(other.Copy()) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = other.Copy();
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  // Returns whether a value is present; access to an absent value is undefined.
  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

  // Creates a new value, which replaces any old one, and returns it.
  T& emplace() {
    value_ = std::make_unique<T>();
    return *value_;
  }
  // Removes the value, if any.
  void reset() { value_.reset(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.has_value() == b.has_value() && (!a.has_value() || *a == *b);
  }

 private:
  std::unique_ptr<T> Copy() const {
    return value_ == nullptr ? nullptr : std::make_unique<T>(*value_);
  }

  std::unique_ptr<T> value_;
};

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_BOXED_H_
