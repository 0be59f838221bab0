// SPDX-License-Identifier: Apache-2.0
// Sink: what a codec's reader drives and what a codec's writer is. A tree builder is one more.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/value.hpp"

namespace parley {

/// Takes one document as a run of events.
///
/// Order: exactly one value; a value is one scalar event, or begin_list .. end_list around
/// values, or begin_dict .. end_dict around key + value pairs.
/// Views passed in are valid during the call only, unless the producer says otherwise.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void null() = 0;
  virtual void boolean(bool v) = 0;
  virtual void integer(std::int64_t v) = 0;
  virtual void bigint(std::string_view digits) = 0;
  virtual void number(std::string_view token) = 0;
  virtual void real(double v) = 0;
  virtual void decimal(const Decimal& v) = 0;
  virtual void string(std::string_view utf8) = 0;
  virtual void bytes(std::string_view octets) = 0;
  virtual void date(Date v) = 0;
  virtual void time(Time v) = 0;
  virtual void datetime(const DateTime& v) = 0;
  virtual void uuid(const Uuid& v) = 0;
  virtual void begin_list() = 0;
  virtual void end_list() = 0;
  virtual void begin_dict() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void end_dict() = 0;
};

/// Tells `value` to `sink`; unset counts as null.
void write(const Value& value, Sink& sink);

/// Builds the tree of one document in `arena`. Texts are viewed, not copied, when `texts` says
/// that what the producer passes outlives the tree; keys likewise.
class TreeBuilder final : public Sink {
 public:
  enum class Texts { copied, viewed };
  /// What stands open while a document is read. Memory kept between documents is bounded: what a
  /// document with more than `kept_max` open values or keys needed is given back after it.
  class Stacks {
    friend class TreeBuilder;
    static constexpr std::size_t kept_max = 16 * 1024;
    void give_back();
    struct Frame {
      std::size_t values, keys;
    };
    std::vector<Value> values;
    std::vector<std::string_view> keys;
    std::vector<Frame> frames;
  };

  explicit TreeBuilder(Arena& arena, Texts texts = Texts::copied) : arena_(arena), texts_(texts), open_(own_) {}
  /// Uses the memory of `stacks`, which must outlive the builder, for one document after another.
  TreeBuilder(Arena& arena, Texts texts, Stacks& stacks) : arena_(arena), texts_(texts), open_(stacks) {
    open_.values.clear();
    open_.keys.clear();
    open_.frames.clear();
  }
  ~TreeBuilder() override {
    if (&open_ != &own_) open_.give_back();
  }
  TreeBuilder(const TreeBuilder&) = delete;
  TreeBuilder& operator=(const TreeBuilder&) = delete;

  void null() override { put(Value::null()); }
  void boolean(bool v) override { put(Value::boolean(v)); }
  void integer(std::int64_t v) override { put(Value::integer(v)); }
  void bigint(std::string_view v) override { put(Value::bigint(keep(v))); }
  void number(std::string_view v) override { put(Value::number(keep(v))); }
  void real(double v) override { put(Value::real(v)); }
  void decimal(const Decimal& v) override { put(Value::decimal(v, arena_)); }
  void string(std::string_view v) override { put(Value::string(keep(v))); }
  void bytes(std::string_view v) override { put(Value::bytes(keep(v))); }
  void date(Date v) override { put(Value::date(v)); }
  void time(Time v) override { put(Value::time(v)); }
  void datetime(const DateTime& v) override { put(Value::datetime(v)); }
  void uuid(const Uuid& v) override { put(Value::uuid(v, arena_)); }
  void begin_list() override { open(); }
  void end_list() override;
  void begin_dict() override { open(); }
  void key(std::string_view name) override { open_.keys.push_back(keep(name)); }
  /// A key given twice keeps its first place and takes the last value.
  void end_dict() override;

  /// The finished document; valid as long as the arena.
  const Value& result() const { return result_; }

 private:
  std::string_view keep(std::string_view v) { return texts_ == Texts::viewed ? v : arena_.copy(v); }
  void open() { open_.frames.push_back({open_.values.size(), open_.keys.size()}); }
  void put(const Value& v) {
    if (open_.frames.empty()) result_ = v;
    else open_.values.push_back(v);
  }

  Arena& arena_;
  Texts texts_;
  Stacks own_;
  Stacks& open_;
  Value result_;
};

}  // namespace parley
