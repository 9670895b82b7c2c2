#include "runtime/kube/exec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/testing/api_server.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::kube {
namespace {

using net::testing::Conversation;
using net::testing::Server;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::StatusJson;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kSuccess[] = "\3{\"metadata\":{},\"status\":\"Success\"}";

std::string ExitCode(int code) {
  return absl::StrCat(
      "\3{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command "
      "terminated with non-zero exit code\",\"reason\":\"NonZeroExitCode\","
      "\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"",
      code, "\"}]}}");
}

std::string Failure(absl::string_view message) {
  return absl::StrCat(
      "\3{\"metadata\":{},\"status\":\"Failure\",\"reason\":\"InternalError\","
      "\"message\":\"",
      message, "\"}");
}

std::string OnChannel(int channel, absl::string_view text) {
  return absl::StrCat(std::string(1, static_cast<char>(channel)), text);
}

ExecRequest Command(std::vector<std::string> command) {
  ExecRequest request;
  request.name_space = "ns";
  request.pod = "p";
  request.container = "c";
  request.command = std::move(command);
  return request;
}

// A server that accepts with `protocol` and goes on with `session`.
std::unique_ptr<Server> ExecServer(std::string protocol,
                                   std::function<void(Conversation&)> session) {
  return std::make_unique<Server>([=](Conversation& c) {
    const auto request = c.Next();
    if (!request || !c.AcceptWebSocket(*request, protocol)) return;
    session(c);
  });
}

// `text`, then the end.
std::function<absl::StatusOr<size_t>(absl::Span<char>)> SourceOf(
    std::string text) {
  return [text = std::move(text), done = size_t{0}](
             absl::Span<char> buffer) mutable -> absl::StatusOr<size_t> {
    const size_t n = std::min(buffer.size(), text.size() - done);
    std::copy_n(text.data() + done, n, buffer.data());
    done += n;
    return n;
  };
}

TEST(ExecTest, AsksForTheCommandAndItsStreams) {
  net::Request seen;
  Server server([&](Conversation& c) {
    seen = *c.Next();
    c.Reply(404, StatusJson(404, "NotFound", "pods \"p\" not found"));
  });
  ExecRequest request = Command({"sh", "-c", "a b&c"});
  EXPECT_THAT(Exec(*ClientOf(server), request, nullptr),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot run `sh` in container `c` of pod `p`: pods "
                       "\"p\" not found"));
  EXPECT_EQ(seen.target,
            "/api/v1/namespaces/ns/pods/p/exec?container=c&stdin=false&"
            "stdout=true&stderr=true&command=sh&command=-c&command=a%20b%26c");
  EXPECT_EQ(net::FindHeader(seen.headers, "sec-websocket-protocol"),
            "v5.channel.k8s.io, v4.channel.k8s.io");
}

TEST(ExecTest, OutputAndExitCode) {
  for (const int code : {0, 3, 137}) {
    const auto server = ExecServer("v4.channel.k8s.io", [&](Conversation& c) {
      // The API server opens each channel with an empty message.
      for (int channel : {0, 1, 2, 3}) c.WriteMessage(OnChannel(channel, ""));
      c.WriteMessage(OnChannel(1, "out1 "));
      c.WriteMessage(OnChannel(2, "err"));
      c.WriteMessage(OnChannel(1, "out2"));
      c.WriteMessage(code == 0 ? kSuccess : ExitCode(code));
      c.CloseWebSocket(1000, "");
    });
    const auto result = Exec(*ClientOf(*server), Command({"x"}), nullptr);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->exit_code, code);
    EXPECT_EQ(result->out, "out1 out2");
    EXPECT_EQ(result->err, "err");
  }
}

TEST(ExecTest, OutputIsHandedOverAsItComes) {
  const auto server = ExecServer("v5.channel.k8s.io", [&](Conversation& c) {
    c.WriteMessage(OnChannel(1, "a"));
    c.WriteMessage(OnChannel(2, "b"));
    c.WriteMessage(std::string("\xff\1", 2));
    c.WriteMessage(kSuccess);
  });
  std::string all;
  ExecRequest request = Command({"x"});
  request.on_stdout = [&](absl::string_view d) { absl::StrAppend(&all, d); };
  request.on_stderr = [&](absl::string_view d) {
    absl::StrAppend(&all, "(", d, ")");
  };
  EXPECT_THAT(Exec(*ClientOf(*server), request, nullptr), IsOk());
  EXPECT_EQ(all, "a(b)");
}

// The server plays `cat`: v5 ends with stdin, v4 after as many bytes as it
// knows to read.
TEST(ExecTest, Stdin) {
  std::string data;
  for (int i = 0; i < 100000; ++i) absl::StrAppend(&data, i, "\n");
  for (const bool v5 : {true, false}) {
    const auto server = ExecServer(
        v5 ? "v5.channel.k8s.io" : "v4.channel.k8s.io", [&](Conversation& c) {
          size_t size = 0;
          while (v5 || size < data.size()) {
            const auto message = c.ReadMessage();
            if (!message) return;
            if (*message == std::string("\xff\0", 2)) break;
            EXPECT_EQ((*message)[0], 0);
            size += message->size() - 1;
            c.WriteMessage(OnChannel(1, message->substr(1)));
          }
          c.WriteMessage(kSuccess);
          c.CloseWebSocket(1000, "");
        });
    ExecRequest request = Command({"cat"});
    request.stdin_source = SourceOf(data);
    std::string out;
    request.on_stdout = [&](absl::string_view d) { absl::StrAppend(&out, d); };
    std::optional<bool> has_end;
    request.on_open = [&](bool stdin_has_end) {
      has_end = stdin_has_end;
      return absl::OkStatus();
    };
    const auto result = Exec(*ClientOf(*server), request, nullptr);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(has_end, v5);
    EXPECT_TRUE(out == data);
    if (v5) {
      EXPECT_TRUE(result->stdin_complete);
    }
  }
}

TEST(ExecTest, TheCallerMayRefuseTheProtocol) {
  const auto server =
      ExecServer("v4.channel.k8s.io", [](Conversation& c) { c.ReadMessage(); });
  ExecRequest request = Command({"cat"});
  request.on_open = [](bool stdin_has_end) {
    return stdin_has_end ? absl::OkStatus()
                         : absl::UnimplementedError("too old");
  };
  EXPECT_THAT(Exec(*ClientOf(*server), request, nullptr),
              StatusIs(absl::StatusCode::kUnimplemented, "too old"));
}

TEST(ExecTest, ACommandThatEndsBeforeItsStdin) {
  const auto server = ExecServer("v5.channel.k8s.io", [](Conversation& c) {
    c.ReadMessage();
    c.WriteMessage(OnChannel(2, "tar: broken"));
    c.WriteMessage(ExitCode(2));
    c.CloseWebSocket(1000, "");
  });
  ExecRequest request = Command({"tar"});
  request.stdin_source = [](absl::Span<char> buffer) -> absl::StatusOr<size_t> {
    std::fill(buffer.begin(), buffer.end(), 'x');
    return buffer.size();
  };
  const auto result = Exec(*ClientOf(*server), request, nullptr);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 2);
  EXPECT_EQ(result->err, "tar: broken");
  EXPECT_FALSE(result->stdin_complete);
}

TEST(ExecTest, AnErrorOfTheSourceEndsTheCommand) {
  Event ended;
  const auto server = ExecServer("v5.channel.k8s.io", [&](Conversation& c) {
    while (c.ReadMessage()) {
    }
    ended.Notify();
  });
  ExecRequest request = Command({"tar"});
  request.stdin_source = [](absl::Span<char>) -> absl::StatusOr<size_t> {
    return absl::DataLossError("the file changed");
  };
  EXPECT_THAT(Exec(*ClientOf(*server), request, nullptr),
              StatusIs(absl::StatusCode::kDataLoss, "the file changed"));
  ended.Wait();
}

TEST(ExecTest, CommandsThatCanNotBeRun) {
  const std::pair<const char*, absl::StatusCode> kCases[] = {
      {"error executing command in container: executable file not found in "
       "$PATH",
       absl::StatusCode::kFailedPrecondition},
      {"container not found (c)", absl::StatusCode::kNotFound},
      {"task 123 not found: container not running",
       absl::StatusCode::kNotFound},
  };
  for (const auto& [message, code] : kCases) {
    const auto server =
        ExecServer("v4.channel.k8s.io", [message = message](Conversation& c) {
          c.WriteMessage(Failure(message));
          c.CloseWebSocket(1000, "");
        });
    EXPECT_THAT(Exec(*ClientOf(*server), Command({"x"}), nullptr),
                StatusIs(code, HasSubstr(message)));
  }
}

TEST(ExecTest, Refusals) {
  const std::tuple<int, const char*, absl::StatusCode, const char*> kCases[] = {
      {403, "pods \\\"p\\\" is forbidden", absl::StatusCode::kPermissionDenied,
       "RBAC must allow `get` and (from Kubernetes 1.35 on) `create` on "
       "`pods/exec` in namespace `ns`"},
      {400, "container x is not valid for pod p", absl::StatusCode::kNotFound,
       "not valid for pod"},
      {500, "container not found (c)", absl::StatusCode::kNotFound,
       "container not found"},
      {401, "Unauthorized", absl::StatusCode::kUnauthenticated,
       "rejected the credentials"},
  };
  for (const auto& [http, message, code, want] : kCases) {
    Server server([http = http, message = message](Conversation& c) {
      c.Next();
      c.Reply(http, StatusJson(http, "R", message));
    });
    EXPECT_THAT(Exec(*ClientOf(server), Command({"x"}), nullptr),
                StatusIs(code, HasSubstr(want)));
  }
}

// As API servers of Kubernetes 1.20 hand on a kubelet's answer.
TEST(ExecTest, ARefusalInPlainText) {
  Server server([](Conversation& c) {
    c.Next();
    c.Reply(500, "container not found (\"c\")\n");
  });
  EXPECT_THAT(Exec(*ClientOf(server), Command({"x"}), nullptr),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("container not found (\"c\")")));
}

TEST(ExecTest, TheConnectionBreaks) {
  const auto cut = ExecServer("v4.channel.k8s.io", [](Conversation& c) {
    c.WriteMessage(OnChannel(1, "begun"));
  });
  EXPECT_THAT(Exec(*ClientOf(*cut), Command({"x"}), nullptr),
              StatusIs(absl::StatusCode::kUnavailable));
  const auto closed = ExecServer("v4.channel.k8s.io", [](Conversation& c) {
    c.CloseWebSocket(1001, "going away");
  });
  EXPECT_THAT(Exec(*ClientOf(*closed), Command({"x"}), nullptr),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("ended before the command did"),
                             HasSubstr("going away"))));
}

TEST(ExecTest, AnotherProtocol) {
  const auto server = ExecServer("", [](Conversation&) {});
  EXPECT_THAT(Exec(*ClientOf(*server), Command({"x"}), nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("knows neither v5.channel.k8s.io nor "
                                 "v4.channel.k8s.io")));
}

TEST(ExecTest, CancellationEndsIt) {
  Cancellation cancel;
  const auto server = ExecServer("v5.channel.k8s.io", [&](Conversation& c) {
    c.WriteMessage(OnChannel(1, "begun"));
    c.WaitForClose();
  });
  ExecRequest request = Command({"x"});
  request.on_stdout = [&](absl::string_view) { cancel.Cancel(); };
  request.stdin_source = [](absl::Span<char> buffer) -> absl::StatusOr<size_t> {
    return buffer.size();
  };
  EXPECT_THAT(Exec(*ClientOf(*server), request, &cancel),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace ovenbird::kube
