#include "runtime/dockerfile/shell_commands.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/shell_lexer.h"

namespace ovenbird::dockerfile {
namespace {

// Words that another command follows.
struct Starter {
  absl::string_view name;
  // Letters of its options that have a value as their next word.
  absl::string_view valued = {};
  int operands = 0;  // before the command
};
constexpr Starter kStarters[] = {
    {"!"},
    {"busybox"},
    {"command"},
    {"do"},
    {"doas", "uC"},
    {"elif"},
    {"else"},
    {"env", "uCS"},
    {"exec", "a"},
    {"fakeroot"},
    {"gosu", "", 1},
    {"if"},
    {"ionice", "cn"},
    {"nice", "n"},
    {"nohup"},
    {"stdbuf", "ioe"},
    {"su-exec", "", 1},
    {"sudo", "ugCDhprt"},
    {"then"},
    {"time", "fo"},
    {"timeout", "ks", 1},
    {"until"},
    {"while"},
    {"xargs", "adEIiLlnPs"},
    {"{"},
};

constexpr absl::string_view kShells[] = {"ash", "bash", "dash",
                                         "ksh", "sh",   "zsh"};
// They run a command as another user: `su USER -c COMMAND`.
constexpr absl::string_view kUserShells[] = {"runuser", "su"};

// Deep enough for what people write.
constexpr int kMaxNesting = 4;
// A loop in a loop multiplies its commands.
constexpr size_t kMaxValues = 12;

template <typename Names>
bool IsOneOf(const Names& names, absl::string_view word) {
  return std::find(std::begin(names), std::end(names), word) != std::end(names);
}

const Starter* FindStarter(absl::string_view word) {
  for (const Starter& starter : kStarters) {
    if (starter.name == word) return &starter;
  }
  return nullptr;
}

std::string WithoutFolders(absl::string_view word) {
  return std::string(word.substr(word.rfind('/') + 1));
}

bool IsName(absl::string_view text) {
  return !text.empty() && !absl::ascii_isdigit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

class Parser {
 public:
  Parser(std::vector<ShellToken> tokens, const ShellStart& start, int nesting)
      : tokens_(std::move(tokens)),
        start_(start),
        folder_(start.folder),
        nesting_(nesting) {}

  std::vector<ShellCommand> Run() {
    limit_ = tokens_.size();
    TakeCommands();
    return std::move(commands_);
  }

 private:
  void TakeCommands() {
    while (next_ < limit_) {
      const ShellToken& token = tokens_[next_];
      if (token.kind == ShellToken::kSeparator) {
        TakeSeparator(token.text);
        ++next_;
      } else if (token.kind == ShellToken::kOutput) {
        Output(token);
        ++next_;
      } else if (token.text == "case") {
        SkipTo("in");
        SkipPattern();
      } else if (token.text == "for") {
        TakeLoop();
      } else {
        TakeCommand();
      }
    }
  }

  bool AtWord() const {
    return next_ < limit_ && tokens_[next_].kind != ShellToken::kSeparator;
  }

  void TakeSeparator(absl::string_view text) {
    const bool again = text == ";" && next_ > 0 &&
                       tokens_[next_ - 1].text == ";" &&
                       tokens_[next_ - 1].kind == ShellToken::kSeparator;
    piped_ =
        text == "|" && next_ + 1 < limit_ && tokens_[next_ + 1].text != "|";
    if (text == "(") {
      outer_.push_back(folder_);
    } else if (text == ")" && !outer_.empty()) {
      folder_ = outer_.back();
      outer_.pop_back();
    } else if (again) {
      ++next_;
      SkipPattern();  // the next branch of a `case`
      --next_;
    }
  }

  void SkipTo(absl::string_view word) {
    while (next_ < limit_ && tokens_[next_].text != word) ++next_;
    if (next_ < limit_) ++next_;
  }

  // Past the `)` of a pattern of `case`, unless that ends.
  void SkipPattern() {
    while (next_ < limit_ && tokens_[next_].text == "\n") ++next_;
    if (next_ < limit_ && tokens_[next_].text != "esac") SkipTo(")");
  }

  // `for NAME in WORD...`
  void TakeLoop() {
    ++next_;
    if (!AtWord()) return;
    const std::string name = tokens_[next_++].text;
    std::vector<std::string> values;
    if (AtWord() && tokens_[next_].text == "in") ++next_;
    for (; AtWord(); ++next_) {
      const std::string value = Expand(tokens_[next_].text);
      for (const absl::string_view part : absl::StrSplit(value, ' ')) {
        if (!part.empty()) values.emplace_back(part);
      }
    }
    const size_t end = EndOfLoop();
    if (values.size() > kMaxValues || loops_ == kMaxNesting) values = {""};
    const size_t begin = next_;
    const size_t limit = std::exchange(limit_, end);
    ++loops_;
    for (const std::string& value : values) {
      next_ = begin;
      values_[name] = value.empty() ? std::nullopt : std::optional(value);
      TakeCommands();
    }
    --loops_;
    limit_ = limit;
    next_ = end;
  }

  // The `done` of the loop that is being read, or the end.
  size_t EndOfLoop() const {
    int depth = 0;
    for (size_t i = next_; i < limit_; ++i) {
      if (tokens_[i].text == "do") ++depth;
      if (tokens_[i].text == "done" && --depth == 0) return i;
    }
    return limit_;
  }

  // The text with each variable that has been set here replaced.
  std::string Expand(absl::string_view text) const {
    std::string result;
    while (true) {
      const size_t dollar = text.find('$');
      absl::StrAppend(&result, text.substr(0, dollar));
      if (dollar == absl::string_view::npos) return result;
      text.remove_prefix(dollar + 1);
      const bool braces = absl::ConsumePrefix(&text, "{");
      size_t size = 0;
      while (size < text.size() &&
             (absl::ascii_isalnum(text[size]) || text[size] == '_')) {
        ++size;
      }
      const std::string name(text.substr(0, size));
      text.remove_prefix(size);
      if (braces && !absl::ConsumePrefix(&text, "}")) {
        absl::StrAppend(&result, "${", name);  // `${X:-...}`
        continue;
      }
      absl::StrAppend(&result, ValueOf(name).value_or(absl::StrCat("$", name)));
    }
  }

  std::optional<std::string> ValueOf(const std::string& name) const {
    if (const auto own = values_.find(name); own != values_.end()) {
      return own->second;
    }
    if (start_.variable == nullptr || name.empty()) return std::nullopt;
    return start_.variable(name);
  }

  void Output(const ShellToken& token) {
    if (commands_.empty()) return;
    commands_.back().outputs.push_back(Expand(token.text));
  }

  // `NAME=VALUE`; true when the word is one.
  bool TakeAssignment(absl::string_view word) {
    const size_t equals = word.find('=');
    if (equals == absl::string_view::npos || !IsName(word.substr(0, equals))) {
      return false;
    }
    values_[std::string(word.substr(0, equals))] =
        Expand(word.substr(equals + 1));
    return true;
  }

  // Words up to the command itself, then the command.
  void TakeCommand() {
    std::vector<std::string> found;
    bool appends = false;
    while (AtWord()) {
      const ShellToken& token = tokens_[next_];
      const Starter* starter = FindStarter(WithoutFolders(token.text));
      if (token.kind == ShellToken::kOutput) {
        Output(token);  // `{ ...; } >file`
        ++next_;
      } else if (TakeAssignment(token.text)) {
        ++next_;
      } else if (starter != nullptr) {
        if (starter->name == "xargs") {
          found = PipedIn();
          appends = true;
        }
        ++next_;
        SkipOptions(*starter);
      } else if (token.text == "}" || token.text == "fi" ||
                 token.text == "done" || token.text == "esac") {
        ++next_;
      } else {
        break;
      }
    }
    if (!AtWord() || tokens_[next_].text == "case" ||
        tokens_[next_].text == "for") {
      return;
    }
    const ShellToken& name = tokens_[next_++];
    ShellCommand command = {
        WithoutFolders(name.text), name.begin, name.end, {}, {}, folder_, {}};
    if (appends) command.found = std::move(found);
    TakeArguments(std::move(command));
  }

  void SkipOptions(const Starter& starter) {
    while (AtWord() && absl::StartsWith(tokens_[next_].text, "-")) {
      const absl::string_view option = tokens_[next_++].text;
      const bool has_value = option.size() == 2 && !starter.valued.empty() &&
                             absl::StrContains(starter.valued, option[1]);
      if (has_value && AtWord()) ++next_;
    }
    for (int i = 0; i < starter.operands && AtWord(); ++i) ++next_;
  }

  // What the command before a `|` prints, for `xargs`.
  std::vector<std::string> PipedIn() const {
    if (!piped_ || commands_.empty()) return {""};
    const ShellCommand& before = commands_.back();
    if (before.name == "find") return FindPaths(before);
    if (before.name != "ls" && before.name != "echo" &&
        before.name != "printf") {
      return {""};
    }
    std::vector<std::string> paths;
    for (const std::string& word : before.arguments) {
      if (!absl::StartsWith(word, "-")) paths.push_back(word);
    }
    if (paths.empty()) paths.push_back(".");
    return paths;
  }

  // The folders that a `find` searches.
  static std::vector<std::string> FindPaths(const ShellCommand& find) {
    std::vector<std::string> paths;
    for (const std::string& word : find.arguments) {
      if (absl::StartsWith(word, "-") || word == "(" || word == "!") break;
      paths.push_back(word);
    }
    if (paths.empty()) paths.push_back(".");
    return paths;
  }

  void TakeArguments(ShellCommand command) {
    const bool find = command.name == "find";
    for (; next_ < limit_; ++next_) {
      const ShellToken& token = tokens_[next_];
      if (token.kind == ShellToken::kSeparator) break;
      if (token.kind == ShellToken::kOutput) {
        command.outputs.push_back(Expand(token.text));
      } else if (find && (absl::StartsWith(token.text, "-exec") ||
                          absl::StartsWith(token.text, "-ok"))) {
        commands_.push_back(command);
        TakeExec(FindPaths(command));
        return;
      } else {
        command.arguments.push_back(Expand(token.text));
      }
    }
    Finish(std::move(command));
  }

  // `find ... -exec COMMAND {} +`
  void TakeExec(std::vector<std::string> found) {
    ++next_;
    TakeCommand();
    if (commands_.empty()) return;
    ShellCommand& command = commands_.back();
    for (const char* mark : {"{}", "+", ";"}) {
      command.arguments.erase(
          std::remove(command.arguments.begin(), command.arguments.end(), mark),
          command.arguments.end());
    }
    command.found = std::move(found);
  }

  void Finish(ShellCommand command) {
    if (command.name == "cd" || command.name == "pushd") {
      EnterFolder(command);
    } else if (command.name == "read") {
      for (const std::string& name : command.arguments)
        values_[name] = std::nullopt;
    } else if (command.name == "export" || command.name == "local") {
      for (const std::string& word : command.arguments) TakeAssignment(word);
    }
    if (const std::optional<std::string> script = ScriptOf(command);
        script.has_value() && nesting_ < kMaxNesting) {
      Nested(*script, command);
      return;
    }
    commands_.push_back(std::move(command));
  }

  void EnterFolder(const ShellCommand& command) {
    for (const std::string& word : command.arguments) {
      if (absl::StartsWith(word, "-") && word != "-") continue;
      folder_ = ResolvePath(word == "-" ? "$OLDPWD" : word, folder_);
      return;
    }
    folder_ = "$HOME";
  }

  // The text that a command gives to a shell.
  static std::optional<std::string> ScriptOf(const ShellCommand& command) {
    if (command.name == "eval") return absl::StrJoin(command.arguments, " ");
    const bool user_shell = IsOneOf(kUserShells, command.name);
    if (!user_shell && !IsOneOf(kShells, command.name)) return std::nullopt;
    bool is_next = false;
    for (size_t i = 0; i < command.arguments.size(); ++i) {
      absl::string_view word = command.arguments[i];
      if (absl::ConsumePrefix(&word, "--command=")) return std::string(word);
      if (word == "-o" || word == "-O" || word == "-s" || word == "-g") {
        ++i;
      } else if (word == "--command" ||
                 (absl::StartsWith(word, "-") &&
                  !absl::StartsWith(word, "--") && absl::EndsWith(word, "c"))) {
        is_next = true;
      } else if (is_next && !absl::StartsWith(word, "-")) {
        return std::string(word);
      } else if (!user_shell && !absl::StartsWith(word, "-")) {
        return std::nullopt;  // a script's file
      }
    }
    return std::nullopt;
  }

  void Nested(const std::string& script, const ShellCommand& shell) {
    const ShellStart start = {shell.folder, start_.variable};
    Parser parser(LexShell(script), start, nesting_ + 1);
    parser.values_ = values_;
    for (ShellCommand& command : parser.Run()) {
      command.begin = shell.begin;
      command.end = shell.end;
      if (!shell.found.empty() && command.found.empty()) {
        command.found = shell.found;
      }
      commands_.push_back(std::move(command));
    }
  }

  const std::vector<ShellToken> tokens_;
  const ShellStart& start_;
  std::string folder_;
  const int nesting_;
  size_t next_ = 0;
  size_t limit_ = 0;
  int loops_ = 0;
  bool piped_ = false;
  std::vector<std::string> outer_;  // folders outside of each subshell
  // nullopt: not known.
  std::map<std::string, std::optional<std::string>> values_;
  std::vector<ShellCommand> commands_;
};

}  // namespace

std::string ResolvePath(absl::string_view path, absl::string_view folder) {
  if (absl::StartsWith(path, "/") || absl::StartsWith(path, "$")) {
    return CleanPath(path);
  }
  if (path == "~" || absl::StartsWith(path, "~/")) {
    return CleanPath(absl::StrCat("$HOME", path.substr(1)));
  }
  return CleanPath(absl::StrCat(folder, "/", path));
}

std::vector<ShellCommand> FindShellCommands(absl::string_view text,
                                            const ShellStart& start) {
  return Parser(LexShell(text), start, 0).Run();
}

std::vector<ShellCommand> FindShellCommands(
    const std::vector<std::string>& words, const ShellStart& start) {
  std::vector<ShellToken> tokens;
  for (const std::string& word : words) {
    tokens.push_back({ShellToken::kWord, word, 0, 0});
  }
  return Parser(std::move(tokens), start, 0).Run();
}

}  // namespace ovenbird::dockerfile
