#include "runtime/dockerfile/parse.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/grammar.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/lines.h"

namespace ovenbird::dockerfile {
namespace {

class Parser {
 public:
  Parser(const SourceFile& file, diag::Sink& sink)
      : file_(file), sink_(sink), lines_(&file) {
    result_.file = &file;
  }

  Dockerfile Run() {
    ReadDirectives();
    CheckLineLengths();
    while (std::optional<LogicalLine> line = lines_.Next()) {
      ReadInstruction(std::make_shared<LogicalLine>(*std::move(line)));
    }
    Finish();
    return std::move(result_);
  }

 private:
  // BuildKit's reader has a buffer of 64 KiB.
  void CheckLineLengths();
  // Lines at the very top of the form `# name=value`.
  void ReadDirectives();
  void SetDirective(const std::string& name, const Word& value);
  void ReadInstruction(std::shared_ptr<const LogicalLine> line);
  void ReadHeredocs(const LogicalLine& line, Instruction& instruction);
  Heredoc ReadHeredoc(const HeredocStart& start, Span word);
  void Place(Instruction instruction);
  void StartStage(Instruction from);
  void NameStage(Stage& stage);
  void Finish();

  const SourceFile& file_;
  diag::Sink& sink_;
  LineReader lines_;
  Dockerfile result_;
  std::vector<std::string> directives_;
};

void Parser::CheckLineLengths() {
  constexpr size_t kMaxLine = 65535;
  LineReader lines(&file_);
  while (const std::optional<PhysicalLine> line = lines.NextPhysical()) {
    if (line->next - line->begin <= kMaxLine + 1 &&
        line->text.size() <= kMaxLine) {
      continue;
    }
    sink_.Handle(diag::DockerfileValue(
        {&file_, line->begin, line->begin + 1}, "line",
        absl::StrCat("it has ", line->text.size(),
                     " bytes, but 65535 is the limit"),
        absl::StrCat("end a part of it with ",
                     result_.escape == '`' ? "a backtick" : "`\\`",
                     " and continue in the next line")));
    return;
  }
}

void Parser::ReadDirectives() {
  static const RE2* const directive =
      new RE2(R"(^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$)");
  while (const std::optional<PhysicalLine> line = lines_.NextPhysical()) {
    const re2::StringPiece text(line->text.data(), line->text.size());
    std::string name;
    re2::StringPiece value;
    const bool found = RE2::FullMatch(text, *directive, &name, &value);
    name = absl::AsciiStrToLower(name);
    if (!found || (name != "syntax" && name != "escape" && name != "check")) {
      lines_.Unread(*line);
      return;
    }
    const auto begin =
        static_cast<uint32_t>(value.data() - file_.text().data());
    SetDirective(
        name, {std::string(value),
               {&file_, begin, begin + static_cast<uint32_t>(value.size())}});
  }
}

void Parser::SetDirective(const std::string& name, const Word& value) {
  if (std::find(directives_.begin(), directives_.end(), name) !=
      directives_.end()) {
    sink_.Handle(diag::DockerfileSyntax(
        value.span, absl::StrCat("second directive `", name, "`")));
    return;
  }
  directives_.push_back(name);
  if (name == "syntax") result_.syntax = value;
  if (name != "escape") return;
  if (value.text != "\\" && value.text != "`") {
    sink_.Handle(diag::DockerfileSyntax(
        value.span, absl::StrCat("escape character `", value.text,
                                 "` is neither `\\` nor a backtick")));
    return;
  }
  result_.escape = value.text[0];
  lines_.set_escape(result_.escape);
}

void Parser::ReadInstruction(std::shared_ptr<const LogicalLine> line) {
  result_.open = line->open();
  std::optional<Instruction> instruction =
      ParseInstruction(line, lines_.escape(), sink_);
  if (!instruction.has_value()) return;
  ReadHeredocs(*line, *instruction);
  Place(*std::move(instruction));
}

void Parser::ReadHeredocs(const LogicalLine& line, Instruction& instruction) {
  std::vector<Heredoc> heredocs;
  for (const HeredocStart& start : FindHeredocs(instruction, line.text())) {
    heredocs.push_back(ReadHeredoc(start, line.span()));
    // One that the file's end leaves without lines comes before the last.
    instruction.span.end =
        std::max(instruction.span.end, heredocs.back().span.end);
  }
  Instruction& owner =
      instruction.trigger.empty() ? instruction : instruction.trigger[0];
  owner.span.end = instruction.span.end;
  owner.heredocs = std::move(heredocs);
}

Heredoc Parser::ReadHeredoc(const HeredocStart& start, Span line) {
  Heredoc heredoc;
  heredoc.name = start.name;
  heredoc.expand = start.expand;
  std::optional<uint32_t> begin;
  uint32_t end = line.end;
  while (const std::optional<PhysicalLine> physical = lines_.NextPhysical()) {
    if (!begin.has_value()) begin = physical->begin;
    end = physical->begin + static_cast<uint32_t>(physical->text.size());
    absl::string_view text = physical->text;
    absl::string_view whole =
        absl::string_view(file_.text())
            .substr(physical->begin, physical->next - physical->begin);
    if (start.strip_tabs) {
      const size_t tabs = std::min(text.find_first_not_of('\t'), text.size());
      text.remove_prefix(tabs);
      whole.remove_prefix(tabs);
    }
    if (text == start.name) {
      heredoc.span = {&file_, *begin, end};
      return heredoc;
    }
    absl::StrAppend(&heredoc.content, whole);
  }
  heredoc.span = {&file_, begin.value_or(end), end};
  sink_.Handle(diag::DockerfileSyntax(
      line, absl::StrCat("no line `", start.name,
                         "` ends the here-document that starts here")));
  return heredoc;
}

void Parser::Place(Instruction instruction) {
  if (instruction.keyword == "FROM") return StartStage(std::move(instruction));
  if (!result_.stages.empty()) {
    result_.stages.back().instructions.push_back(std::move(instruction));
  } else if (instruction.keyword == "ARG") {
    result_.global_args.push_back(std::move(instruction));
  } else {
    sink_.Handle(diag::DockerfileBeforeFrom(instruction.keyword_span,
                                            instruction.keyword));
  }
}

void Parser::StartStage(Instruction from) {
  const uint32_t begin = from.keyword_span.begin;
  if (!result_.stages.empty()) {
    // Not in the middle of the line that FROM starts (blanks before it).
    const Position at = file_.PositionAt(begin);
    result_.stages.back().end = static_cast<uint32_t>(file_.LineStart(at.line));
  }
  Stage stage;
  stage.index = static_cast<int>(result_.stages.size());
  if (!from.words.empty()) stage.base = from.words[0];
  stage.from = std::move(from);
  NameStage(stage);
  result_.stages.push_back(std::move(stage));
}

void Parser::NameStage(Stage& stage) {
  static const RE2* const valid = new RE2("[a-z][a-z0-9._-]*");
  const std::vector<Word>& words = stage.from.words;
  if (words.size() < 2) return;
  if (words.size() != 3 || !absl::EqualsIgnoreCase(words[1].text, "as")) {
    sink_.Handle(diag::DockerfileArguments(stage.from.text_span, "FROM",
                                           FindGrammar("FROM")->needed));
    return;
  }
  stage.name = absl::AsciiStrToLower(words[2].text);
  stage.name_span = words[2].span;
  if (!RE2::FullMatch(stage.name, *valid)) {
    sink_.Handle(diag::DockerfileStageName(stage.name_span, words[2].text));
  }
}

void Parser::Finish() {
  const auto size = static_cast<uint32_t>(file_.text().size());
  if (!result_.stages.empty()) {
    result_.stages.back().end = size;
  } else {
    sink_.Handle(diag::DockerfileWithoutFrom({&file_, 0, 0}));
  }
}

}  // namespace

Dockerfile Parse(const SourceFile& file, diag::Sink& sink) {
  return Parser(file, sink).Run();
}

}  // namespace ovenbird::dockerfile
