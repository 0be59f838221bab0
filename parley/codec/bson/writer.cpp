// SPDX-License-Identifier: Apache-2.0
#include <bson/bson.h>

#include <charconv>
#include <limits>
#include <memory>
#include <vector>

#include "parley/codec/bson/bson.hpp"

namespace parley::bson {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether decimal128 holds the number with every digit and at its exponent as written.
bool fits_decimal128(std::string_view token) {
  constexpr int digits_max = 34, exponent_min = -6176, exponent_max = 6111;
  std::size_t end = std::min(token.find_first_of("eE"), token.size());
  std::size_t digits = 0, behind_point = 0;
  bool has_point = false;
  for (char c : token.substr(0, end)) {
    if (c == '.') has_point = true;
    if (!is_digit(c)) continue;
    if (digits > 0 || c != '0') ++digits;
    if (has_point) ++behind_point;
  }
  if (digits > digits_max || behind_point > -exponent_min) return false;
  int exponent = 0;
  if (end < token.size()) {
    const char* from = token.data() + end + 1;
    const char* to = token.data() + token.size();
    if (from != to && *from == '+') ++from;
    auto read = std::from_chars(from, to, exponent);
    if (read.ec != std::errc() || read.ptr != to || exponent < -100'000 || exponent > 100'000) return false;
  }
  exponent -= static_cast<int>(behind_point);
  return exponent >= exponent_min && exponent <= exponent_max;
}

std::int64_t floor_to_ms(std::int64_t micros) {
  return micros / 1000 - (micros % 1000 < 0 ? 1 : 0);
}

}  // namespace

// The documents that are open, the root first. A child shares the root's buffer and points to its
// parent, so levels must not move; only the innermost is appended to.
struct Writer::State {
  struct Level {
    bson_t document;
    bool is_list = false;
    std::uint32_t next_index = 0;  // of a list
  };

  State() { bson_init(&level(0).document); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { bson_destroy(&levels.front()->document); }

  // Empty again, with the memory it has; only after a document that was finished.
  void reset() {
    bson_reinit(&levels.front()->document);
    depth = 0;
    key.clear();
    bytes = bytes_around;
    is_done = false;
  }
  bool is_worth_keeping() const { return is_done && !failure && levels.front()->document.len <= kept_bytes_max; }

  Level& level(std::size_t number) {
    if (number == levels.size()) levels.push_back(std::make_unique<Level>());
    return *levels[number];
  }
  Level& innermost() { return *levels[depth - 1]; }

  // Appends one value: `append(document, key, key bytes)` says whether there was room.
  template <class Append>
  void put(const Append& append) {
    if (failure) return;
    PARLEY_ASSERT(depth > 0 && !is_done);
    Level& inside = innermost();
    const char* name = key.c_str();
    std::size_t size = key.size();
    char digits[16];
    if (inside.is_list)
      size = bson_uint32_to_string(inside.next_index++, &name, digits, sizeof digits);
    constexpr std::size_t around_bytes = 2, scalar_bytes = 8;  // type and NUL; of most values
    bytes += size + around_bytes + scalar_bytes;
    if (bytes > bytes_max || !append(&inside.document, name, static_cast<int>(size))) fail_size();
  }

  void text(std::string_view v) {
    if (v.size() >= std::numeric_limits<std::int32_t>::max()) return fail_size();
    const char* data = v.empty() ? "" : v.data();
    bytes += v.size();
    put([&](bson_t* to, const char* name, int size) {
      return bson_append_utf8(to, name, size, data, static_cast<int>(v.size()));
    });
  }

  void octets(bson_subtype_t subtype, const void* data, std::size_t count) {
    if (count >= std::numeric_limits<std::int32_t>::max()) return fail_size();
    auto* start = count == 0 ? reinterpret_cast<const std::uint8_t*>("")
                             : static_cast<const std::uint8_t*>(data);
    bytes += count;
    put([&](bson_t* to, const char* name, int size) {
      return bson_append_binary(to, name, size, subtype, start, static_cast<std::uint32_t>(count));
    });
  }

  void exact(std::string_view token) {
    bson_decimal128_t decimal;
    // With a NUL behind it: the variant for a length reads an exponent beyond that length.
    if (!fits_decimal128(token) ||
        !bson_decimal128_from_string(std::string(token).c_str(), &decimal))
      return text(token);
    put([&](bson_t* to, const char* name, int size) {
      return bson_append_decimal128(to, name, size, &decimal);
    });
  }

  void begin(bool is_list) {
    if (failure) return;
    if (depth == 0) {
      PARLEY_ASSERT(!is_list && !is_done);
      depth = 1;
      return;
    }
    put([&](bson_t* to, const char* name, int size) {
      Level& child = level(depth++);
      child.is_list = is_list;
      child.next_index = 0;
      return is_list ? bson_append_array_begin(to, name, size, &child.document)
                     : bson_append_document_begin(to, name, size, &child.document);
    });
  }

  void end() {
    if (failure) return;
    if (depth == 1) {
      is_done = true;
      return;
    }
    Level& child = innermost();
    bson_t* parent = &levels[depth - 2]->document;
    bool is_ended = child.is_list ? bson_append_array_end(parent, &child.document)
                                  : bson_append_document_end(parent, &child.document);
    --depth;
    if (!is_ended) fail_size();
  }

  void fail_size() {
    if (!failure) failure = Error(Code::too_large, "bson: the document has more than " + std::to_string(bytes_max) + " bytes");
  }

  static constexpr std::size_t bytes_around = 5;  // of a document: its length and NUL
  static constexpr std::size_t kept_bytes_max = 64 * 1024;

  std::vector<std::unique_ptr<Level>> levels;  // those open, then such as were
  std::size_t depth = 0;                       // how many are open
  std::string key;                             // of the next value in a dict
  std::size_t bytes = bytes_around, bytes_max = bytes_most;  // what was told needs about so many, not less
  std::optional<Error> failure;
  bool is_done = false;
};

// One a thread is kept between documents: libbson's own blocks are aligned by 128 bytes and cost more
// to get than a small document to write.
std::unique_ptr<Writer::State>& Writer::spare() {
  thread_local std::unique_ptr<State> kept;
  return kept;
}

Writer::Writer(std::size_t bytes_max) : state_(std::move(spare())) {
  if (state_ == nullptr) state_ = std::make_unique<State>();
  state_->bytes_max = bytes_max;
}

Writer::~Writer() {
  if (!state_->is_worth_keeping()) return;
  state_->reset();
  spare() = std::move(state_);
}

void Writer::null() {
  state_->put(
      [](bson_t* to, const char* name, int size) { return bson_append_null(to, name, size); });
}

void Writer::boolean(bool v) {
  state_->put(
      [v](bson_t* to, const char* name, int size) { return bson_append_bool(to, name, size, v); });
}

void Writer::integer(std::int64_t v) {
  state_->put([v](bson_t* to, const char* name, int size) {
    auto small = static_cast<std::int32_t>(v);
    return small == v ? bson_append_int32(to, name, size, small)
                      : bson_append_int64(to, name, size, v);
  });
}

void Writer::bigint(std::string_view digits) { state_->exact(digits); }
void Writer::number(std::string_view token) { state_->exact(token); }
void Writer::decimal(const Decimal& v) { state_->exact(to_string(v)); }

void Writer::real(double v) {
  state_->put([v](bson_t* to, const char* name, int size) {
    return bson_append_double(to, name, size, v);
  });
}

void Writer::string(std::string_view utf8) { state_->text(utf8); }
void Writer::bytes(std::string_view octets) {
  state_->octets(BSON_SUBTYPE_BINARY, octets.data(), octets.size());
}
void Writer::date(Date v) { state_->text(to_string(v)); }
void Writer::time(Time v) { state_->text(to_string(v)); }

void Writer::datetime(const DateTime& v) {
  state_->put([&](bson_t* to, const char* name, int size) {
    return bson_append_date_time(to, name, size, floor_to_ms(v.micros));
  });
}

void Writer::uuid(const Uuid& v) { state_->octets(BSON_SUBTYPE_UUID, v.data(), v.size()); }

void Writer::begin_list() { state_->begin(true); }
void Writer::end_list() { state_->end(); }
void Writer::begin_dict() { state_->begin(false); }
void Writer::end_dict() { state_->end(); }

void Writer::key(std::string_view name) {
  if (name.find('\0') != std::string_view::npos && !state_->failure)
    state_->failure = Error(Code::rejected, "bson: a name cannot hold a NUL");
  state_->key = name;
}

bool Writer::is_failed() const { return state_->failure.has_value(); }

Result<std::string> Writer::take() {
  if (state_->failure) return *std::move(state_->failure);
  PARLEY_ASSERT(state_->is_done);
  const bson_t& document = state_->levels.front()->document;
  return std::string(reinterpret_cast<const char*>(bson_get_data(&document)), document.len);
}

}  // namespace parley::bson
