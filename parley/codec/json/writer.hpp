// SPDX-License-Identifier: Apache-2.0
// JSON out: a Sink that writes bytes as they are told, keeping no tree and no stack.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/core/output.hpp"
#include "parley/core/sink.hpp"

namespace parley::json {

enum class Style : std::uint8_t {
  compact,  // {"a":1,"b":[1,2]}
  python,   // {"a": 1, "b": [1, 2]}, byte for byte as json.dumps(ensure_ascii=False)
};
enum class NanAs : std::uint8_t { null, python };     // python: NaN, Infinity, -Infinity
enum class DecimalAs : std::uint8_t { exact, real };  // 12.50 or the nearest double, 12.5
enum class DateTimeAs : std::uint8_t {
  iso,
  odoo
};  // "2026-11-22T14:08:55Z" or "2026-11-22 14:08:55"

struct WriteOptions {
  Style style = Style::compact;
  NanAs nan = NanAs::null;
  DecimalAs decimals = DecimalAs::exact;
  DateTimeAs datetimes = DateTimeAs::iso;
};

/// Writes what it is told.
///
/// Doubles are the shortest text that reads back the same, always with a point or an exponent;
/// bytes are base64; what is not UTF-8 in a text leaves as U+FFFD. A number token that is not
/// JSON ("+1", ".5") leaves as the double it says, or as a string when it says none.
/// Whoever drives it keeps the order of events; it checks nothing and does not close brackets.
class Writer final : public Sink {
 public:
  explicit Writer(Output& out, WriteOptions options = {})
      : out_(out),
        options_(options),
        comma_(options.style == Style::python ? ", " : ","),
        colon_(options.style == Style::python ? ": " : ":") {}

  void null() override { put_word("null"); }
  void boolean(bool v) override { put_word(v ? "true" : "false"); }
  void integer(std::int64_t v) override;
  void bigint(std::string_view digits) override { number(digits); }
  void number(std::string_view token) override;
  void real(double v) override;
  void decimal(const Decimal& v) override;
  void string(std::string_view utf8) override;
  void bytes(std::string_view octets) override;
  void date(Date v) override;
  void time(Time v) override;
  void datetime(const DateTime& v) override;
  void uuid(const Uuid& v) override;
  void begin_list() override { begin('['); }
  void end_list() override { end(']'); }
  void begin_dict() override { begin('{'); }
  void key(std::string_view name) override;
  void end_dict() override { end('}'); }

  /// A value that is JSON already, written as it is: a stored document, an id to be echoed.
  void raw(std::string_view json) { put_word(json); }

 private:
  void separate() {
    if (needs_comma_) out_.put(comma_);
    needs_comma_ = true;
  }
  void put_word(std::string_view word) {
    separate();
    out_.put(word);
  }
  void begin(char bracket) {
    separate();
    out_.put(bracket);
    needs_comma_ = false;
  }
  void end(char bracket) {
    out_.put(bracket);
    needs_comma_ = true;
  }
  void put_quoted(std::string_view text);

  Output& out_;
  WriteOptions options_;
  std::string_view comma_, colon_;
  bool needs_comma_ = false;
};

std::string to_json(const Value& value, WriteOptions options = {});

}  // namespace parley::json
