// The floor for `bench:config`: reads a YAML file with yaml-cpp's event
// interface and does nothing with what it says.
//   config_peer FILE

#include <fstream>
#include <iostream>

#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/yaml.h"

namespace {

class Nothing : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: config_peer FILE\n";
    return 2;
  }
  std::ifstream in(argv[1]);
  YAML::Parser parser(in);
  Nothing nothing;
  return parser.HandleNextDocument(nothing) ? 0 : 1;
}
