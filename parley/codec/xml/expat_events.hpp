// SPDX-License-Identifier: Apache-2.0
// For tests: one document's events as text, once by our Reader and once by expat, the judge.
#pragma once
#include <expat.h>

#include <optional>
#include <string>
#include <string_view>

#include "parley/codec/xml/reader.hpp"

namespace parley::xml {

/// Lines "<name", " attribute=value", ">name" and "#text"; adjacent texts are one.
struct Told {
  std::string lines;
  std::string failure;  // empty = the document was accepted
  Code code = Code::malformed;

  bool is_accepted() const { return failure.empty(); }
};

inline Told tell(std::string_view bytes, std::size_t depth_max = 10'000) {
  Told told;
  Arena arena;
  Reader reader(bytes, arena, depth_max);
  while (true) {
    Result<Event> event = reader.next();
    if (!event) {
      told.failure = event.error().message;
      told.code = event.error().code;
      return told;
    }
    switch (*event) {
      case Event::done: return told;
      case Event::text: told.lines.append("#").append(reader.text()).append("\n"); break;
      case Event::end: told.lines.append(">").append(reader.name()).append("\n"); break;
      case Event::start:
        told.lines.append("<").append(reader.name()).append("\n");
        for (const auto& [name, value] : reader.attributes())
          told.lines.append(" ").append(name).append("=").append(value).append("\n");
    }
  }
}

class ExpatTeller {
 public:
  static Told tell(std::string_view bytes) {
    ExpatTeller teller;
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetUserData(parser, &teller);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    if (XML_Parse(parser, bytes.data(), static_cast<int>(bytes.size()), 1) != XML_STATUS_OK)
      teller.told_.failure = XML_ErrorString(XML_GetErrorCode(parser));
    XML_ParserFree(parser);
    return teller.told_;
  }

 private:
  static ExpatTeller& self(void* user) { return *static_cast<ExpatTeller*>(user); }
  static void start(void* user, const char* name, const char** attributes) {
    self(user).flush();
    std::string& lines = self(user).told_.lines;
    lines.append("<").append(name).append("\n");
    for (; *attributes != nullptr; attributes += 2)
      lines.append(" ").append(attributes[0]).append("=").append(attributes[1]).append("\n");
  }
  static void end(void* user, const char* name) {
    self(user).flush();
    self(user).told_.lines.append(">").append(name).append("\n");
  }
  static void text(void* user, const char* text, int length) {
    self(user).text_.append(text, static_cast<std::size_t>(length));
  }
  void flush() {
    if (!text_.empty()) told_.lines.append("#").append(text_).append("\n");
    text_.clear();
  }

  Told told_;
  std::string text_;
};

/// Whether a name may hold a character outside ASCII: there the editions of XML 1.0 differ.
inline bool has_wide_names(const Told& told) {
  bool is_name = false;
  bool is_line_begin = true;
  for (char c : told.lines) {
    if (is_line_begin) is_name = c == '<' || c == ' ';
    if (is_name && static_cast<unsigned char>(c) >= 0x80) return true;
    is_line_begin = c == '\n';
  }
  return false;
}

}  // namespace parley::xml
