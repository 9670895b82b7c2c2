// The protoc plugin: schema files -> C++, JSON Schema, documentation.
#ifndef OVENBIRD_CODEGEN_GENERATOR_H_
#define OVENBIRD_CODEGEN_GENERATOR_H_

#include <map>
#include <string>
#include <vector>

#include "codegen/model.h"
#include "google/protobuf/compiler/code_generator.h"

namespace ovenbird::codegen {

// The options that the build passes (protoc's plugin parameter,
// "name=value,...").
struct Options {
  // The name of the header in #include lines: "runtime/config/config.h".
  std::string include;
  // Base name of the outputs: "config" -> config.h, config.cc.
  std::string base;
  // Emits "cpp" (.h and .cc), "json_schema" (.schema.json), "json_schema_cpp"
  // (.h and .cc with the JSON Schema as a constant), "interface"
  // (.interface.txt) or "docs" (a folder BASE of Markdown pages).
  std::string emit;
  // Headers of imported schema files: their .proto -> include.
  std::map<std::string, std::string> deps;
};

// The plugin itself. A wrong schema fails the run with one line for each
// problem.
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

// A generated file: its path below protoc's output folder, and its content.
struct Output {
  std::string name;
  std::string text;
};

// Returns the C++ header of the structs and enums of `schema`.
std::string GenerateHeader(const Schema& schema, const Options& options);

// Returns the C++ source that belongs to GenerateHeader: the tables of fields
// and rules.
std::string GenerateSource(const Schema& schema, const Options& options);

// Returns the C++ header with one function for each diagnostic.
std::string GenerateDiagnosticsHeader(const Schema& schema,
                                      const Options& options);

// Returns the C++ source that belongs to GenerateDiagnosticsHeader.
std::string GenerateDiagnosticsSource(const Schema& schema,
                                      const Options& options);

// Returns the JSON Schema (draft-07) of a configuration, with a line end.
std::string GenerateJsonSchema(const Schema& schema);

// Returns the JSON Schema (draft-07) of what the program writes: no other
// fields, no null, and no other types than those of the schema.
std::string GenerateOutputSchema(const Schema& schema);

// Returns the C++ header of a function that returns the JSON Schema of a config
// or of output; its name is that of the file: json_schema.h has JsonSchema().
std::string GenerateEmbeddedSchemaHeader(const Schema& schema,
                                         const Options& options);

// Returns the C++ source that belongs to GenerateEmbeddedSchemaHeader.
std::string GenerateEmbeddedSchemaSource(const Schema& schema,
                                         const Options& options);

// Returns what users rely on, a line of JSON for each option, each rule of an
// object, each field of output and each diagnostic: lines that must not change
// without a reason.
std::string GenerateInterface(const Schema& schema);

// Returns the Markdown pages, named within their folder: README.md first, then
// one page for each message or diagnostic; of output only that of the root.
std::vector<Output> GenerateDocs(const Schema& schema);

// Returns the Markdown page of what the program writes: an example, and a table
// of fields for each message.
std::string GenerateOutputPage(const Schema& schema);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_GENERATOR_H_
