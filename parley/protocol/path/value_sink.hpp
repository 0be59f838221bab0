// SPDX-License-Identifier: Apache-2.0
// Values between a result and a writer, where path RPC's table of types says it otherwise than the
// format alone: times without zeros behind, and numbers that are none.
#pragma once
#include <cmath>
#include <string>

#include "parley/core/sink.hpp"

namespace parley::path {

enum class Numbers : bool { any, finite };  // finite: JSON, which has no NaN and no infinity

/// Passes everything on to `Inner`, a writer whose class is final.
template <class Inner>
class ValueSink final : public Sink {
 public:
  ValueSink(Inner& inner, Numbers numbers) : inner_(inner), numbers_(numbers) {}
  /// Whether a double was told that the format cannot hold; null stands in its place.
  bool has_no_number() const { return has_no_number_; }

  void null() override { inner_.null(); }
  void boolean(bool v) override { inner_.boolean(v); }
  void integer(std::int64_t v) override { inner_.integer(v); }
  void bigint(std::string_view digits) override { inner_.bigint(digits); }
  void number(std::string_view token) override { inner_.number(token); }
  void real(double v) override {
    if (numbers_ == Numbers::any || std::isfinite(v)) return inner_.real(v);
    has_no_number_ = true;
    inner_.null();
  }
  void decimal(const Decimal& v) override { inner_.decimal(v); }
  void string(std::string_view utf8) override { inner_.string(utf8); }
  void bytes(std::string_view octets) override { inner_.bytes(octets); }
  void date(Date v) override { inner_.date(v); }
  /// "13:01:15.4589": as people write it, and as it was sent.
  void time(Time v) override {
    constexpr std::size_t point_at = 8, fraction_end = 15;  // of hh:mm:ss.ffffff, then a zone
    std::string text = to_string(v);
    if (text.size() >= fraction_end && text[point_at] == '.') {
      std::size_t end = text.find_last_not_of('0', fraction_end - 1) + 1;
      text.erase(end, fraction_end - end);
    }
    inner_.string(text);
  }
  void datetime(const DateTime& v) override { inner_.datetime(v); }
  void uuid(const Uuid& v) override { inner_.uuid(v); }
  void begin_list() override { inner_.begin_list(); }
  void end_list() override { inner_.end_list(); }
  void begin_dict() override { inner_.begin_dict(); }
  void key(std::string_view name) override { inner_.key(name); }
  void end_dict() override { inner_.end_dict(); }

 private:
  Inner& inner_;
  Numbers numbers_;
  bool has_no_number_ = false;
};

}  // namespace parley::path
