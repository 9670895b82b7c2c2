#include "codegen/formats.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace ovenbird::codegen {
namespace {

constexpr char kLabel[] = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
constexpr char kName[] = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
constexpr char kImageId[] = "[0-9a-f]{64}";
constexpr char kTag[] = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
constexpr char kNumber[] = "(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)";

std::string Subdomain() { return absl::StrCat(kLabel, "(?:\\.", kLabel, ")*"); }

// A registry has a dot or a port, or is "localhost".
std::string ImageName() {
  const char* host = "[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?";
  const char* part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  const char* user = "[a-z0-9]+(?:(?:_|__|-+)[a-z0-9]+)*";
  const char* port = "(?::[0-9]+)";
  return absl::StrCat("(?:", part, "|(?:", user, "|", host, "(?:\\.", host,
                      ")+", port, "?|", host, port,
                      "|\\[[A-Fa-f0-9]*:[A-Fa-f0-9:]*\\]", port, "?)/", part,
                      "(?:/", part, ")*)");
}

// An element of a path that is not "..", of characters other than `not_in`.
std::string Element(const char* not_in) {
  return absl::StrCat("(?:[^.", not_in, "][^", not_in, "]*|\\.(?:[^.", not_in,
                      "][^", not_in, "]*)?|\\.\\.[^", not_in, "]+)");
}

// The architectures that runtime/base/platform.cc knows.
std::string Platform() {
  return "linux/(?:(?:amd64|x86_64|x86-64)(?:/v[1-4])?"
         "|(?:arm64|aarch64)(?:/v[89]|/v9\\.[0-9])?|arm(?:/v?[5-8])?"
         "|386|i386|armhf|armel|loong64|mips|mipsle|mips64|mips64le|ppc64"
         "|ppc64le|riscv64|s390x)";
}

std::vector<FormatPattern>* MakePatterns() {
  return new std::vector<FormatPattern>{
      {"FORMAT_NONE", "", "", 0, ""},
      {"DNS_LABEL", "DNS label", kLabel, 63,
       "use at most 63 of a-z, 0-9 and `-`, with a letter or digit at both "
       "ends"},
      {"DNS_SUBDOMAIN", "DNS name", Subdomain(), 253,
       "use at most 253 of a-z, 0-9, `-` and `.`, with a letter or digit at "
       "both ends"},
      {"IMAGE_NAME", "image name", ImageName(), 255,
       "write [REGISTRY[:PORT]/]PATH in lower case, without a tag, such as "
       "`registry.example.com/team/app`",
       kImageId},
      {"IMAGE_REFERENCE", "image reference",
       absl::StrCat(ImageName(), "(?::", kTag,
                    ")?(?:@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?"),
       0,
       "write [REGISTRY[:PORT]/]PATH[:TAG][@DIGEST], such as "
       "`registry.example.com/team/app:v1`",
       absl::StrCat(kImageId, "(?:[:@].*)?")},
      {"IMAGE_TAG", "image tag", kTag, 0,
       "use at most 128 of A-Z, a-z, 0-9, `_`, `.` and `-`, with neither `.` "
       "nor `-` first"},
      {"QUANTITY", "Kubernetes quantity",
       absl::StrCat("[+-]?", kNumber,
                    "(?:|[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)"),
       0, "write a number with a unit, such as `500m`, `2` or `1Gi`"},
      {"DURATION", "duration",
       absl::StrCat("[+-]?(?:0|(?:", kNumber,
                    "(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)"),
       0,
       "write numbers with the units h, m, s or ms, such as `30s` or `1h30m`"},
      {"ABSOLUTE_PATH", "absolute path",
       absl::StrCat("(?:/", Element("/:"), "?)+"), 0,
       "start with `/`, and use no `..` and no `:`"},
      {"RELATIVE_PATH", "relative path",
       absl::StrCat(Element("/"), "(?:/", Element("/"), "?)*"), 0,
       "use no `/` at the start and no `..`"},
      {"FILE_MODE", "file mode", "[0-7]{1,3}|0[0-7]{3}", 0,
       "write it in octal, from `0` to `0777`"},
      {"QUALIFIED_NAME", "Kubernetes name",
       absl::StrCat("(?:", Subdomain(), "/)?", kName), 0,
       "write [PREFIX/]NAME, such as `app` or `example.com/team`; NAME has at "
       "most 63 of A-Z, a-z, 0-9, `-`, `_` and `.`",
       "[^/]{254,}/.*"},
      {"LABEL_VALUE", "value of a label", absl::StrCat("(?:", kName, ")?"), 0,
       "use at most 63 of A-Z, a-z, 0-9, `-`, `_` and `.`, with a letter or "
       "digit at both ends"},
      {"ENV_NAME", "name of an environment variable",
       "[A-Za-z_.-][A-Za-z0-9_.-]*", 0,
       "use A-Z, a-z, 0-9, `_`, `.` and `-`, with no digit first"},
      {"DATA_KEY", "key of a Secret or ConfigMap",
       "\\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*", 253,
       "use A-Z, a-z, 0-9, `-`, `_` and `.`"},
      {"PLATFORM", "platform", Platform(), 0,
       "write linux/ARCHITECTURE[/VARIANT], such as `linux/amd64`, "
       "`linux/arm64` or `linux/arm/v7`"},
  };
}

}  // namespace

const FormatPattern& PatternOf(int number) {
  static const std::vector<FormatPattern>& patterns = *MakePatterns();
  return patterns.at(static_cast<size_t>(number));
}

}  // namespace ovenbird::codegen
