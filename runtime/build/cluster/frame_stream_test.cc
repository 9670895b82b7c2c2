#include "runtime/build/cluster/frame_stream.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/stream.h"
#include "runtime/kube/receiver/digest.h"
#include "runtime/kube/receiver/frames.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using kube::receiver::kFrameContent;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

class Bytes : public context::Stream {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t most = std::min({size, size_t{70000}, bytes_.size() - done_});
    std::memcpy(buffer, bytes_.data() + done_, most);
    done_ += most;
    return most;
  }

 private:
  const std::string bytes_;
  size_t done_ = 0;
};

class Fails : public context::Stream {
 public:
  absl::StatusOr<size_t> Read(char*, size_t) override {
    return absl::AbortedError("a file changed");
  }
};

// Bytes that cannot be compressed.
std::string Noise(size_t size) {
  std::string noise(size, '\0');
  uint64_t state = 7;
  for (char& c : noise) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return noise;
}

// The kinds of the frames and the sizes of what is in them.
std::vector<std::pair<char, size_t>> FramesIn(const std::string& stream) {
  std::vector<std::pair<char, size_t>> frames;
  for (size_t at = 0; at < stream.size();) {
    const auto byte = [&](size_t i) {
      return static_cast<size_t>(static_cast<unsigned char>(stream[at + i]));
    };
    const size_t size = byte(1) | byte(2) << 8 | byte(3) << 16;
    frames.emplace_back(stream[at], size);
    at += 4 + size;
  }
  return frames;
}

std::string DigestOf(const std::string& bytes) {
  kube::receiver::Digest digest;
  digest.Add(bytes.data(), bytes.size());
  unsigned char raw[kube::receiver::kDigestSize];
  digest.Get(raw);
  return std::string(reinterpret_cast<const char*>(raw), sizeof raw);
}

TEST(FrameStreamTest, FramesOfWhatCanAndCannotBeCompressed) {
  const std::string noise = Noise(kFrameContent);
  const std::string content =
      std::string(kFrameContent, 'a') + noise + "the rest";
  Bytes bytes(content);
  FrameStream stream(&bytes, true);
  auto frames = context::ReadAll(stream);
  ASSERT_THAT(frames, IsOk());
  const auto found = FramesIn(*frames);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].first, 'Z');
  EXPECT_LT(found[0].second, 1000u);
  EXPECT_EQ(found[1], std::make_pair('P', kFrameContent));
  EXPECT_EQ(found[2], std::make_pair('P', size_t{8}));
  EXPECT_EQ(found[3], std::make_pair('E', size_t{16}));
  EXPECT_THAT(*frames, HasSubstr(noise));
  EXPECT_EQ(frames->substr(frames->size() - 16), DigestOf(content));
  EXPECT_EQ(stream.content(), content.size());
  EXPECT_EQ(stream.made().content, content.size());
  EXPECT_EQ(stream.made().frames, frames->size() - 20);
  EXPECT_EQ(stream.DigestHex().size(), 32u);
}

TEST(FrameStreamTest, WithoutCompression) {
  const std::string content(3 * kFrameContent / 2, 'a');
  Bytes bytes(content);
  FrameStream stream(&bytes, false);
  auto frames = context::ReadAll(stream);
  ASSERT_THAT(frames, IsOk());
  EXPECT_EQ(FramesIn(*frames),
            (std::vector<std::pair<char, size_t>>{
                {'P', kFrameContent}, {'P', kFrameContent / 2}, {'E', 16}}));
}

TEST(FrameStreamTest, AFrameAtATime) {
  Bytes bytes("abc");
  FrameStream stream(&bytes, false);
  std::string out = MarkFrame();
  EXPECT_THAT(stream.AddFrame(out), IsOkAndHolds(true));
  EXPECT_EQ(out, absl::StrCat("M", std::string(3, '\0'), "P\3",
                              std::string(2, '\0'), "abc"));
  out = AbandonFrame();
  EXPECT_THAT(stream.AddFrame(out), IsOkAndHolds(false));
  EXPECT_EQ(out, absl::StrCat("A", std::string(3, '\0'), "E\20",
                              std::string(2, '\0'), DigestOf("abc")));
}

TEST(FrameStreamTest, ErrorsOfTheTar) {
  Fails fails;
  FrameStream stream(&fails, true);
  std::string out;
  EXPECT_THAT(stream.AddFrame(out), StatusIs(absl::StatusCode::kAborted,
                                             HasSubstr("a file changed")));
}

TEST(CompressionPaysTest, ByWhatItTookAndSaved) {
  FrameStream::Made made;
  made.content = 100e6;
  made.frames = 25e6;
  made.compression = std::chrono::milliseconds(250);  // 400 MB a second
  // 75 MB less in a quarter of a second.
  EXPECT_TRUE(CompressionPays(made, 299e6));
  EXPECT_FALSE(CompressionPays(made, 301e6));
  made.frames = 100e6 + 400;
  EXPECT_FALSE(CompressionPays(made, 1e3));
}

}  // namespace
}  // namespace ovenbird::build
