// Instructions that only change the image's configuration.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONFIG_H_
#define OVENBIRD_RUNTIME_REWRITE_CONFIG_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// CMD and ENTRYPOINT in shell form after a SHELL: writes the JSON form.
void WriteOutShell(const Site& site, Draft& draft);

// EXPOSE: expands ranges and variables, writes the protocol in lower case;
// reports protocols that the executor refuses.
void WriteOutPorts(const Site& site, Draft& draft);

// MAINTAINER: reports that the author is lost.
void ReportAuthor(const Site& site, Draft& draft);

// HEALTHCHECK --start-interval: reports that it is lost, or leaves it out where
// the executor refuses it.
void ReportStartInterval(const Site& site, Draft& draft);

// VOLUME: moves it to the end of the stage, because executors leave everything
// below a volume out of the layers that follow.
void MoveVolume(const Site& site, Draft& draft);

// ARG of a platform argument (TARGETARCH ...): writes its value, or reports
// that it is empty where the platform is not known.
void WriteOutPlatform(const Site& site, Draft& draft);

// ARG with several names: one line for each.
void SplitArgs(const Site& site, Draft& draft);

// Returns the platform arguments' values for "linux/amd64"; none when empty.
dockerfile::BuildArgs PlatformArgs(absl::string_view platform);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONFIG_H_
