// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/losses.hpp"

#include <cmath>
#include <fstream>

#include "parley/codec/json/writer.hpp"
#include "parley/codec/xml/document.hpp"
#include "parley/registry/type.hpp"

namespace parley::parity {
namespace {

using Pairs = std::set<std::pair<std::string, std::string>>;

/// The word of the table for a value's kind.
std::string word(const Value& value) {
  if (value.is(Kind::bigint)) return "int beyond 64 bits";
  if (value.is(Kind::real) && !std::isfinite(value.as_real())) return "NaN or infinity";
  return std::string(name_of(value.kind()));
}

/// The type that reads another notation of this kind back, for kinds that are scalars.
std::optional<Type> type_of(Kind kind) {
  switch (kind) {
    case Kind::boolean: return Type::boolean();
    case Kind::integer:
    case Kind::bigint: return Type::integer();
    case Kind::real: return Type::real();
    case Kind::decimal: return Type::decimal();
    case Kind::string: return Type::string();
    case Kind::bytes: return Type::bytes();
    case Kind::date: return Type::date();
    case Kind::time: return Type::time();
    case Kind::datetime: return Type::datetime();
    case Kind::uuid: return Type::uuid();
    default: return std::nullopt;
  }
}

/// `equal`, and the zeros of a decimal, the sign of zero and the zone of a datetime too.
bool is_same(const Value& a, const Value& b) {
  if (a.is(Kind::real) && b.is(Kind::real) && std::isnan(a.as_real())) return std::isnan(b.as_real());
  if (!equal(a, b)) return false;
  if (a.is(Kind::decimal)) return a.as_decimal().scale == b.as_decimal().scale;
  if (a.is(Kind::real)) return std::signbit(a.as_real()) == std::signbit(b.as_real());
  return true;
}

/// `text` with U+FFFD for what XML 1.0 cannot hold.
std::string without_controls(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = 0;
    std::size_t length = std::max<std::size_t>(xml::decode_utf8(text, at, c), 1);
    out += xml::is_xml_char(c) ? std::string(text.substr(at, length)) : std::string("\xEF\xBF\xBD");
    at += length;
  }
  return out;
}

struct Comparison {
  Nulls nulls;
  Arena& arena;
  Pairs found;

  void changed(const Value& meant, const Value& heard) {
    found.emplace(word(meant) + " " + shown(meant), "changed to " + word(heard) + " " + shown(heard));
  }

  void strings(const Value& meant, const Value& heard) {
    if (without_controls(meant.text()) == heard.text()) found.emplace("str with control characters", "U+FFFD for each");
    else changed(meant, heard);
  }

  void datetimes(const Value& meant, const Value& heard) {
    constexpr std::int64_t second = 1'000'000, milli = 1'000;
    const DateTime a = meant.as_datetime(), b = heard.as_datetime();
    auto floor = [](std::int64_t micros, std::int64_t unit) { return micros - ((micros % unit) + unit) % unit; };
    const bool is_whole = a.micros != b.micros && floor(a.micros, second) == b.micros;
    const bool is_milli = a.micros != b.micros && !is_whole && floor(a.micros, milli) == b.micros;
    if (a.micros != b.micros && !is_whole && !is_milli) return changed(meant, heard);
    if (is_whole) found.emplace("datetime with a fraction", "whole seconds");
    if (is_milli) found.emplace("datetime with a fraction", "milliseconds");
    if (a.has_zone && !b.has_zone) found.emplace("datetime with a zone", "UTC without a zone");
    else if (a.has_zone && b.offset_minutes != a.offset_minutes) found.emplace("datetime with a zone", "the same instant in UTC");
    else if (!a.has_zone && b.has_zone) found.emplace("datetime without a zone", "UTC");
  }

  void scalars(const Value& meant, const Value& heard) {
    if (is_same(meant, heard)) return;
    Value back = heard;
    if (meant.kind() != heard.kind()) {
      auto type = type_of(meant.kind());
      if (!type) return changed(meant, heard);
      auto read = convert(*type, heard, Policy::strict, "", arena);
      if (!read || read->kind() != meant.kind()) return changed(meant, heard);
      found.emplace(word(meant), word(heard));
      back = *read;
    }
    if (is_same(meant, back)) return;
    if (meant.is_string()) strings(meant, back);
    else if (meant.is(Kind::datetime)) datetimes(meant, back);
    else if (equal(meant, back) && meant.is(Kind::decimal)) found.emplace("decimal with zeros at its end", "without them");
    else if (equal(meant, back)) found.emplace("float -0.0", "0.0");
    else changed(meant, heard);
  }

  void dicts(const Value& meant, const Value& heard) {
    std::set<std::string, std::less<>> met;  // names of `heard`
    for (std::size_t i = 0; i < meant.size(); ++i) {
      std::string name(meant.keys()[i]);
      if (std::string plain = without_controls(name); heard.find(name) == nullptr && plain != name && heard.find(plain) != nullptr) {
        found.emplace("name with control characters", "U+FFFD for each");
        name = plain;
      }
      const Value& value = meant.values()[i];
      if (const Value* other = heard.find(name)) {
        met.insert(name);
        run(value, *other);
      } else if (!value.is_null()) {
        found.emplace("member " + name + " " + shown(value), "left out");
      } else if (nulls == Nulls::told) {
        found.emplace("member that is null", "left out");
      }
    }
    for (std::size_t i = 0; i < heard.size(); ++i) {
      if (met.contains(heard.keys()[i])) continue;
      if (!heard.values()[i].is_null()) changed(meant, heard);
      else if (nulls == Nulls::told) found.emplace("member that was left out", "null");
    }
  }

  void run(const Value& meant, const Value& heard) {
    if (meant.is_list() && heard.is_list() && meant.size() == heard.size()) {
      for (std::size_t i = 0; i < meant.size(); ++i) run(meant.items()[i], heard.items()[i]);
    } else if (meant.is_dict() && heard.is_dict()) {
      dicts(meant, heard);
    } else {
      scalars(meant, heard);
    }
  }
};

std::string_view trim(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t");
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// "| a | b |" as its cells; none when the line is no row.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  line = trim(line);
  if (!line.starts_with('|') || !line.ends_with('|')) return cells;
  for (std::size_t at = 1; at < line.size();) {
    std::size_t end = line.find('|', at);
    if (end == line.npos) break;
    cells.emplace_back(trim(line.substr(at, end - at)));
    at = end + 1;
  }
  return cells;
}

}  // namespace

Pairs compare(const Value& meant, const Value& heard, Nulls nulls, Arena& arena) {
  Comparison comparison{nulls, arena, {}};
  comparison.run(meant, heard);
  return std::move(comparison.found);
}

bool is_notation(const std::string& kind) {
  for (const char* name : {"null", "bool", "int", "int beyond 64 bits", "float", "decimal", "str", "bytes", "date", "time", "datetime", "uuid"})
    if (kind == name) return true;
  return false;
}

Result<std::set<Loss>> read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error(Code::not_found, path + ": cannot be read");
  std::set<Loss> table;
  bool is_within = false;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    auto cells = cells_of(line);
    if (cells == std::vector<std::string>{"protocol", "kind", "becomes", "why"}) is_within = true;
    else if (cells.empty()) is_within = false;
    else if (is_within && cells[0].find_first_not_of('-') != std::string::npos) {
      if (cells.size() != 4 || cells[3].empty())
        return Error(Code::malformed, path + ":" + std::to_string(number) + ": a row has a protocol, a kind, what it becomes and why");
      if (!table.insert({cells[0], cells[1], cells[2]}).second)
        return Error(Code::conflict, path + ":" + std::to_string(number) + ": this row stands here twice");
    }
  }
  return table;
}

std::vector<std::string> differences(const std::set<Loss>& table, const Losses& losses) {
  constexpr std::size_t chars_max = 160;  // values may be long
  auto brief = [](const std::string& text) { return text.substr(0, chars_max); };
  std::vector<std::string> lines;
  for (const auto& [loss, where] : losses)
    if (!table.contains(loss))
      lines.push_back("not in the table: | " + loss.protocol + " | " + brief(loss.kind) + " | " + brief(loss.becomes) +
                      " |  seen in " + brief(where));
  for (const Loss& row : table)
    if (!losses.contains(row))
      lines.push_back("a row that does not occur: | " + row.protocol + " | " + row.kind + " | " + row.becomes + " |");
  return lines;
}

std::string shown(const Value& value) { return json::to_json(value, {.nan = json::NanAs::python}); }

}  // namespace parley::parity
