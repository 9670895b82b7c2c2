// What a crash leaves behind.
#ifndef OVENBIRD_RUNTIME_BASE_CORE_DUMP_H_
#define OVENBIRD_RUNTIME_BASE_CORE_DUMP_H_

namespace ovenbird {

// Keeps the memory of this process, which has passwords, out of core dumps, and
// from other processes of its user. Programs that it runs are not affected.
void ForbidCoreDumps();

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_CORE_DUMP_H_
