#include "examples/own_schema/load.h"

#include "runtime/config/decode.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace bakery {

Bakery Load(const ovenbird::SourceFile& file, ovenbird::yaml::Arena& arena,
            ovenbird::diag::Sink& sink) {
  Bakery bakery;
  const ovenbird::yaml::Node* node = ovenbird::yaml::Parse(file, arena, sink);
  if (node != nullptr) {
    ovenbird::config::decode::Context context(&sink);
    Decode(*node, context, &bakery);
  }
  return bakery;
}

}  // namespace bakery
