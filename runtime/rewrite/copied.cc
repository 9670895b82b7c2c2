#include "runtime/rewrite/copied.h"

#include <fnmatch.h>

#include <algorithm>

namespace ovenbird::rewrite {

std::optional<std::string> Below(const std::string& source,
                                 const std::string& path) {
  if (source == "/") return path.substr(1);
  const auto depth = std::count(source.begin(), source.end(), '/');
  size_t end = 0;
  for (long i = 0; i < depth && end != path.npos; ++i) {
    end = path.find('/', end + 1);
  }
  const std::string top = path.substr(0, end);
  if (std::count(top.begin(), top.end(), '/') != depth ||
      fnmatch(source.c_str(), top.c_str(), FNM_PATHNAME) != 0) {
    return std::nullopt;
  }
  return end == path.npos ? "" : path.substr(end + 1);
}

}  // namespace ovenbird::rewrite
