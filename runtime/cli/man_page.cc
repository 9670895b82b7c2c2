#include "runtime/cli/man_page.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/cli/help.h"

namespace ovenbird::cli {
namespace {

// Text of ours as troff shows it. A dash that is typed must not become a
// hyphen; a line must not begin with a control character.
std::string Escaped(absl::string_view text) {
  const std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"},
                                                         {"-", "\\-"},
                                                         {"`", "\\(ga"},
                                                         {"~", "\\(ti"},
                                                         {"^", "\\(ha"},
                                                         {"'", "\\(aq"}});
  return absl::StartsWith(escaped, ".") ? absl::StrCat("\\&", escaped)
                                        : escaped;
}

// Prose: `code` in bold.
std::string Prose(absl::string_view text) {
  std::string out;
  bool bold = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '`') continue;
    const std::string part = Escaped(text.substr(begin, i - begin));
    absl::StrAppend(&out, bold ? absl::StrCat("\\fB", part, "\\fR") : part);
    bold = !bold;
    begin = i + 1;
  }
  return out;
}

void AddRow(absl::string_view typed, absl::string_view help,
            std::string& page) {
  absl::StrAppend(&page, ".TP\n\\fB", Escaped(typed), "\\fR\n", Prose(help),
                  "\n");
}

void AddVerb(const VerbInfo& verb, std::string& page) {
  std::string usage = absl::StrCat("ovenbird ", verb.name);
  for (const Flag& argument : verb.arguments) {
    absl::StrAppend(&usage, " ", TypedArgument(argument));
  }
  absl::StrAppend(&page, ".SS ", Escaped(usage), "\n", Prose(verb.help), ".\n");
  for (const Flag& argument : verb.arguments) {
    AddRow(TypedArgument(argument), argument.help, page);
  }
  for (const Flag& flag : verb.flags) AddRow(Typed(flag), flag.help, page);
  if (verb.example.empty()) return;
  absl::StrAppend(&page, ".PP\nExample:\n.PP\n.RS 4\n.nf\n",
                  Escaped(verb.example), "\n.fi\n.RE\n");
}

// What README and docs/ explain at length.
constexpr absl::string_view kFiles =
    ".SH FILES\n"
    ".TP\n\\fIdevspace.yaml\\fR\n"
    "The config: in the current folder or the nearest folder above it.\n"
    ".TP\n\\fI.ovenbird/\\fR\n"
    "Next to the config: the log of each image, and what the next run needs.\n"
    ".TP\n\\fI\\(ti/.docker/config.json\\fR\n"
    "Credentials for registries.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBKUBECONFIG\\fR\n"
    "The files with the access to clusters.\n"
    ".TP\n\\fBDOCKER_CONFIG\\fR\n"
    "The folder with the config.json of Docker.\n"
    ".TP\n\\fBNO_COLOR\\fR\n"
    "If it is set and not empty, there are no colors.\n";

}  // namespace

std::string ManPage(const CommandLine& all, absl::string_view version,
                    absl::string_view date) {
  std::string page = absl::StrCat(
      ".TH OVENBIRD 1 \"", date, "\" \"ovenbird ", version,
      "\" \"User Commands\"\n",
      ".SH NAME\novenbird \\- build container images with kaniko in "
      "Kubernetes\n",
      ".SH SYNOPSIS\n\\fBovenbird\\fR \\fIVERB\\fR [\\fIARGUMENT\\fR...] "
      "[\\fIFLAG\\fR...]\n",
      ".SH DESCRIPTION\n", Prose(all.help), "\n.SH VERBS\n");
  for (const VerbInfo& verb : all.verbs) AddVerb(verb, page);
  return absl::StrCat(page, kFiles, ".SH EXIT STATUS\n", Prose(all.footer),
                      "\n");
}

}  // namespace ovenbird::cli
