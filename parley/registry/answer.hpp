// SPDX-License-Identifier: Apache-2.0
// What a call ends with: a value, a row source that is pulled while the socket takes bytes,
// or an Error.
#pragma once
#include <memory>
#include <utility>
#include <variant>

#include "parley/core/error.hpp"
#include "parley/core/sink.hpp"
#include "parley/core/value.hpp"

namespace parley {

struct Method;

/// The items of a list result, made one by one. Destroying it ends its transaction.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Tells one item to `sink`; false when there is none left.
  virtual Result<bool> next(Sink& sink) = 0;
};

/// What a method gives back. A Value views the call's arena.
class Answer {
 public:
  Answer(Value value) : state_(value) {}
  Answer(std::unique_ptr<RowSource> rows) : state_(std::move(rows)) {}
  bool is_rows() const { return state_.index() == 1; }
  const Value& value() const { return std::get<0>(state_); }
  RowSource& rows() { return *std::get<1>(state_); }
  std::unique_ptr<RowSource> take_rows() { return std::move(std::get<1>(state_)); }
  /// The method that answered, set by `invoke`: what the result is declared to be. Lives as long
  /// as the Catalog. Null for answers that no method made.
  const Method* method = nullptr;

 private:
  std::variant<Value, std::unique_ptr<RowSource>> state_;
};

using Outcome = Result<Answer>;

/// Tells an answer to `sink` as one value; rows become a list.
/// fails:   whatever the row source failed with; the sink has then seen half a document
Result<void> write(Answer& answer, Sink& sink);

}  // namespace parley
