// Stages in a form that every executor understands: only those that are needed,
// each with a name, referred to by exactly that name.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGES_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the name under which a stage is sent: the user's in lower case, or
// "stage-N", or another one where that is taken.
std::string StageName(const dockerfile::Dockerfile& dockerfile, int stage);

// Returns the index of the stage that this one starts from, if it takes part;
// -1: an image.
int BaseStage(const Request& request, const dockerfile::Scope& global,
              const dockerfile::Stage& stage);

// Returns the stage that `--from` names, by name or number, among those before
// `below`; -1: an image.
int StageOfFrom(const dockerfile::Dockerfile& dockerfile,
                absl::string_view from, int below);

// FROM: resolves variables, and names the stage where others refer to it.
void RewriteFrom(const Site& site, const dockerfile::Scope& global,
                 Draft& draft);

// COPY --from: names the stage as FROM does.
void NameStages(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGES_H_
