// SPDX-License-Identifier: Apache-2.0
// BSON in and out: documents of named values with lengths in front (bsonspec.org 1.1).
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/sink.hpp"

namespace parley::bson {

/// The one document in `bytes` as a dict in `arena`; texts and octets view `bytes`.
///
/// int32 and int64 become integer; double real; decimal128 a number token, or real when NaN or
/// infinite; datetime a datetime without zone (UTC), beyond the years 1 to 9999 {"$date": ms};
/// binary bytes, of subtype 4 a uuid; an ObjectId text of 24 hex digits. A key given twice keeps
/// its first place and takes the last value; the names of array items are not looked at, beyond
/// being UTF-8.
///
/// limits:  depth_max documents and arrays within each other, values_max values
/// fails:   malformed: lengths, names or UTF-8 that do not hold; types without a meaning here
///          (code, regex, symbol, DBPointer, timestamp, min and max key, undefined), old UUIDs
///          (subtype 3) and UUIDs that are not 16 bytes; too_large. `where` is the name of the
///          value, its first 200 bytes
/// source:  bsonspec.org 1.1; docs/decisions/0010
Result<Value> read_tree(std::string_view bytes, const Limits& limits, Arena& arena);

/// Makes a document of what it is told: one dict.
///
/// Integers take the smallest of int32, int64 and decimal128 that holds them; decimals and number
/// tokens are decimal128 with the digits as given. What BSON cannot hold leaves as text: numbers
/// beyond decimal128's 34 digits and exponents, dates, times. A datetime is UTC in milliseconds
/// (without a zone it counts as UTC), a uuid binary of subtype 4, bytes binary of subtype 0.
///
/// memory:  all of it; lengths stand in front
/// limits:  bytes_max of the document; once it is passed, what else is told is dropped
class Writer final : public Sink {
 public:
  static constexpr std::size_t bytes_most = 1u << 30;  // libbson's buffer doubles up to 1 GiB
  explicit Writer(std::size_t bytes_max = bytes_most);
  ~Writer() override;
  void null() override;
  void boolean(bool v) override;
  void integer(std::int64_t v) override;
  void bigint(std::string_view digits) override;
  void number(std::string_view token) override;
  void real(double v) override;
  void decimal(const Decimal& v) override;
  void string(std::string_view utf8) override;
  void bytes(std::string_view octets) override;
  void date(Date v) override;
  void time(Time v) override;
  void datetime(const DateTime& v) override;
  void uuid(const Uuid& v) override;
  void begin_list() override;
  void end_list() override;
  void begin_dict() override;
  void key(std::string_view name) override;
  void end_dict() override;

  /// Whether take() will fail: more need not be told.
  bool is_failed() const;
  /// The finished document. Asserts that the dict was ended, unless it failed.
  /// fails:   rejected: a key with a NUL, which a name cannot hold; too_large
  Result<std::string> take();

 private:
  struct State;
  static std::unique_ptr<State>& spare();
  std::unique_ptr<State> state_;
};

}  // namespace parley::bson
