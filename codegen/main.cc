#include "codegen/generator.h"
#include "google/protobuf/compiler/plugin.h"

int main(int argc, char** argv) {
  const ovenbird::codegen::Generator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
