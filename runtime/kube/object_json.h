// Objects of Kubernetes as JSON values, for requests and comparisons.
#ifndef OVENBIRD_RUNTIME_KUBE_OBJECT_JSON_H_
#define OVENBIRD_RUNTIME_KUBE_OBJECT_JSON_H_

#include <string>

#include "runtime/base/json.h"
#include "runtime/base/writer.h"

namespace ovenbird::kube {

// Returns an object of objects.h as the value that is sent to the API server.
template <typename T>
json::Value AsJson(const T& object) {
  std::string text;
  JsonWriter writer(&text);
  Write(object, writer);
  // Our own writer's output is valid JSON.
  return *json::Parse(text);
}

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_OBJECT_JSON_H_
