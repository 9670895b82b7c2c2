#include "runtime/lsp/server.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/lsp/code_actions.h"
#include "runtime/lsp/completion.h"
#include "runtime/lsp/definition.h"
#include "runtime/lsp/editor_settings.h"
#include "runtime/lsp/hover.h"
#include "runtime/lsp/message_stream.h"
#include "runtime/lsp/rename.h"
#include "runtime/lsp/request_place.h"
#include "runtime/lsp/workspace.h"

namespace ovenbird::lsp {
namespace {

using json::Object;
using json::Value;

// The error codes of JSON-RPC and LSP.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

// MessageType of window/logMessage and window/showMessage.
constexpr int kWarning = 2;

// When nothing was typed for so long, files on the disk are looked at.
constexpr absl::Duration kPause = absl::Seconds(1);

// TextDocumentSyncKind: only what has changed is sent.
constexpr int kIncremental = 2;

int CodeOf(const absl::Status& status) {
  if (absl::IsUnimplemented(status)) return kMethodNotFound;
  if (absl::IsInvalidArgument(status)) return kInvalidParams;
  return kRequestFailed;
}

// The life of one server.
class Server {
 public:
  Server(int in, int out, ServerOptions options)
      : reader_(in),
        out_(out),
        version_(std::move(options.version)),
        workspace_(std::move(options.settings), std::move(options.config)) {}

  Ending Run() {
    while (!ending_) {
      // A check is for the text after all changes that are known.
      if (!reader_.HasInput()) Check();
      // While a text is typed, files are not listed again and again.
      if (workspace_.UsesOldLists() && !reader_.HasInput(kPause)) {
        workspace_.ChangeFiles();
        Check(/*only_news=*/true);
      }
      const Received received = reader_.Read();
      switch (received.kind) {
        case Received::kMessage:
          Handle(received.text);
          break;
        case Received::kTooLong:
          ReplyError(nullptr, kInvalidRequest,
                     absl::StrCat("the message has more than ", kMaxMessage,
                                  " bytes"));
          break;
        case Received::kBroken:
          ReplyError(nullptr, kParseError, received.text);
          return {false, received.text};
        case Received::kEnd:
          return {false, ""};
      }
      if (!written_.ok()) return {false, std::string(written_.message())};
    }
    return {is_shut_down_, ""};
  }

 private:
  using Handler = absl::StatusOr<Value> (Server::*)(const Value& params);

  void Handle(const std::string& text) {
    const absl::StatusOr<Value> message = json::Parse(text);
    if (!message.ok()) {
      ReplyError(nullptr, kParseError, message.status().message());
      return;
    }
    const Value& id = (*message)["id"];
    const std::string* method = (*message)["method"].as_string();
    const bool is_response = !(*message)["result"].is_null() ||
                             !(*message)["error"].is_null() ||
                             (method == nullptr && !id.is_null());
    if (message->as_object() != nullptr && is_response) return;
    if (method == nullptr) {
      ReplyError(nullptr, kInvalidRequest, "the message has no method");
    } else if (id.is_null()) {
      HandleNotification(*method, (*message)["params"]);
    } else if (id.as_int() == nullptr && id.as_string() == nullptr) {
      ReplyError(nullptr, kInvalidRequest, "the id is no number or string");
    } else {
      HandleRequest(id, *method, (*message)["params"]);
    }
  }

  void HandleNotification(absl::string_view method, const Value& params) {
    if (method == "exit") {
      ending_ = true;
    } else if (!is_initialized_ || is_shut_down_) {
      return;
    } else if (method == "textDocument/didOpen") {
      workspace_.Open(params);
    } else if (method == "textDocument/didChange") {
      workspace_.Change(params);
    } else if (method == "textDocument/didClose") {
      workspace_.Close(params);
    } else if (method == "textDocument/didSave" ||
               method == "workspace/didChangeWatchedFiles") {
      workspace_.ChangeFiles();
    } else if (method == "workspace/didChangeConfiguration") {
      TakeSettings(params["settings"]);
    } else if (method == "initialized") {
      WatchFiles();
    }
  }

  void HandleRequest(const Value& id, absl::string_view method,
                     const Value& params) {
    if (method != "initialize" && !is_initialized_) {
      ReplyError(id, kNotInitialized, "the first request is `initialize`");
      return;
    }
    if (is_shut_down_ || (method == "initialize" && is_initialized_)) {
      ReplyError(id, kInvalidRequest,
                 is_shut_down_ ? "the server is shut down"
                               : "the server is initialized already");
      return;
    }
    static const auto& handlers = *new std::map<absl::string_view, Handler>{
        {"initialize", &Server::Initialize},
        {"shutdown", &Server::ShutDown},
        {"textDocument/codeAction", &Server::CodeAction},
        {"textDocument/completion", &Server::Completion},
        {"textDocument/definition", &Server::Definition},
        {"textDocument/hover", &Server::Hover},
        {"textDocument/prepareRename", &Server::PrepareRename},
        {"textDocument/rename", &Server::Rename},
    };
    const auto found = handlers.find(method);
    const absl::StatusOr<Value> result =
        found == handlers.end() ? absl::UnimplementedError(absl::StrCat(
                                      "unknown method `", method, "`"))
                                : (this->*found->second)(params);
    if (result.ok()) {
      Send(Object{{"id", id}, {"result", *result}});
    } else {
      ReplyError(id, CodeOf(result.status()), result.status().message());
    }
  }

  absl::StatusOr<Value> Initialize(const Value& params) {
    is_initialized_ = true;
    const Value& capabilities = params["capabilities"];
    const Value& encodings = capabilities.Get({"general", "positionEncodings"});
    for (const Value& encoding : encodings.items()) {
      if (encoding.string_or() == "utf-8") {
        workspace_.set_encoding(Encoding::kUtf8);
      }
    }
    can_watch_ =
        capabilities
            .Get({"workspace", "didChangeWatchedFiles", "dynamicRegistration"})
            .bool_or();
    TakeSettings(params["initializationOptions"]);
    return Value(Object{
        {"capabilities", Capabilities()},
        {"serverInfo", Object{{"name", "ovenbird"}, {"version", version_}}}});
  }

  Value Capabilities() const {
    return Object{
        {"positionEncoding",
         workspace_.encoding() == Encoding::kUtf8 ? "utf-8" : "utf-16"},
        {"textDocumentSync",
         Object{{"openClose", true}, {"change", kIncremental}, {"save", true}}},
        {"codeActionProvider",
         Object{{"codeActionKinds", json::Array{"quickfix", kFixAll}}}},
        {"completionProvider",
         Object{{"triggerCharacters", json::Array{"{", "-", " "}}}},
        {"definitionProvider", true},
        {"hoverProvider", true},
        {"renameProvider", Object{{"prepareProvider", true}}},
    };
  }

  absl::StatusOr<Value> CodeAction(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    Check();
    return Value(CodeActions(workspace_, place.path, params));
  }

  absl::StatusOr<Value> Completion(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    return Value(CompleteAt(workspace_, place));
  }

  absl::StatusOr<Value> Definition(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    return Value(FindDefinition(workspace_, place));
  }

  absl::StatusOr<Value> Hover(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    Check();
    return HoverAt(workspace_, place);
  }

  absl::StatusOr<Value> PrepareRename(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    return lsp::PrepareRename(workspace_, place);
  }

  absl::StatusOr<Value> Rename(const Value& params) {
    ASSIGN_OR_RETURN(const RequestPlace place,
                     FindRequestPlace(workspace_, params));
    return lsp::Rename(workspace_, place, params["newName"].string_or());
  }

  absl::StatusOr<Value> ShutDown(const Value&) {
    is_shut_down_ = true;
    return Value();
  }

  void TakeSettings(const Value& sent) {
    EditorSettings settings = ReadEditorSettings(sent);
    if (settings.secrets) workspace_.SetSecrets(*settings.secrets);
    wrong_settings_.insert(wrong_settings_.end(), settings.problems.begin(),
                           settings.problems.end());
  }

  // Asks the editor to report changes of files that are not open.
  void WatchFiles() {
    if (!can_watch_) return;
    json::Array watchers;
    for (const char* glob :
         {"**/devspace.yaml", "**/*Dockerfile*", "**/*.dockerignore"}) {
      watchers.push_back(Object{{"globPattern", glob}});
    }
    Send(Object{{"id", "watch"},
                {"method", "client/registerCapability"},
                {"params",
                 Object{{"registrations",
                         json::Array{Object{
                             {"id", "watch"},
                             {"method", "workspace/didChangeWatchedFiles"},
                             {"registerOptions",
                              Object{{"watchers", std::move(watchers)}}}}}}}}});
  }

  void Check(bool only_news = false) {
    for (Value& params : workspace_.Check(only_news)) {
      Notify("textDocument/publishDiagnostics", std::move(params));
    }
    for (std::string& failure : workspace_.TakeFailures()) {
      Notify("window/logMessage",
             Object{{"type", kWarning}, {"message", std::move(failure)}});
    }
    for (const std::string& problem : std::exchange(wrong_settings_, {})) {
      Notify("window/showMessage",
             Object{{"type", kWarning},
                    {"message", absl::StrCat("ovenbird: ", problem)}});
    }
  }

  void Notify(const char* method, Value params) {
    Send(Object{{"method", method}, {"params", std::move(params)}});
  }

  void ReplyError(const Value& id, int code, absl::string_view text) {
    Send(Object{{"id", id},
                {"error", Object{{"code", code}, {"message", text}}}});
  }

  void Send(Value message) {
    message.Set("jsonrpc", "2.0");
    if (written_.ok()) written_ = WriteMessage(out_, json::Write(message));
  }

  MessageReader reader_;
  const int out_;
  const std::string version_;
  Workspace workspace_;
  bool is_initialized_ = false;
  bool is_shut_down_ = false;
  bool ending_ = false;
  bool can_watch_ = false;
  // Not yet shown: nothing is sent before the answer to `initialize`.
  std::vector<std::string> wrong_settings_;
  absl::Status written_;
};

}  // namespace

Ending Serve(int in, int out, ServerOptions options) {
  return Server(in, out, std::move(options)).Run();
}

}  // namespace ovenbird::lsp
