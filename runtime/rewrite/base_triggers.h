// ONBUILD instructions of the base image.
#ifndef OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
#define OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_

#include <string>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// The ONBUILD instructions of an image, parsed.
class BaseTriggers {
 public:
  explicit BaseTriggers(const std::vector<std::string>& onbuild);
  const std::vector<dockerfile::Instruction>& instructions() const;

 private:
  const SourceFile file_;
  diag::Collector problems_;
  const dockerfile::Dockerfile parsed_;
};

// Reports to `sink`, at the start of the site's stage, an ONBUILD instruction
// of the base image that the rules would have to rewrite (`draft`) or have a
// problem with. Returns whether they do.
bool ReportTrigger(diag::Sink& sink, const Site& site, const Draft& draft,
                   const diag::Collector& problems);

// Reports, at the start of a stage, that the executor does not find a stage of
// this file from which an ONBUILD instruction of the base image copies by name.
void ReportTriggersFrom(const Site& site);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_BASE_TRIGGERS_H_
