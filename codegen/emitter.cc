#include "codegen/emitter.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace ovenbird::codegen {
namespace {

[[noreturn]] void Die(absl::string_view why, absl::string_view line) {
  std::fprintf(stderr, "%s\n",
               absl::StrCat("bug in the generator: ", why,
                            " in the template line \"", line, "\"")
                   .c_str());
  std::abort();
}

size_t Indentation(absl::string_view line) {
  size_t blanks = line.find_first_not_of(' ');
  return blanks == absl::string_view::npos ? line.size() : blanks;
}

// The lines between the template's first and last line end, shifted left.
std::vector<absl::string_view> TemplateLines(absl::string_view text) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (!lines.empty() && absl::StripAsciiWhitespace(lines.front()).empty()) {
    lines.erase(lines.begin());
  }
  if (!lines.empty() && absl::StripAsciiWhitespace(lines.back()).empty()) {
    lines.pop_back();
  }
  const size_t shift = lines.empty() ? 0 : Indentation(lines.front());
  for (absl::string_view& line : lines) {
    line.remove_prefix(std::min(shift, Indentation(line)));
  }
  return lines;
}

}  // namespace

void Emitter::Emit(const std::vector<Hole>& holes, absl::string_view text) {
  std::vector<bool> used(holes.size(), false);
  for (absl::string_view line : TemplateLines(text)) {
    if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "//~")) {
      EmitLine(holes, line, &used);
    }
  }
  for (size_t i = 0; i < holes.size(); ++i) {
    if (!used[i]) Die(absl::StrCat("unused name $", holes[i].name, "$"), text);
  }
}

void Emitter::Gap() {
  if (text_.empty() || absl::EndsWith(text_, "\n\n") ||
      absl::EndsWith(text_, "{\n")) {
    return;
  }
  text_ += '\n';
}

void Emitter::EmitLine(const std::vector<Hole>& holes, absl::string_view line,
                       std::vector<bool>* used) {
  std::string out;
  bool has_hole = false;
  bool has_text = false;
  for (size_t at = 0; at < line.size();) {
    if (line[at] != '$') {
      has_text |= line[at] != ' ';
      out += line[at++];
      continue;
    }
    const size_t end = line.find('$', at + 1);
    if (end == absl::string_view::npos) Die("single $", line);
    const absl::string_view name = line.substr(at + 1, end - at - 1);
    if (name.empty()) {
      out += '$';
      has_text = true;
      at = end + 1;
      continue;
    }
    size_t index = 0;
    while (index < holes.size() && holes[index].name != name) ++index;
    if (index == holes.size())
      Die(absl::StrCat("unknown name $", name, "$"), line);
    (*used)[index] = true;
    has_hole = true;
    if (const auto* value = std::get_if<std::string>(&holes[index].value)) {
      const std::string column(out.size(), ' ');
      has_text |= !value->empty();
      out += absl::StrReplaceAll(*value, {{"\n", absl::StrCat("\n", column)}});
      at = end + 1;
      continue;
    }
    const absl::string_view rest = line.substr(end + 1);
    if (has_text || !(rest.empty() || rest == ";" || rest == ",")) {
      Die(absl::StrCat("callback $", name, "$ shares its line"), line);
    }
    const std::string outer = indent_;
    indent_ += out;  // blanks only
    std::get<std::function<void()>>(holes[index].value)();
    indent_ = outer;
    return;
  }
  if (has_hole && !has_text) return;
  for (absl::string_view piece : absl::StrSplit(out, '\n')) AppendLine(piece);
}

void Emitter::AppendLine(absl::string_view line) {
  const absl::string_view kept = absl::StripTrailingAsciiWhitespace(line);
  if (!kept.empty()) absl::StrAppend(&text_, indent_, kept);
  text_ += '\n';
}

}  // namespace ovenbird::codegen
