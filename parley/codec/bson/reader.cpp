// SPDX-License-Identifier: Apache-2.0
#include <bson/bson.h>

#include "parley/codec/bson/bson.hpp"
#include "parley/core/utf8.hpp"

namespace parley::bson {
namespace {

constexpr std::size_t document_bytes_min = 5;  // its length and the zero byte

// Milliseconds of the first and the last instant that a DateTime can tell.
constexpr std::int64_t year_1_ms = -62'135'596'800'000;
constexpr std::int64_t year_9999_end_ms = 253'402'300'799'999;

// The BSON types without a meaning here, as people call them; empty for the others.
std::string_view refused_name(bson_type_t type) {
  switch (type) {
    case BSON_TYPE_UNDEFINED:
      return "undefined";
    case BSON_TYPE_REGEX:
      return "a regular expression";
    case BSON_TYPE_DBPOINTER:
      return "a DBPointer";
    case BSON_TYPE_CODE:
      return "code";
    case BSON_TYPE_SYMBOL:
      return "a symbol";
    case BSON_TYPE_CODEWSCOPE:
      return "code with scope";
    case BSON_TYPE_TIMESTAMP:
      return "a timestamp";
    case BSON_TYPE_MAXKEY:
      return "the max key";
    case BSON_TYPE_MINKEY:
      return "the min key";
    default:
      return {};
  }
}

// A key for an error: a long one is cut before a character.
std::string_view shown_key(std::string_view key) {
  constexpr std::size_t shown_bytes_max = 200;
  std::size_t end = std::min(key.size(), shown_bytes_max);
  while (end < key.size() && end > 0 && (key[end] & 0xc0) == 0x80) --end;
  return key.substr(0, end);
}

// IEEE 754 reads a coefficient of more than 34 digits as zero; libbson prints its digits.
void make_canonical(bson_decimal128_t& decimal) {
  constexpr std::uint64_t coefficient_bits = 0x0001'ffff'ffff'ffffULL;  // of the upper half
  constexpr std::uint64_t most_high = 0x0001'ed09'bead'87c0ULL;         // 10^34 - 1
  constexpr std::uint64_t most_low = 0x378d'8e63'ffff'ffffULL;
  if ((decimal.high >> 61 & 3) == 3) return;  // NaN, infinite, or zero for libbson as well
  std::uint64_t high = decimal.high & coefficient_bits;
  if (high < most_high || (high == most_high && decimal.low <= most_low)) return;
  decimal.high &= ~coefficient_bits;
  decimal.low = 0;
}

// One walk over one document. libbson checks each element's length as it goes; documents within
// are walked with a stack of our own, so that depth costs no stack of the thread.
class Walk {
 public:
  Walk(std::string_view bytes, const Limits& limits, Arena& arena, TreeBuilder::Stacks& stacks)
      : bytes_(bytes), limits_(limits), arena_(arena), tree_(arena, TreeBuilder::Texts::viewed, stacks) {
    frames_.reserve(8);
  }

  Result<Value> run() {
    auto* data = reinterpret_cast<const std::uint8_t*>(bytes_.data());
    PARLEY_CHECK(begin(data, bytes_.size(), Shape::document));
    while (depth_ > 0) PARLEY_CHECK(step());
    return tree_.result();
  }

 private:
  enum class Shape { document, array };
  struct Frame {
    bson_iter_t at;
    Shape shape;
  };

  // Names the value by the key it stands under, "" at the root.
  Error malformed(std::string_view what, std::string_view key = {}) const {
    std::string message = "bson: ";
    key = shown_key(key);
    if (!key.empty()) message.append(key).append(": ");
    return {Code::malformed, message.append(what), std::string(key)};
  }

  Result<void> begin(const std::uint8_t* data, std::size_t size, Shape shape,
                     std::string_view key = {}) {
    if (depth_ >= limits_.depth_max)
      return Error(Code::too_large,
                   "bson: nested deeper than " + std::to_string(limits_.depth_max) + " levels",
                   std::string(shown_key(key)));
    if (size < document_bytes_min) return malformed("a document is shorter than 5 bytes", key);
    if (data[size - 1] != 0) return malformed("a document does not end with a zero byte", key);
    if (depth_ == frames_.size()) frames_.push_back(arena_.allocate_array<Frame>(1));
    Frame& frame = *frames_[depth_++];
    frame.shape = shape;
    if (!bson_iter_init_from_data(&frame.at, data, size))
      return malformed("the length of a document does not hold", key);
    if (shape == Shape::array)
      tree_.begin_list();
    else
      tree_.begin_dict();
    return {};
  }

  // The next element of the innermost document, or its end.
  Result<void> step() {
    Frame& frame = *frames_[depth_ - 1];
    bson_iter_t& at = frame.at;
    if (at.next_off + 1 == at.len) {
      if (frame.shape == Shape::array)
        tree_.end_list();
      else
        tree_.end_dict();
      --depth_;
      return {};
    }
    if (!bson_iter_next(&at)) return malformed("an element is cut short or of an unknown type");
    if (++values_ > limits_.values_max)
      return Error(Code::too_large, "bson: more than " + std::to_string(limits_.values_max) +
                                        " values in one document");
    std::string_view key(bson_iter_key(&at), bson_iter_key_len(&at));
    if (!is_utf8(key)) return malformed("a name is not UTF-8");
    if (frame.shape == Shape::document) tree_.key(key);
    return value(at, key);
  }

  Result<void> value(const bson_iter_t& at, std::string_view key) {
    bson_type_t type = bson_iter_type(&at);
    switch (type) {
      case BSON_TYPE_NULL:
        tree_.null();
        return {};
      case BSON_TYPE_BOOL:
        tree_.boolean(bson_iter_bool(&at));
        return {};
      case BSON_TYPE_INT32:
        tree_.integer(bson_iter_int32(&at));
        return {};
      case BSON_TYPE_INT64:
        tree_.integer(bson_iter_int64(&at));
        return {};
      case BSON_TYPE_DOUBLE:
        tree_.real(bson_iter_double(&at));
        return {};
      case BSON_TYPE_UTF8:
        return text(at, key);
      case BSON_TYPE_BINARY:
        return binary(at, key);
      case BSON_TYPE_DECIMAL128:
        decimal(at);
        return {};
      case BSON_TYPE_DATE_TIME:
        datetime(bson_iter_date_time(&at));
        return {};
      case BSON_TYPE_OID:
        object_id(at);
        return {};
      case BSON_TYPE_DOCUMENT: {
        std::uint32_t size = 0;
        const std::uint8_t* data = nullptr;
        bson_iter_document(&at, &size, &data);
        return begin(data, size, Shape::document, key);
      }
      case BSON_TYPE_ARRAY: {
        std::uint32_t size = 0;
        const std::uint8_t* data = nullptr;
        bson_iter_array(&at, &size, &data);
        return begin(data, size, Shape::array, key);
      }
      default:
        return malformed(std::string(refused_name(type)) + " has no meaning here", key);
    }
  }

  Result<void> text(const bson_iter_t& at, std::string_view key) {
    std::uint32_t size = 0;
    const char* data = bson_iter_utf8(&at, &size);
    std::string_view found(data, size);
    if (!is_utf8(found)) return malformed("the text is not UTF-8", key);
    tree_.string(found);
    return {};
  }

  Result<void> binary(const bson_iter_t& at, std::string_view key) {
    bson_subtype_t subtype = BSON_SUBTYPE_BINARY;
    std::uint32_t size = 0;
    const std::uint8_t* data = nullptr;
    bson_iter_binary(&at, &subtype, &size, &data);
    if (subtype == BSON_SUBTYPE_UUID_DEPRECATED)
      return malformed("a UUID of subtype 3 has no one order of bytes", key);
    if (subtype == BSON_SUBTYPE_UUID) {
      Uuid uuid;
      if (size != uuid.size()) return malformed("a UUID is 16 bytes", key);
      std::copy(data, data + size, uuid.begin());
      tree_.uuid(uuid);
      return {};
    }
    tree_.bytes({reinterpret_cast<const char*>(data), size});
    return {};
  }

  void decimal(const bson_iter_t& at) {
    bson_decimal128_t decimal;
    bson_iter_decimal128(&at, &decimal);
    make_canonical(decimal);
    char text[BSON_DECIMAL128_STRING];
    bson_decimal128_to_string(&decimal, text);
    std::string_view token(text);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (token == "NaN") return tree_.real(std::numeric_limits<double>::quiet_NaN());
    if (token == "Infinity") return tree_.real(infinity);
    if (token == "-Infinity") return tree_.real(-infinity);
    tree_.number(arena_.copy(token));
  }

  void datetime(std::int64_t ms) {
    if (ms >= year_1_ms && ms <= year_9999_end_ms) return tree_.datetime({.micros = ms * 1000});
    tree_.begin_dict();
    tree_.key("$date");
    tree_.integer(ms);
    tree_.end_dict();
  }

  void object_id(const bson_iter_t& at) {
    char text[25];
    bson_oid_to_string(bson_iter_oid(&at), text);
    tree_.string(arena_.copy(std::string_view(text, 24)));
  }

  std::string_view bytes_;
  const Limits& limits_;
  Arena& arena_;
  TreeBuilder tree_;
  std::vector<Frame*> frames_;  // in the arena, one a level: libbson aligns its iterators by 128 bytes
  std::size_t depth_ = 0;       // how many are open
  std::size_t values_ = 0;
};

}  // namespace

Result<Value> read_tree(std::string_view bytes, const Limits& limits, Arena& arena) {
  // A read never waits, so whichever task of this thread comes next finds them at rest.
  thread_local TreeBuilder::Stacks stacks;
  return Walk(bytes, limits, arena, stacks).run();
}

}  // namespace parley::bson
