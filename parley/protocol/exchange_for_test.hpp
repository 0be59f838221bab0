// SPDX-License-Identifier: Apache-2.0
// For tests of protocols: one request through read and write with outcomes made up beforehand.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/protocol/protocol.hpp"

namespace parley::testing {

/// Gives out `list` one by one; `asked` counts.
class FixedOutcomes final : public Outcomes {
 public:
  Outcome next() override;
  std::deque<Outcome> list;
  std::size_t asked = 0;
};

/// `count` rows {"id": n}, then an error when one is set.
class FixedRows final : public RowSource {
 public:
  explicit FixedRows(int count, std::vector<Error> error = {})
      : count_(count), error_(std::move(error)) {}
  Result<bool> next(Sink& sink) override {
    if (at_ == count_ && !error_.empty()) return Error(error_.front());
    if (at_ == count_) return false;
    sink.begin_dict();
    sink.key("id");
    sink.integer(++at_);
    sink.end_dict();
    return true;
  }

 private:
  int at_ = 0, count_;
  std::vector<Error> error_;
};

/// A request with a body that has the padding readers may rely on.
class TestRequest {
 public:
  explicit TestRequest(std::string_view body, std::string_view type = "application/json")
      : bytes_(body) {
    bytes_.append(64, '\0');
    request.method = "POST";
    request.body = std::string_view(bytes_).substr(0, body.size());
    if (!type.empty()) request.headers.push_back({"Content-Type", type});
  }
  TestRequest(const TestRequest&) = delete;
  TestRequest& operator=(const TestRequest&) = delete;
  http::Request request;

 private:
  std::string bytes_;
};

/// "database|kind uid login secret|method|positional|named", what a call says in one line.
std::string to_text(const Call& call);

/// What came of one request.
struct Talk {
  std::vector<std::string> calls;  // to_text of each
  http::Response response;
  bool is_refused = false;
  std::size_t asked = 0;  // outcomes taken
};

/// Reads `request` at the protocol's mount number `mount` and writes the answer.
Talk talk(const Protocol& protocol, std::size_t mount, const http::Request& request,
          std::deque<Outcome> outcomes = {}, const Limits& limits = {});

inline std::deque<Outcome> outcomes() { return {}; }
template <class... More>
std::deque<Outcome> outcomes(Outcome first, More... more) {
  auto list = outcomes(std::move(more)...);
  list.push_front(std::move(first));
  return list;
}

}  // namespace parley::testing
