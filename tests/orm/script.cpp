// SPDX-License-Identifier: Apache-2.0
#include "tests/orm/script.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>

#include "parley/core/base64.hpp"
#include "parley/domain/literal.hpp"

namespace parley::orm::test {
namespace {

const Limits limits;

// The places of `mark` outside of quotes and brackets.
std::vector<std::size_t> places_of(std::string_view text, std::string_view mark) {
  std::vector<std::size_t> out;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      else if (c == quote) quote = 0;
      continue;
    }
    if (c == '\'' || c == '"') quote = c;
    else if (c == '[' || c == '(' || c == '{') ++depth;
    else if (c == ']' || c == ')' || c == '}') --depth;
    if (depth == 0 && text.substr(i).starts_with(mark)) out.push_back(i);
  }
  return out;
}

std::string_view trim(std::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take(std::string_view& text, std::string_view end) {
  std::size_t at = text.find(end);
  std::string_view out = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + end.size());
  return trim(out);
}

// "many2one res.users required on_delete=cascade"
FieldSpec field_of(std::string_view name, std::string_view text) {
  FieldSpec out;
  out.name = name;
  out.type = take(text, " ");
  while (!text.empty()) {
    std::string_view value = take(text, " ");
    std::string_view key = take(value, "=");
    if (key == "required") out.is_required = true;
    else if (key == "write_only") out.is_write_only = true;
    else if (key == "copied") out.is_copied = value != "no";
    else if (key == "cascade") out.on_delete = Reference::OnDelete::cascade;
    else if (key == "restrict") out.on_delete = Reference::OnDelete::restrict;
    else if (key == "size") std::from_chars(value.data(), value.data() + value.size(), out.size);
    else if (key == "scale") std::from_chars(value.data(), value.data() + value.size(), out.scale);
    else if (key == "inverse") out.inverse = value;
    else if (key == "table") out.table = value;
    else if (key == "left") out.left = value;
    else if (key == "right") out.right = value;
    else if (key == "groups") out.groups.emplace_back(value);
    else if (key == "expression") out.fallback_expression = value;
    else if (key == "reference") out.fallback_references.emplace_back(value);
    else if (key == "options") {
      while (!value.empty()) {
        std::string choice(take(value, "|"));
        out.selection.emplace_back(choice, "Label " + choice);
      }
    } else if (key == "default") {
      Arena arena;
      Result<Value> fallback = domain::parse_literal(value, limits, arena);
      if (fallback) out.fallback = OwnedValue(*fallback);
    } else out.relation = key;
  }
  return out;
}

ModelSpec model_of(std::string_view name, const Value& says) {
  ModelSpec out;
  out.name = name;
  for (std::size_t i = 0; i < says.size(); ++i) {
    std::string_view key = says.keys()[i];
    const Value& value = says.values()[i];
    if (key == "_order") out.order = value.text();
    else if (key == "_rec_name") out.rec_name = value.text();
    else if (key == "_description") out.description = value.text();
    else if (key == "_recursion") out.recursion_message = value.text();
    else if (key == "_log") out.log_access = value.as_boolean();
    else if (key == "_unique") {
      for (const Value& item : value.items()) {
        UniqueSpec unique{std::string(item.items()[0].text()), {}, std::string(item.items()[2].text())};
        for (const Value& field : item.items()[1].items()) unique.fields.emplace_back(field.text());
        out.uniques.push_back(std::move(unique));
      }
    } else out.fields.push_back(field_of(key, value.text()));
  }
  return out;
}

Result<void> declare(Script& script, std::string_view word, std::string_view rest) {
  Arena arena;
  PARLEY_TRY(Arguments given, read_arguments(rest, arena));
  const auto& items = given.positional;
  if (word == "model" && items.size() == 2) {
    script.module.models.models.push_back(model_of(items[0].text(), items[1]));
    return {};
  }
  if (word != "row" || items.size() < 3) return Error(Code::invalid_argument, "expected: row id, model, values");
  DataRow row{std::string(items[0].text()), std::string(items[1].text()), OwnedValue(items[2])};
  if (items.size() > 3) row.id = items[3].as_integer();
  script.module.data.push_back(std::move(row));
  return {};
}

Result<void> add_statement(Script& script, std::string_view text, int line) {
  Statement out;
  out.line = line;
  std::string_view rest = text;
  std::string_view word = take(rest, " ");
  if (word == "model" || word == "row") return declare(script, word, rest);
  if (word == "error") {
    out.error = take(rest, " ");
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      out.text = take(rest, "\"");
      for (auto [written, meant] : {std::pair{"\\n", "\n"}, {"\\t", "\t"}})
        for (std::size_t at; (at = out.text.find(written)) != std::string::npos;) out.text.replace(at, 2, meant);
    }
    rest = trim(rest);
    if (!rest.starts_with(": ")) return Error(Code::invalid_argument, "expected ': ' before the call that fails");
    rest = trim(rest.substr(2));
    word = take(rest, " ");
  }
  out.word = word;
  if (auto arrows = places_of(rest, " -> "); !arrows.empty()) {
    out.expected = trim(rest.substr(arrows.back() + 4));
    rest = rest.substr(0, arrows.back());
  }
  if (word != "as" && word != "context") {
    out.model = take(rest, ":");
    if (out.model.empty()) return Error(Code::invalid_argument, "expected: method model: arguments");
  }
  out.arguments = trim(rest);
  script.steps.push_back(std::move(out));
  return {};
}

Result<void> read_file(Script& script, const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) return Error(Code::invalid_argument, "cannot read " + path.string());
  std::string text, line;
  int number = 0, began = 0;
  auto flush = [&]() -> Result<void> {
    std::string_view whole = trim(text);
    Result<void> done = whole.empty() ? Result<void>() : add_statement(script, whole, began);
    text.clear();
    if (done) return {};
    return Error(Code::invalid_argument, path.filename().string() + ":" + std::to_string(began) + ": " + done.error().message);
  };
  while (std::getline(in, line)) {
    ++number;
    if (line.starts_with('#') || trim(line).empty()) continue;
    if (!line.starts_with(' ')) {
      PARLEY_CHECK(flush());
      began = number;
    }
    text += line + "\n";
  }
  return flush();
}

}  // namespace

Result<Script> read_script(const std::string& path) {
  Script out;
  out.module.name = out.module.models.module = "base";
  out.module.schema_hash = "1";
  std::filesystem::path file(path);
  PARLEY_CHECK(read_file(out, file.parent_path() / "prelude.orm"));
  if (file.stem() != "prelude") PARLEY_CHECK(read_file(out, file));
  return out;
}

Result<Arguments> read_arguments(std::string_view text, Arena& arena) {
  Arguments out;
  DictBuilder named(arena);
  std::vector<std::size_t> commas = places_of(text, ",");
  commas.push_back(text.size());
  std::size_t start = 0;
  for (std::size_t comma : commas) {
    std::string_view part = trim(text.substr(start, comma - start));
    start = std::min(comma + 1, text.size());
    if (part.empty()) continue;
    std::size_t letters = 0;
    while (letters < part.size() && (std::isalnum(static_cast<unsigned char>(part[letters])) || part[letters] == '_')) ++letters;
    bool is_named = letters > 0 && letters < part.size() && part[letters] == '=';
    PARLEY_TRY(Value value, domain::parse_literal(is_named ? part.substr(letters + 1) : part, limits, arena));
    if (is_named) named.set(arena.copy(part.substr(0, letters)), value);
    else out.positional.push_back(value);
  }
  out.named = named.done();
  return out;
}

Value plain(const Value& value, Arena& arena) {
  auto text = [&](const std::string& shown) { return Value::string(arena.copy(shown)); };
  switch (value.kind()) {
    case Kind::unset: return Value::null();
    case Kind::decimal: return Value::real(to_double(value.as_decimal()));
    case Kind::date: return text(to_string(value.as_date()));
    case Kind::datetime: return text(to_odoo_string(value.as_datetime()));
    case Kind::bytes: return text(to_base64(value.text()));
    case Kind::list: {
      ListBuilder out(arena);
      for (const Value& item : value.items()) out.add(plain(item, arena));
      return out.done();
    }
    case Kind::dict: {
      DictBuilder out(arena);
      for (std::size_t i = 0; i < value.size(); ++i) out.set(value.keys()[i], plain(value.values()[i], arena));
      return out.done();
    }
    default: return value;
  }
}

}  // namespace parley::orm::test
