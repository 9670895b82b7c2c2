// Here-documents of COPY, ADD and RUN, in parts of the language that every
// executor has.
#ifndef OVENBIRD_RUNTIME_REWRITE_HEREDOC_H_
#define OVENBIRD_RUNTIME_REWRITE_HEREDOC_H_

#include <map>
#include <optional>
#include <string>

#include "runtime/context/listing.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// A COPY or ADD with here-documents, taken apart.
struct HeredocCopy {
  // A COPY of the here-documents, as files of these names.
  dockerfile::Instruction copy;
  // As a context would hold them.
  context::Listing listing = context::Listing("");
  std::map<std::string, std::string> contents;
  // What takes the other sources.
  std::optional<dockerfile::Instruction> rest;
};

// Returns nullopt where the executor copies here-documents itself, and where a
// variable in one is not known, which it reports.
std::optional<HeredocCopy> Split(const Site& site,
                                 const dockerfile::Instruction& copy);

// Takes the here-documents of a RUN into its command, which may have line feeds
// then.
void TakeInHeredocs(const Site& site, Draft& draft);

// Hands a command with line feeds to the shell as one argument of a RUN in exec
// form.
void WriteOutScript(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_HEREDOC_H_
