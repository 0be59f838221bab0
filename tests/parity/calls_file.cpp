// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/calls_file.hpp"

#include <charconv>
#include <fstream>

#include "parley/codec/json/reader.hpp"

namespace parley::parity {
namespace {

constexpr std::string_view arrow = " -> ";

std::string_view trim(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t");
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The first word, taken off `text`.
std::string take_word(std::string_view& text) {
  text = trim(text);
  std::size_t end = std::min(text.find(' '), text.size());
  std::string word(text.substr(0, end));
  text = trim(text.substr(end));
  return word;
}

class LineReader {
 public:
  explicit LineReader(Arena& arena) : arena_(arena) {}

  /// False for a line that only says something of those behind it.
  Result<bool> read(std::string_view text, Line& line) {
    const std::string first = take_word(text);
    if (first == "as") {
      login_ = take_word(text);
      password_ = std::string(text);
      if (login_ == "nobody") login_.clear();
      return false;
    }
    line.login = login_;
    line.password = password_;
    const std::size_t middle = text.rfind(arrow);
    if (middle == text.npos) return Error(Code::malformed, "no \" -> \" in it");
    std::string_view left = trim(text.substr(0, middle)), right = trim(text.substr(middle + arrow.size()));
    if (first == "request") PARLEY_CHECK(read_request(left, line));
    else PARLEY_CHECK(read_call(first, left, line));
    return read_outcome(right, line);
  }

 private:
  Result<Value> json(std::string_view text) {
    std::string padded(text);
    padded.append(64, '\0');
    return json::read_tree(arena_.copy(padded).substr(0, text.size()), Limits{}, arena_);
  }

  Result<void> read_call(const std::string& method, std::string_view text, Line& line) {
    line.method = method;
    if (text.empty()) {
      line.arguments = Value::list({});
      return {};
    }
    PARLEY_TRY(line.arguments, json(text));
    if (!line.arguments.is_list() && !line.arguments.is_dict()) return Error(Code::malformed, "arguments are a list or a dict");
    return {};
  }

  /// METHOD TARGET [TYPE [BODY]]
  static Result<void> read_request(std::string_view text, Line& line) {
    line.raw.method = take_word(text);
    line.raw.target = take_word(text);
    if (std::string type = take_word(text); !type.empty()) line.raw.headers.emplace_back("Content-Type", type);
    line.raw.body = std::string(text);
    if (line.raw.target.empty()) return Error(Code::malformed, "a request has a method and a target");
    return {};
  }

  /// "! CODE [NUMBER] "text" ...", or a value.
  Result<bool> read_outcome(std::string_view text, Line& line) {
    if (!text.starts_with("!")) {
      PARLEY_TRY(line.result, json(text));
      return true;
    }
    text.remove_prefix(1);
    line.code = take_word(text);
    if (!text.empty() && text.front() != '"') {
      std::string number = take_word(text);
      std::from_chars(number.data(), number.data() + number.size(), line.status);
    }
    PARLEY_TRY(Value texts, json("[" + std::string(text) + "]"));
    for (const Value& each : texts.items()) line.texts.emplace_back(each.text());
    if (line.texts.empty()) return Error(Code::malformed, "an error has at least one text");
    return true;
  }

  Arena& arena_;
  std::string login_, password_;
};

}  // namespace

Result<CallsFile> read_calls(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return Error(Code::not_found, path + ": cannot be read");
  CallsFile file;
  file.name = path.substr(path.rfind('/') + 1);
  LineReader reader(*file.arena);
  std::string text;
  for (int number = 1; std::getline(stream, text); ++number) {
    if (trim(text).empty() || trim(text).starts_with("#")) continue;
    Line line{.number = number};
    auto read = reader.read(text, line);
    if (!read) return Error(Code::malformed, file.name + ":" + std::to_string(number) + ": " + read.error().message);
    if (*read) file.lines.push_back(std::move(line));
  }
  return file;
}

}  // namespace parley::parity
