// What the server knows of the projects whose files are open.
#ifndef OVENBIRD_RUNTIME_LSP_WORKSPACE_H_
#define OVENBIRD_RUNTIME_LSP_WORKSPACE_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/kube/build_spec.h"
#include "runtime/lsp/checked.h"
#include "runtime/lsp/documents.h"
#include "runtime/lsp/position.h"
#include "runtime/plan/folder_cache.h"

namespace ovenbird::lsp {

// The open documents, and the configs that they are or that name them. Configs
// are checked late: when all changes that the editor has sent are known.
class Workspace {
 public:
  // `config` is the path of a config with another name than devspace.yaml;
  // empty: none.
  Workspace(CheckSettings settings, std::string config)
      : settings_(std::move(settings)),
        flag_secrets_(settings_.check.secrets),
        config_(std::move(config)) {
    settings_.check.folders = &folders_;
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  const Documents& documents() const { return documents_; }
  Encoding encoding() const { return encoding_; }
  void set_encoding(Encoding encoding) { encoding_ = encoding; }

  // Take the parameters of textDocument/didOpen, didChange and didClose.
  void Open(const json::Value& params);
  void Change(const json::Value& params);
  void Close(const json::Value& params);
  // Sets the secrets that builds get in addition to those of the server's
  // command line; they take the place of earlier ones.
  void SetSecrets(const std::vector<kube::BuildSecret>& secrets);
  // Notes that files have changed, or may have, that are not open.
  void ChangeFiles();
  // Returns whether the last checks used lists of files that may be out of
  // date.
  bool UsesOldLists() const { return folders_.used(); }

  // Checks the configs whose files have changed. Returns the parameters of
  // textDocument/publishDiagnostics for each file whose diagnostics have
  // changed, and without `only_news` for each that is open.
  std::vector<json::Value> Check(bool only_news = false);
  // Returns the failures of Check() since the last call.
  std::vector<std::string> TakeFailures();

  // Returns whether the file is a config, by its name: devspace.yaml,
  // devspace-*.yaml, or the config of the constructor.
  bool IsConfig(const std::string& path) const;
  // Returns the checked configs that are the file at `path` or name it; none
  // before Check().
  std::vector<const Checked*> ChecksOf(const std::string& path) const;

 private:
  // A config after its last check.
  struct State {
    Checked checked;
    std::map<std::string, json::Array> diagnostics;  // by the file's path
    std::set<std::string> files;  // that it names, and itself
  };

  void CheckAllAgain();
  void Touch(const std::string& path);
  void Drop(const std::string& config);
  void CheckOne(const std::string& config);
  bool HasOpenFile(const State& state) const;
  // All diagnostics of a file, each once.
  json::Array DiagnosticsOf(const std::string& path) const;

  plan::FolderCache folders_;
  CheckSettings settings_;
  const std::vector<kube::BuildSecret> flag_secrets_;
  const std::string config_;
  Encoding encoding_ = Encoding::kUtf16;
  Documents documents_;
  std::map<std::string, State> states_;       // by the config's path
  std::set<std::string> pending_;             // configs to check
  std::set<std::string> dirty_;               // files to publish
  std::map<std::string, json::Array> shown_;  // without empty ones
  std::vector<std::string> failures_;
};

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_WORKSPACE_H_
