// Several jobs at the same time.
#ifndef OVENBIRD_RUNTIME_DOCTOR_PARALLEL_H_
#define OVENBIRD_RUNTIME_DOCTOR_PARALLEL_H_

#include <functional>
#include <vector>

namespace ovenbird::doctor {

// Calls all jobs, each once, and returns when the last one has ended. A few
// threads, this one among them, call them; if no thread can be started, this
// one alone.
void RunAll(const std::vector<std::function<void()>>& jobs);

}  // namespace ovenbird::doctor

#endif  // OVENBIRD_RUNTIME_DOCTOR_PARALLEL_H_
