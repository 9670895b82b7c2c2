#include "runtime/context/merge_records.h"

namespace ovenbird::context {
namespace {

// As ComparePaths; the end comes after every path.
int Compare(const FileRecords::Reader& a, const FileRecords::Reader& b) {
  if (a.done()) return 1;
  if (b.done()) return -1;
  return ComparePaths(a.path(), b.path());
}

}  // namespace

FileRecords MergeRecords(const FileRecords& a, const FileRecords& b) {
  FileRecords merged;
  FileRecords::Reader left(a);
  FileRecords::Reader right(b);
  while (!left.done() || !right.done()) {
    const int order = Compare(left, right);
    FileRecords::Reader& first = order <= 0 ? left : right;
    merged.Add(first.path(), first.record());
    if (order == 0) right.Next();
    first.Next();
  }
  return merged;
}

}  // namespace ovenbird::context
