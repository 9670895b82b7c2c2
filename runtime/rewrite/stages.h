// Stages in a form that every executor understands: only those that are needed,
// each referred to by exactly the name that it has.
#ifndef OVENBIRD_RUNTIME_REWRITE_STAGES_H_
#define OVENBIRD_RUNTIME_REWRITE_STAGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Returns the name of a stage as it is sent: the user's name, or "stage-N",
// with hyphens appended while another stage has that name.
std::string StageName(const dockerfile::Dockerfile& dockerfile, int stage);

// Returns the index of the earlier stage that this one starts from; -1: an
// image.
int BaseStage(const Request& request, const dockerfile::Scope& global,
              const dockerfile::Stage& stage);

// Returns the stage and the stages that it starts from, itself last.
std::vector<const dockerfile::Stage*> ChainOf(const Site& site, int stage);

// Returns the index of the stage that `--from` names, by name or number, among
// those before `below`; -1: an image.
int StageOfFrom(const dockerfile::Dockerfile& dockerfile,
                absl::string_view from, int below);

// Expands the variables of FROM, and adds a name to a stage that others refer
// to by number only.
void RewriteFrom(const Site& site, const dockerfile::Scope& global,
                 Draft& draft);

// Replaces the value of `--from` of a COPY by the stage's name as RewriteFrom
// sends it.
void NameStages(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_STAGES_H_
