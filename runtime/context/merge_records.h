// The records of several contexts as those of one.
#ifndef OVENBIRD_RUNTIME_CONTEXT_MERGE_RECORDS_H_
#define OVENBIRD_RUNTIME_CONTEXT_MERGE_RECORDS_H_

#include "runtime/context/file_records.h"

namespace ovenbird::context {

// Returns the records of both, each path once; `a` wins. They must be of the
// same folder.
FileRecords MergeRecords(const FileRecords& a, const FileRecords& b);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_MERGE_RECORDS_H_
