// A machine on which no thread can be started.
#ifndef OVENBIRD_TOOLS_TESTING_NO_THREADS_H_
#define OVENBIRD_TOOLS_TESTING_NO_THREADS_H_

#include <pthread.h>

#include <cstddef>

namespace ovenbird::testing {

// While it lives, this process cannot start threads: pthread_create fails as it
// does at a limit of processes, since no stack has room for the default size.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, size_t{1} << 48);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_TESTING_NO_THREADS_H_
