#include "runtime/lsp/message_stream.h"

#include <unistd.h>

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ovenbird::lsp {
namespace {

// A pipe with a reader at its end.
class MessageReaderTest : public ::testing::Test {
 protected:
  MessageReaderTest() { EXPECT_EQ(pipe(fds_.data()), 0); }
  ~MessageReaderTest() override {
    close(fds_[0]);
    Finish();
  }

  void Send(absl::string_view bytes) {
    EXPECT_EQ(write(fds_[1], bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  void Finish() {
    if (fds_[1] >= 0) close(fds_[1]);
    fds_[1] = -1;
  }

  std::array<int, 2> fds_ = {-1, -1};
};

TEST_F(MessageReaderTest, Messages) {
  MessageReader reader(fds_[0]);
  EXPECT_FALSE(reader.HasInput());
  Send(
      "Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: x\r\n\r\n");
  EXPECT_TRUE(reader.HasInput());
  Received first = reader.Read();
  EXPECT_EQ(first.kind, Received::kMessage);
  EXPECT_EQ(first.text, "{}");
  // The second one has not come yet.
  EXPECT_FALSE(reader.HasInput());
  Send("abcContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(reader.HasInput());
  EXPECT_EQ(reader.Read().text, "abc");
  // Read already, but not asked for.
  EXPECT_TRUE(reader.HasInput());
  Received empty = reader.Read();
  EXPECT_EQ(empty.kind, Received::kMessage);
  EXPECT_EQ(empty.text, "");
  Finish();
  EXPECT_EQ(reader.Read().kind, Received::kEnd);
}

TEST_F(MessageReaderTest, CutOff) {
  for (const char* text : {"", "Content", "Content-Length: 5\r\n\r\nabc"}) {
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    const absl::string_view bytes = text;
    ASSERT_EQ(write(fds[1], bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
    close(fds[1]);
    EXPECT_EQ(MessageReader(fds[0]).Read().kind, Received::kEnd) << text;
    close(fds[0]);
  }
}

TEST_F(MessageReaderTest, BrokenHeaders) {
  MessageReader reader(fds_[0]);
  for (const char* text :
       {"\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n",
        "Content-Length: 99999999999999999999999\r\n\r\n",
        "Length: 1\r\n\r\n"}) {
    MessageReader fresh(fds_[0]);
    Send(text);
    EXPECT_EQ(fresh.Read().kind, Received::kBroken) << text;
  }
  Send(std::string(10000, 'x'));
  EXPECT_EQ(reader.Read().kind, Received::kBroken);
}

TEST_F(MessageReaderTest, WhatIsWrittenCanBeRead) {
  ASSERT_TRUE(WriteMessage(fds_[1], "{\"a\": 1}").ok());
  EXPECT_EQ(MessageReader(fds_[0]).Read().text, "{\"a\": 1}");
  EXPECT_FALSE(WriteMessage(-1, "x").ok());
}

}  // namespace
}  // namespace ovenbird::lsp
