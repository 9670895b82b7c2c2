#include "runtime/context/merge_records.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/context/file_records.h"

namespace ovenbird::context {
namespace {

using Sizes = std::vector<std::pair<std::string, int>>;

FileRecords Make(const Sizes& sizes) {
  FileRecords records;
  for (const auto& [path, size] : sizes) {
    FileRecord record;
    record.size = static_cast<uint64_t>(size);
    records.Add(path, record);
  }
  return records;
}

TEST(MergeRecordsTest, HasEachPathOnceAndInOrder) {
  const struct {
    Sizes a;
    Sizes b;
    Sizes merged;
  } kCases[] = {
      {{}, {}, {}},
      {{{"a", 1}}, {}, {{"a", 1}}},
      {{}, {{"a", 1}}, {{"a", 1}}},
      {{{"a", 1}}, {{"a", 2}}, {{"a", 1}}},
      {{{"a", 1}, {"c", 3}},
       {{"b", 2}, {"d", 4}},
       {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}},
      // The content of a folder follows it directly.
      {{{"d", 0}, {"d/a", 1}},
       {{"d", 0}, {"d-x", 2}, {"e", 3}},
       {{"d", 0}, {"d/a", 1}, {"d-x", 2}, {"e", 3}}},
  };
  for (const auto& [a, b, want] : kCases) {
    const FileRecords merged = MergeRecords(Make(a), Make(b));
    Sizes found;
    for (FileRecords::Reader reader(merged); !reader.done(); reader.Next()) {
      found.emplace_back(reader.path(), reader.record().size);
    }
    EXPECT_EQ(found, want);
  }
}

}  // namespace
}  // namespace ovenbird::context
