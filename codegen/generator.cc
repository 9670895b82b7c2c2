#include "codegen/generator.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/io/zero_copy_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace ovenbird::codegen {
namespace {

namespace pb = google::protobuf;

bool ParseOptions(const std::string& parameter, Options* options,
                  std::string* error) {
  for (absl::string_view item :
       absl::StrSplit(parameter, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(item, absl::MaxSplits('=', 1));
    if (pair.first == "include") {
      options->include = pair.second;
    } else if (pair.first == "base") {
      options->base = pair.second;
    } else if (pair.first == "emit") {
      options->emit = pair.second;
    } else if (pair.first == "dep") {
      options->deps.insert(
          absl::StrSplit(pair.second, absl::MaxSplits('=', 1)));
    } else {
      *error = absl::StrCat("unknown parameter `", pair.first, "`");
      return false;
    }
  }
  return true;
}

std::string AnyJsonSchema(const Schema& schema) {
  return schema.kind == schema::OUTPUT ? GenerateOutputSchema(schema)
                                       : GenerateJsonSchema(schema);
}

std::vector<Output> Emit(const Schema& schema, const Options& options,
                         std::string* error) {
  const bool diagnostics = schema.kind == schema::DIAGNOSTICS;
  const bool config = schema.kind == schema::CONFIG;
  const bool output = schema.kind == schema::OUTPUT;
  if (options.emit == "cpp") {
    return {{absl::StrCat(options.base, ".h"),
             diagnostics ? GenerateDiagnosticsHeader(schema, options)
                         : GenerateHeader(schema, options)},
            {absl::StrCat(options.base, ".cc"),
             diagnostics ? GenerateDiagnosticsSource(schema, options)
                         : GenerateSource(schema, options)}};
  }
  if (options.emit == "json_schema" && (config || output)) {
    return {
        {absl::StrCat(options.base, ".schema.json"), AnyJsonSchema(schema)}};
  }
  if (options.emit == "json_schema_cpp" && (config || output)) {
    return {{absl::StrCat(options.base, ".h"),
             GenerateEmbeddedSchemaHeader(schema, options)},
            {absl::StrCat(options.base, ".cc"),
             GenerateEmbeddedSchemaSource(schema, options)}};
  }
  if (options.emit == "interface" && schema.kind != schema::OBJECTS) {
    return {{absl::StrCat(options.base, ".interface.txt"),
             GenerateInterface(schema)}};
  }
  if (options.emit == "docs" && schema.kind != schema::OBJECTS) {
    std::vector<Output> pages = GenerateDocs(schema);
    for (Output& page : pages) {
      page.name = absl::StrCat(options.base, "/", page.name);
    }
    return pages;
  }
  *error = absl::StrCat("nothing to emit for `emit=", options.emit,
                        "` from a schema of this kind");
  return {};
}

}  // namespace

bool Generator::Generate(const pb::FileDescriptor* file,
                         const std::string& parameter,
                         pb::compiler::GeneratorContext* context,
                         std::string* error) const {
  Options options;
  if (!ParseOptions(parameter, &options, error)) return false;
  std::string problems;
  const std::unique_ptr<Schema> schema = BuildSchema(file, &problems);
  if (schema == nullptr) {
    *error = absl::StrCat("the schema is invalid\n", problems);
    return false;
  }
  for (const Output& output : Emit(*schema, options, error)) {
    const std::unique_ptr<pb::io::ZeroCopyOutputStream> stream(
        context->Open(output.name));
    pb::io::CodedOutputStream(stream.get()).WriteString(output.text);
  }
  return error->empty();
}

bool Generator::GenerateAll(const std::vector<const pb::FileDescriptor*>& files,
                            const std::string& parameter,
                            pb::compiler::GeneratorContext* context,
                            std::string* error) const {
  for (const pb::FileDescriptor* file : files) {
    if (!Generate(file, parameter, context, error)) return false;
  }
  return true;
}

}  // namespace ovenbird::codegen
