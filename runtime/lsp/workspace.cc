#include "runtime/lsp/workspace.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/config/search.h"
#include "runtime/lsp/diagnostics.h"
#include "runtime/plan/read_dockerfile.h"

namespace ovenbird::lsp {
namespace {

namespace fs = std::filesystem;

bool IsYaml(absl::string_view name) {
  return absl::EndsWith(name, ".yaml") || absl::EndsWith(name, ".yml");
}

// The files that a change of can change its problems.
std::set<std::string> FilesOf(
    const Checked& checked,
    const std::map<std::string, json::Array>& diagnostics) {
  std::set<std::string> files;
  for (const auto& [path, list] : diagnostics) files.insert(path);
  if (checked.project == nullptr) return files;
  for (const auto& [key, image] : checked.project->config.images) {
    files.insert(plan::DockerfilePath(checked.project->folder(), image));
  }
  return files;
}

}  // namespace

bool Workspace::IsConfig(const std::string& path) const {
  const std::string name = fs::path(path).filename().string();
  return (absl::StartsWith(name, "devspace") && IsYaml(name)) ||
         path == config_;
}

void Workspace::Open(const json::Value& params) {
  const std::string path = documents_.Open(params);
  if (!path.empty()) Touch(path);
}

void Workspace::Change(const json::Value& params) {
  const std::string path = documents_.Change(params, encoding_);
  if (!path.empty()) Touch(path);
}

void Workspace::Close(const json::Value& params) {
  const std::string path = documents_.Close(params);
  if (path.empty()) return;
  // The file has its own text again.
  Touch(path);
  std::vector<std::string> unused;
  for (const auto& [config, state] : states_) {
    if (!HasOpenFile(state)) unused.push_back(config);
  }
  if (documents_.Find(path) == nullptr && IsConfig(path) &&
      states_.count(path) == 0) {
    pending_.erase(path);
  }
  for (const std::string& config : unused) Drop(config);
}

void Workspace::SetSecrets(const std::vector<kube::BuildSecret>& secrets) {
  settings_.check.secrets = flag_secrets_;
  settings_.check.secrets.insert(settings_.check.secrets.end(), secrets.begin(),
                                 secrets.end());
  CheckAllAgain();
}

void Workspace::ChangeFiles() {
  folders_.Clear();
  CheckAllAgain();
}

void Workspace::CheckAllAgain() {
  for (const auto& [config, state] : states_) pending_.insert(config);
}

void Workspace::Touch(const std::string& path) {
  if (IsConfig(path)) {
    pending_.insert(path);
    return;
  }
  bool is_named = false;
  for (const auto& [config, state] : states_) {
    if (state.files.count(path) == 0) continue;
    pending_.insert(config);
    is_named = true;
  }
  if (is_named || IsYaml(path)) return;
  if (!config_.empty()) pending_.insert(config_);
  const fs::path folder = fs::path(path).parent_path();
  const absl::StatusOr<std::string> nearest =
      config::FindConfig(folder.string());
  if (!nearest.ok()) return;
  // It is relative to the folder.
  const std::string config = (folder / *nearest).lexically_normal().string();
  if (states_.count(config) == 0) pending_.insert(config);
}

void Workspace::Drop(const std::string& config) {
  pending_.erase(config);
  const auto found = states_.find(config);
  if (found == states_.end()) return;
  for (const auto& [path, list] : found->second.diagnostics) {
    dirty_.insert(path);
  }
  states_.erase(found);
}

bool Workspace::HasOpenFile(const State& state) const {
  return std::any_of(state.files.begin(), state.files.end(),
                     [&](const std::string& path) {
                       return documents_.Find(path) != nullptr;
                     });
}

void Workspace::CheckOne(const std::string& config) {
  std::error_code error;
  if (documents_.Find(config) == nullptr && !fs::exists(config, error)) {
    Drop(config);
    return;
  }
  Checked checked = CheckConfig(config, documents_, settings_);
  if (!checked.failure.ok()) {
    failures_.emplace_back(checked.failure.message());
  }
  State& state = states_[config];
  for (const auto& [path, list] : state.diagnostics) dirty_.insert(path);
  state.diagnostics = DiagnosticsByFile(checked, documents_, encoding_);
  for (const auto& [path, list] : state.diagnostics) dirty_.insert(path);
  state.files = FilesOf(checked, state.diagnostics);
  state.checked = std::move(checked);
  // One that only might have named an open file.
  if (!HasOpenFile(state)) Drop(config);
}

json::Array Workspace::DiagnosticsOf(const std::string& path) const {
  json::Array all;
  for (const auto& [config, state] : states_) {
    const auto found = state.diagnostics.find(path);
    if (found == state.diagnostics.end()) continue;
    for (const json::Value& one : found->second) {
      if (std::find(all.begin(), all.end(), one) == all.end()) {
        all.push_back(one);
      }
    }
  }
  return all;
}

std::vector<json::Value> Workspace::Check(bool only_news) {
  const std::set<std::string> pending = std::exchange(pending_, {});
  for (const std::string& config : pending) CheckOne(config);
  std::vector<json::Value> published;
  for (const std::string& path : std::exchange(dirty_, {})) {
    json::Array all = DiagnosticsOf(path);
    const Document* document = documents_.Find(path);
    const auto before = shown_.find(path);
    const bool is_same =
        before == shown_.end() ? all.empty() : before->second == all;
    if (is_same && (only_news || document == nullptr)) continue;
    json::Value params = json::Object{{"uri", documents_.UriOf(path)}};
    if (document != nullptr) params.Set("version", document->version);
    params.Set("diagnostics", all);
    published.push_back(std::move(params));
    if (all.empty()) {
      shown_.erase(path);
    } else {
      shown_[path] = std::move(all);
    }
  }
  return published;
}

std::vector<std::string> Workspace::TakeFailures() {
  return std::exchange(failures_, {});
}

std::vector<const Checked*> Workspace::ChecksOf(const std::string& path) const {
  std::vector<const Checked*> checks;
  for (const auto& [config, state] : states_) {
    if (state.files.count(path) > 0) checks.push_back(&state.checked);
  }
  return checks;
}

}  // namespace ovenbird::lsp
