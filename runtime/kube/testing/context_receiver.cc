#include "runtime/kube/testing/context_receiver.h"

#include <cstddef>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/sha256.h"
#include "runtime/kube/handover.h"

namespace ovenbird::kube::testing {
namespace {

using net::testing::Conversation;

constexpr char kStdin = 0;
constexpr char kStdout = 1;
constexpr char kStderr = 2;
constexpr char kEnd = 3;

// The command's standard input.
class Input {
 public:
  explicit Input(Conversation& conversation) : conversation_(conversation) {}

  // Returns the next bytes; nullopt if the connection ends before.
  std::optional<std::string> Bytes(size_t size) {
    while (buffer_.size() < size) {
      if (!Fill()) return std::nullopt;
    }
    std::string bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
  }
  // Returns the next line without its end; nullopt as above.
  std::optional<std::string> Line() {
    size_t end = 0;
    while ((end = buffer_.find('\n')) == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    std::string line = *Bytes(end + 1);
    line.pop_back();
    return line;
  }

 private:
  bool Fill() {
    const std::optional<std::string> message = conversation_.ReadMessage();
    if (!message || message->empty()) return false;
    if (message->front() == kStdin) buffer_.append(*message, 1);
    return true;
  }

  Conversation& conversation_;
  std::string buffer_;
};

void Say(Conversation& conversation, char channel, absl::string_view text) {
  conversation.WriteMessage(absl::StrCat(std::string(1, channel), text));
}

void Exit(Conversation& conversation, int code) {
  Say(conversation, kEnd,
      code == 0 ? std::string(R"({"metadata":{},"status":"Success"})")
                : absl::StrCat(
                      R"({"metadata":{},"status":"Failure",)",
                      R"("reason":"NonZeroExitCode","details":{"causes":[)",
                      R"({"reason":"ExitCode","message":")", code, R"("}]}})"));
  conversation.CloseWebSocket(1000, "");
}

}  // namespace

std::string ReceiveContext(Conversation& conversation,
                           const net::Request& request, Reception reception) {
  if (!conversation.AcceptWebSocket(request, "v5.channel.k8s.io")) return "";
  Input input(conversation);
  // It can read plain bytes only.
  Say(conversation, kStdout, "ready\n");
  const std::optional<std::string> header = input.Line();
  size_t size = 0;
  if (!header) return "";
  absl::string_view number = *header;
  if (!absl::ConsumePrefix(&number, "plain ") ||
      !absl::SimpleAtoi(number, &size)) {
    return "";
  }
  const std::optional<std::string> tar = input.Bytes(size);
  if (!tar || reception == Reception::kCut) return tar.value_or("");
  if (reception == Reception::kExitsEarly) {
    Exit(conversation, 0);
    return *tar;
  }
  if (reception == Reception::kCannotUnpack) {
    Say(conversation, kStderr, "tar: write error: No space left on device\n");
    Exit(conversation, 2);
    return *tar;
  }
  Say(conversation, kStdout,
      absl::StrCat(
          ToHex(Sha256Of(reception == Reception::kOtherDigest ? "something else"
                                                              : *tar)),
          "\n"));
  const std::string verdict = input.Line().value_or("");
  const bool complete = verdict == kComplete;
  if (reception != Reception::kCutAtTheEnd) {
    Exit(conversation, !complete                         ? 1
                       : reception == Reception::kKilled ? 137
                                                         : 0);
  }
  return *tar + verdict;
}

}  // namespace ovenbird::kube::testing
