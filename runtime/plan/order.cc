#include "runtime/plan/order.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/diag/catalog.h"
#include "runtime/plan/mirrors.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

constexpr char kLatest[] = "latest";

class Order {
 public:
  Order(const std::vector<OrderImage>& images,
        const std::function<Span(absl::string_view)>& span_of, diag::Sink& sink)
      : images_(images), span_of_(span_of), sink_(sink), order_(images.size()) {
    repositories_.reserve(images.size());
    for (const OrderImage& image : images) {
      absl::StatusOr<registry::Reference> name =
          registry::ParseReference(image.image);
      repositories_.push_back(name.ok() ? name->Repository() : "");
    }
    for (size_t i = 0; i < images_.size(); ++i) {
      in_repository_[repositories_[i]].push_back(i);
    }
  }

  std::vector<ImageOrder> Find() {
    for (size_t i = 0; i < images_.size(); ++i) {
      std::set<size_t> before;
      for (const dockerfile::BaseImage& base : images_[i].bases) {
        order_[i].bases.push_back(AddMeant(i, base, before));
      }
      order_[i].after.assign(before.begin(), before.end());
    }
    ReportCircles();
    return std::move(order_);
  }

 private:
  bool HasTag(size_t image, const std::string& tag) const {
    const std::vector<std::string>& tags = images_[image].tags;
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  }

  // Repositories where `user` looks for `base`.
  std::set<std::string> Places(size_t user,
                               const registry::Reference& base) const {
    std::set<std::string> repositories;
    for (const registry::Reference& place :
         PlacesOf(base, images_[user].mirrors)) {
      repositories.insert(place.Repository());
    }
    return repositories;
  }

  // Indexes of the images in these repositories, sorted.
  std::vector<size_t> ImagesIn(const std::set<std::string>& places) const {
    std::vector<size_t> images;
    for (const std::string& place : places) {
      const auto found = in_repository_.find(place);
      if (found == in_repository_.end()) continue;
      images.insert(images.end(), found->second.begin(), found->second.end());
    }
    std::sort(images.begin(), images.end());
    return images;
  }

  // Adds those that `base` of `user` may be, and tells which one it is.
  std::optional<size_t> AddMeant(size_t user, const dockerfile::BaseImage& base,
                                 std::set<size_t>& before) {
    absl::StatusOr<registry::Reference> name =
        registry::ParseReference(base.image);
    if (!name.ok() || !name->digest.empty()) return std::nullopt;
    const std::string tag = name->tag.empty() ? kLatest : name->tag;
    const std::set<std::string> places = Places(user, *name);
    std::vector<size_t> same_repository;
    std::vector<size_t> same_tag;
    for (const size_t i : ImagesIn(places)) {
      if (i == user) continue;
      same_repository.push_back(i);
      if (HasTag(i, tag)) same_tag.push_back(i);
    }
    before.insert(same_tag.begin(), same_tag.end());
    if (!same_tag.empty()) return same_tag.back();
    if (places.count(repositories_[user]) > 0) {
      return HasTag(user, tag) ? std::optional<size_t>(user) : std::nullopt;
    }
    if (name->tag.empty()) {
      WarnOfLatest(user, base, same_repository);
      before.insert(same_repository.begin(), same_repository.end());
    }
    return std::nullopt;
  }

  void WarnOfLatest(size_t user, const dockerfile::BaseImage& base,
                    const std::vector<size_t>& same_repository) {
    for (size_t i : same_repository) {
      diag::Diagnostic warning = diag::BaseImageTag(
          base.span, base.image, images_[i].key,
          absl::StrJoin(images_[i].tags, "`, `"), images_[i].tags[0]);
      warning.config_path = absl::StrCat("images.", images_[user].key);
      sink_.Handle(std::move(warning));
    }
  }

  void ReportCircles() {
    enum State { kNew, kOpen, kClosed };
    std::vector<State> states(images_.size(), kNew);
    std::vector<size_t> path;
    auto visit = [&](auto& self, size_t image) -> void {
      states[image] = kOpen;
      path.push_back(image);
      for (size_t other : order_[image].after) {
        if (states[other] == kNew) self(self, other);
        if (states[other] != kOpen) continue;
        ReportCircle({std::find(path.begin(), path.end(), other), path.end()});
      }
      path.pop_back();
      states[image] = kClosed;
    };
    for (size_t i = 0; i < images_.size(); ++i) {
      if (states[i] == kNew) visit(visit, i);
    }
  }

  void ReportCircle(std::vector<size_t> circle) {
    std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()),
                circle.end());
    std::string text;
    for (size_t image : circle) {
      absl::StrAppend(&text, "`", images_[image].key, "` from ");
    }
    const OrderImage& first = images_[circle[0]];
    diag::Diagnostic problem = diag::ImageCircle(
        span_of_(first.key), absl::StrCat(text, "`", first.key, "`"));
    problem.config_path = absl::StrCat("images.", first.key);
    for (size_t i = 0; i < circle.size(); ++i) {
      AddPlace(circle[i], circle[(i + 1) % circle.size()], problem);
    }
    sink_.Handle(std::move(problem));
  }

  // Where the Dockerfile of `user` names `base`.
  void AddPlace(size_t user, size_t base, diag::Diagnostic& problem) {
    for (const dockerfile::BaseImage& named : images_[user].bases) {
      absl::StatusOr<registry::Reference> name =
          registry::ParseReference(named.image);
      if (!name.ok() || Places(user, *name).count(repositories_[base]) == 0) {
        continue;
      }
      problem.WithNote(absl::StrCat("`", images_[user].key, "` starts from `",
                                    images_[base].key, "` here"),
                       named.span);
      return;
    }
  }

  const std::vector<OrderImage>& images_;
  const std::function<Span(absl::string_view)>& span_of_;
  diag::Sink& sink_;
  std::vector<std::string> repositories_;
  HashMap<absl::string_view, std::vector<size_t>> in_repository_;
  std::vector<ImageOrder> order_;
};

}  // namespace

std::vector<ImageOrder> FindOrder(
    const std::vector<OrderImage>& images,
    const std::function<Span(absl::string_view)>& span_of, diag::Sink& sink) {
  const bool is_any_after =
      std::any_of(images.begin(), images.end(),
                  [](const OrderImage& image) { return !image.bases.empty(); });
  if (!is_any_after) return std::vector<ImageOrder>(images.size());
  return Order(images, span_of, sink).Find();
}

}  // namespace ovenbird::plan
