// The protoc plugin: schema files -> C++, JSON Schema, documentation.
#ifndef OVENBIRD_CODEGEN_GENERATOR_H_
#define OVENBIRD_CODEGEN_GENERATOR_H_

#include <map>
#include <string>
#include <vector>

#include "codegen/model.h"
#include "google/protobuf/compiler/code_generator.h"

namespace ovenbird::codegen {

// What the build says (plugin parameter, "name=value,...").
struct Options {
  // The name of the header in #include lines: "runtime/config/config.h".
  std::string include;
  // Base name of the outputs: "config" -> config.h, config.cc.
  std::string base;
  // Emits "cpp" (.h and .cc), "json_schema" (.schema.json) or "docs" (a folder
  // BASE of Markdown pages).
  std::string emit;
  // Headers of imported schema files: their .proto -> include.
  std::map<std::string, std::string> deps;
};

class Generator : public google::protobuf::compiler::CodeGenerator {
 public:
  bool Generate(const google::protobuf::FileDescriptor* file,
                const std::string& parameter,
                google::protobuf::compiler::GeneratorContext* context,
                std::string* error) const override;
  bool GenerateAll(
      const std::vector<const google::protobuf::FileDescriptor*>& files,
      const std::string& parameter,
      google::protobuf::compiler::GeneratorContext* context,
      std::string* error) const override;
};

struct Output {
  std::string name;
  std::string text;
};

// The emitters; each in its own file.
std::string GenerateHeader(const Schema& schema, const Options& options);
std::string GenerateSource(const Schema& schema, const Options& options);
std::string GenerateDiagnosticsHeader(const Schema& schema,
                                      const Options& options);
std::string GenerateDiagnosticsSource(const Schema& schema,
                                      const Options& options);
std::string GenerateJsonSchema(const Schema& schema);
std::vector<Output> GenerateDocs(const Schema& schema);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_GENERATOR_H_
