// Instructions that only change the image's configuration.
#ifndef OVENBIRD_RUNTIME_REWRITE_CONFIG_H_
#define OVENBIRD_RUNTIME_REWRITE_CONFIG_H_

#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Writes the keywords CMD and ENTRYPOINT in capital letters: the executor does
// not see otherwise that a stage has both, or one of them.
void WriteOutKeyword(const Site& site, Draft& draft);

// Writes the shell form of CMD and ENTRYPOINT after a SHELL as the JSON form.
void WriteOutShell(const Site& site, Draft& draft);

// Expands ranges and variables of EXPOSE and writes the protocol in lower case;
// reports protocols that the executor refuses.
void WriteOutPorts(const Site& site, Draft& draft);

// Reports that the author given by MAINTAINER is lost.
void ReportAuthor(const Site& site, Draft& draft);

// Reports that HEALTHCHECK's --start-interval is lost, and removes the flag
// where the executor refuses it.
void ReportStartInterval(const Site& site, Draft& draft);

// Moves VOLUME to the end of the stage, because executors leave everything
// below a volume out of the layers that follow.
void MoveVolume(const Site& site, Draft& draft);

// Writes the value of a platform argument (TARGETARCH ...) into its ARG;
// reports that the argument is empty where the platform is unknown.
void WriteOutPlatform(const Site& site, Draft& draft);

// Splits an ARG with several names into one ARG for each.
void SplitArgs(const Site& site, Draft& draft);

// Returns the values of the platform arguments on a machine of platform `build`
// (empty: `target`) for an image of platform `target`, such as "linux/amd64";
// if both are empty, only the operating system's.
dockerfile::BuildArgs PlatformArgs(absl::string_view build,
                                   absl::string_view target);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_CONFIG_H_
