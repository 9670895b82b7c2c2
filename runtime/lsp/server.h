// A language server (LSP 3.17) for devspace.yaml and the Dockerfiles that it
// names: one editor, over a pair of file descriptors.
#ifndef OVENBIRD_RUNTIME_LSP_SERVER_H_
#define OVENBIRD_RUNTIME_LSP_SERVER_H_

#include <string>

#include "runtime/lsp/checked.h"

namespace ovenbird::lsp {

// The command line of the server.
struct ServerOptions {
  CheckSettings settings;
  // The absolute path of a config with a name of its own; empty: none.
  std::string config;
  std::string version;  // of the program
};

// How a server has ended.
struct Ending {
  bool good = false;    // the editor asked for it: `shutdown`, then `exit`
  std::string problem;  // why the connection cannot be used; may be empty
};

// Answers the editor until it sends `exit`, or the connection ends or breaks.
// Reads messages from `in` and writes to `out`; closes neither.
Ending Serve(int in, int out, ServerOptions options);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_SERVER_H_
