// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/json/reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include "parley/codec/json/token.hpp"

namespace parley::json {

// simdjson's first stage: the offset of every token that is not white space, in order.
struct Reader::Index {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  std::vector<char> open;  // the brackets that are open: '{' or '['
  TreeBuilder::Stacks tree;
};

namespace {

using Stage = simdjson::internal::dom_parser_implementation;

// An index for documents up to this size is kept between documents; it takes four times as much.
constexpr std::size_t kept_document_bytes = 256 * 1024;

Error malformed(std::string_view what, std::size_t offset) {
  return {Code::malformed, "json: " + std::string(what) + " at byte " + std::to_string(offset)};
}

Error refused_by_simdjson(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      return {Code::malformed, "json: the document is empty"};
    case simdjson::UTF8_ERROR:
      return {Code::malformed, "json: the text is not UTF-8"};
    case simdjson::UNESCAPED_CHARS:
      return {Code::malformed, "json: a control character inside a string is not escaped"};
    case simdjson::UNCLOSED_STRING:
      return {Code::malformed, "json: a string does not end"};
    case simdjson::CAPACITY:
      return {Code::too_large, "json: the document is larger than 4 GiB"};
    case simdjson::MEMALLOC:
      return {Code::overloaded, "json: no memory for the index of the document"};
    default:
      return Error(Code::malformed, "json: the text is not JSON")
          .with_cause(simdjson::error_message(code));
  }
}

// Fills the index of `bytes`.
Result<void> find_tokens(std::unique_ptr<Stage>& stage, std::string_view bytes) {
  if (bytes.empty()) return refused_by_simdjson(simdjson::EMPTY);
  auto code = simdjson::SUCCESS;
  if (stage == nullptr) {
    // The depth is counted here; simdjson's own arrays for it stay as small as they can be.
    code = simdjson::get_active_implementation()->create_dom_parser_implementation(
        std::max<std::size_t>(bytes.size(), 4096), 1, stage);
  } else if (stage->capacity() < bytes.size()) {
    code = stage->allocate(bytes.size(), 1);
  }
  if (code == simdjson::SUCCESS)
    code = stage->stage1(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                         simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return refused_by_simdjson(code);
  return {};
}

// One walk over the tokens of one document. A template, so that building a tree is no virtual call a token.
template <class To>
class Walk {
 public:
  Walk(std::string_view bytes, const Stage& stage, std::vector<char>& open, const Limits& limits,
       ReadOptions options, Arena& texts, To& sink)
      : bytes_(bytes),
        next_(stage.structural_indexes.get()),
        last_(next_ + stage.n_structural_indexes),
        open_(open),
        limits_(limits),
        options_(options),
        texts_(texts),
        sink_(sink) {
    open_.clear();
  }

  // As long as a bracket is open after a value, another value must follow.
  Result<void> run() {
    // Every value and every separator is a token: the bound is kept before memory is taken.
    if (static_cast<std::size_t>(last_ - next_) / 2 > limits_.values_max)
      return Error(Code::too_large, "json: more than " + std::to_string(limits_.values_max) +
                                        " values in one document");
    do {
      PARLEY_CHECK(value());
    } while (!open_.empty());
    if (next_ != last_) return malformed("text after the end of the document", *next_);
    return {};
  }

 private:
  // The character of the next token, not taken; 0 at the end, which no valid token begins with.
  char peek() const { return next_ == last_ ? '\0' : bytes_[*next_]; }
  std::size_t offset() const { return next_ == last_ ? bytes_.size() : *next_; }
  Error unexpected(std::string_view wanted) const {
    return malformed("expected " + std::string(wanted), offset());
  }

  // One value up to where the next one begins: an opening bracket with the first key, or a
  // scalar with the brackets and the comma behind it.
  Result<void> value() {
    char c = peek();
    if (c == '{' || c == '[') {
      PARLEY_CHECK(begin(c));
      if (peek() != (c == '{' ? '}' : ']')) return c == '{' ? key() : Result<void>();
    } else {
      PARLEY_CHECK(scalar(c));
    }
    return after_value();
  }

  Result<void> begin(char bracket) {
    if (open_.size() >= limits_.depth_max)
      return Error(Code::too_large, "json: nested deeper than " +
                                        std::to_string(limits_.depth_max) + " levels at byte " +
                                        std::to_string(offset()));
    ++next_;
    open_.push_back(bracket);
    if (bracket == '{')
      sink_.begin_dict();
    else
      sink_.begin_list();
    return {};
  }

  // Closes what ends here; then a comma, with the key behind it in a dict.
  Result<void> after_value() {
    while (!open_.empty()) {
      bool is_dict = open_.back() == '{';
      char c = peek();
      if (c == ',') {
        ++next_;
        return is_dict ? key() : Result<void>();
      }
      if (c != (is_dict ? '}' : ']')) return unexpected(is_dict ? "a comma or }" : "a comma or ]");
      ++next_;
      open_.pop_back();
      if (is_dict)
        sink_.end_dict();
      else
        sink_.end_list();
    }
    return {};
  }

  Result<void> key() {
    if (peek() != '"') return unexpected("a key in quotes");
    std::string_view name;
    PARLEY_CHECK(text(name));
    if (peek() != ':') return unexpected("a colon");
    ++next_;
    sink_.key(name);
    return {};
  }

  Result<void> text(std::string_view& out) {
    std::size_t start = *next_;
    auto token = read_string(bytes_.data() + start + 1, bytes_.data() + bytes_.size(), texts_);
    if (token.error != nullptr)
      return malformed(token.error + std::string(" in the string"), start);
    out = token.text;
    ++next_;
    return {};
  }

  Result<void> scalar(char c) {
    switch (c) {
      case '"': {
        std::string_view out;
        PARLEY_CHECK(text(out));
        sink_.string(out);
        return {};
      }
      case 't':
        PARLEY_CHECK(literal("true"));
        sink_.boolean(true);
        return {};
      case 'f':
        PARLEY_CHECK(literal("false"));
        sink_.boolean(false);
        return {};
      case 'n':
        PARLEY_CHECK(literal("null"));
        sink_.null();
        return {};
      case 'N':
        return not_a_number("NaN", std::numeric_limits<double>::quiet_NaN());
      case 'I':
        return not_a_number("Infinity", std::numeric_limits<double>::infinity());
      default:
        return number();
    }
  }

  // A scalar ends where white space, a bracket, a comma or a colon begins, or at the end.
  bool ends_at(std::size_t at) const {
    if (at >= bytes_.size()) return true;
    char c = bytes_[at];
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
           c == ':' || c == '{' || c == '[';
  }

  Result<void> literal(std::string_view word) {
    std::size_t start = *next_;
    if (bytes_.substr(start, word.size()) != word || !ends_at(start + word.size()))
      return unexpected("a value");
    ++next_;
    return {};
  }

  Result<void> not_a_number(std::string_view word, double value) {
    if (options_.nan_literals == NanLiterals::refused) return unexpected("a value");
    PARLEY_CHECK(literal(word));
    sink_.real(value);
    return {};
  }

  Result<void> number() {
    if (next_ == last_) return unexpected("a value");
    std::string_view rest = bytes_.substr(*next_);
    NumberToken token = scan_number(rest);
    if (token.length == 0 && rest.starts_with("-Infinity"))
      return not_a_number("-Infinity", -std::numeric_limits<double>::infinity());
    if (token.length == 0) return unexpected("a value");
    if (!ends_at(*next_ + token.length)) return unexpected("a number");
    ++next_;
    std::string_view digits = rest.substr(0, token.length);
    if (!token.is_whole) {
      sink_.number(digits);
      return {};
    }
    std::int64_t whole = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), whole).ec == std::errc())
      sink_.integer(whole);
    else
      sink_.bigint(digits);
    return {};
  }

  std::string_view bytes_;
  const std::uint32_t* next_;
  const std::uint32_t* last_;
  std::vector<char>& open_;
  const Limits& limits_;
  ReadOptions options_;
  Arena& texts_;
  To& sink_;
};

template <class To>
Result<void> walk(std::unique_ptr<Stage>& stage, std::vector<char>& open, std::string_view bytes,
                  const Limits& limits, ReadOptions options, Arena& texts, To& sink) {
  Result<void> found = find_tokens(stage, bytes);
  Result<void> result =
      found ? Walk(bytes, *stage, open, limits, options, texts, sink).run() : std::move(found);
  if (stage != nullptr && stage->capacity() > kept_document_bytes) stage.reset();
  return result;
}

}  // namespace

Reader::Reader() : index_(std::make_unique<Index>()), texts_(4096) {}
Reader::~Reader() = default;

Result<void> Reader::read(std::string_view bytes, const Limits& limits, Sink& sink,
                          ReadOptions options) {
  texts_.reset();
  return walk(index_->stage, index_->open, bytes, limits, options, texts_, sink);
}

Result<Value> Reader::read_tree(std::string_view bytes, const Limits& limits, Arena& arena,
                                ReadOptions options) {
  TreeBuilder tree(arena, TreeBuilder::Texts::viewed, index_->tree);
  PARLEY_CHECK(walk(index_->stage, index_->open, bytes, limits, options, arena, tree));
  return tree.result();
}

Result<Value> read_tree(std::string_view bytes, const Limits& limits, Arena& arena,
                        ReadOptions options) {
  // A read never waits, so whichever task of this thread comes next finds it at rest.
  thread_local Reader reader;
  return reader.read_tree(bytes, limits, arena, options);
}

}  // namespace parley::json
