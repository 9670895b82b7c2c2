#include "codegen/generator.h"
namespace ovenbird::codegen {
std::string GenerateJsonSchema(const Schema&) { return "{}\n"; }
std::vector<Output> GenerateDocs(const Schema&) {
  return {{"README.md", "\n"}};
}
}  // namespace ovenbird::codegen
