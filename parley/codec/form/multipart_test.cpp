// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "parley/codec/form/form.hpp"

using namespace parley;

namespace {

std::string text_of(const Value& value) { return std::string(value.text()); }

std::string shown(const Value& value) {
  if (!value.is_dict()) return text_of(value);
  return "<" + text_of(*value.find("filename")) + "|" + text_of(*value.find("contenttype")) + "|" +
         text_of(*value.find("content")) + ">";
}

// `lines` with every '\n' sent as CRLF; the boundary is "B".
std::string read(std::string_view lines, const Limits& limits = {},
                 std::string_view boundary = "B") {
  std::string body;
  for (char c : lines) {
    if (c == '\n') body += '\r';
    body += c;
  }
  Arena arena;
  auto fields = form::read_multipart(body, boundary, limits, arena);
  if (!fields) return std::string(row(fields.error().code).name);
  std::string out;
  for (const form::Field& field : *fields) {
    if (!out.empty()) out += "; ";
    out.append(field.name).append(" = ") += shown(field.value);
  }
  return out;
}

std::string part(std::string_view headers, std::string_view content) {
  return "--B\n" + std::string(headers) + "\n\n" + std::string(content) + "\n--B--\n";
}

std::string named(std::string_view parameters) {
  return read(part("Content-Disposition: form-data; " + std::string(parameters), "v"));
}

}  // namespace

TEST_CASE("multipart: texts and files are read in order") {
  CHECK(read("--B\n"
             "Content-Disposition: form-data; name=\"a\"\n\n"
             "one\ntwo\n"
             "--B\n"
             "Content-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\n"
             "Content-Type: application/octet-stream\n\n"
             "\xff-\n--b\n--\n"
             "--B\n"
             "content-disposition: FORM-DATA; NAME=a\n\n"
             "\n"
             "--B--\n") ==
        "a = one\r\ntwo; f = <x.bin|application/octet-stream|\xff-\r\n--b\r\n-->; a = ");
}

TEST_CASE("multipart: an empty form has no part") {
  CHECK(read("--B--\n") == "");
  CHECK(read("--B--") == "");
}

TEST_CASE("multipart: what stands before the first boundary and behind the last is skipped") {
  CHECK(read("preamble --B\n" + part("Content-Disposition: form-data; name=a", "v") +
             "epilogue\n--B\n") == "a = v");
  CHECK(read("\n" + part("Content-Disposition: form-data; name=a", "v")) == "a = v");
}

TEST_CASE("multipart: blanks may follow a boundary, other text may not") {
  CHECK(read("--B \t\nContent-Disposition: form-data; name=a\n\nv\n--B-- ") == "a = v");
  CHECK(read("--Bx\nContent-Disposition: form-data; name=a\n\nv\n--B--") == "malformed");
  CHECK(read("--B\nContent-Disposition: form-data; name=a\n\nv\n--Bx\n--B--") == "malformed");
  CHECK(read("--B\nContent-Disposition: form-data; name=a\n\nv\n--B--x") == "malformed");
}

TEST_CASE("multipart: names and filenames are unescaped as browsers and mail write them") {
  CHECK(named("name=\"a\\\"b\\\\c\"") == "a\"b\\c = v");
  CHECK(named("name=\"a%22b%0D%0a%41\"") == "a\"b\r\n%41 = v");
  CHECK(named("name=a; filename=\"C:\\dir\\x.txt\"") == "a = <C:\\dir\\x.txt|text/plain|v>");
  CHECK(named("name=\"\xC5\xBE;=\"") == "\xC5\xBE;= = v");
  CHECK(named("filename=\"\" ; name=\"a\"") == "a = <|text/plain|v>");
}

TEST_CASE("multipart: a part must be form-data with one name") {
  for (std::string_view headers :
       {"X: y", "Content-Disposition: attachment; name=a", "Content-Disposition: form-data",
        "Content-Disposition: form-data; filename=a", "Content-Disposition: form-data; name",
        "Content-Disposition: form-data; name=", "Content-Disposition: form-data name=a",
        "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name=\"a\\",
        "Content-Disposition: form-data; name=\"a\"b",
        "Content-Disposition: form-data; name=a\"b\"",
        "Content-Disposition: form-data; name=a; name=b",
        "Content-Disposition: form-data; name=\xff",
        "Content-Disposition: form-data; name=a; filename*=UTF-8''x",
        "Content-Disposition: form-data; name=a\nContent-Disposition: form-data; name=a",
        "Content-Disposition : form-data; name=a",
        "Content-Disposition: form-data; name=a\n folded: 1",
        "Content-Disposition: form-data; name=a\nContent-Type: text",
        "Content-Disposition: form-data; name=a\nContent-Type: text/plain x"}) {
    CAPTURE(headers);
    CHECK(read(part(headers, "v")) == "malformed");
  }
}

TEST_CASE("multipart: what ends too early is malformed") {
  std::string whole = "--B\nContent-Disposition: form-data; name=\"a\"\n\nv\n--B--";
  CHECK(read(whole) == "a = v");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read(std::string_view(whole).substr(0, size)) == "malformed");
  }
  CHECK(read("--B\n--B--\n") == "malformed");
  CHECK(read("--B\n\n--B--\n") == "malformed");
  CHECK(read("--B\nContent-Disposition: form-data; name=a\n--B--\n") == "malformed");
}

TEST_CASE("multipart: lines end with CRLF and nothing else") {
  Arena arena;
  CHECK_FALSE(form::read_multipart("--B\nContent-Disposition: form-data; name=a\n\nv\n--B--", "B",
                                   {}, arena));
  CHECK(read(part("Content-Disposition: form-data; name=a\rb", "v")) == "malformed");
}

TEST_CASE("multipart: encodings that change bytes are unsupported, the identities are read") {
  std::string head = "Content-Disposition: form-data; name=a\n";
  for (std::string_view name : {"7bit", "8bit", "Binary"})
    CHECK(read(part(head + "Content-Transfer-Encoding: " + std::string(name), "v")) == "a = v");
  for (std::string_view name : {"base64", "quoted-printable", "x-own"})
    CHECK(read(part(head + "Content-Transfer-Encoding: " + std::string(name), "v")) ==
          "unsupported_media");
  CHECK(read(part(head + "Content-Type: multipart/mixed; boundary=C", "v")) == "unsupported_media");
}

TEST_CASE("multipart: texts are UTF-8, files are any octets") {
  std::string text = "Content-Disposition: form-data; name=a\n";
  std::string file = "Content-Disposition: form-data; name=a; filename=f\n";
  CHECK(read(part(text + "Content-Type: text/plain; charset=\"UTF-8\"", "\xC5\xBE")) ==
        "a = \xC5\xBE");
  CHECK(read(part(text + "Content-Type: text/plain;charset=iso-8859-1", "v")) ==
        "unsupported_media");
  CHECK(read(part(text + "Content-Type: text/plain", "\xff")) == "malformed");
  CHECK(read(part(file + "Content-Type: text/plain; charset=iso-8859-1", "\xff")) ==
        "a = <f|text/plain; charset=iso-8859-1|\xff>");
}

TEST_CASE("multipart: a boundary is 1 to 70 of the characters the standard lists") {
  Arena arena;
  std::string longest(70, '-');
  CHECK(form::read_multipart("--" + longest + "--", longest, {}, arena));
  CHECK(form::read_multipart("--a b--", "a b", {}, arena));
  CHECK_FALSE(form::read_multipart("----", "", {}, arena));
  CHECK_FALSE(form::read_multipart("--a --", "a ", {}, arena));
  CHECK_FALSE(form::read_multipart("--" + longest + "---", longest + "-", {}, arena));
  CHECK_FALSE(form::read_multipart("--a;b--", "a;b", {}, arena));
}

TEST_CASE("multipart: fields, headers and the size of a head are limited") {
  Limits limits;
  std::string head = "Content-Disposition: form-data; name=a";
  std::string two = "--B\n" + head + "\n\nv\n" + part(head, "w");
  limits.values_max = 2;
  CHECK(read(two, limits) == "a = v; a = w");
  limits.values_max = 1;
  CHECK(read(two, limits) == "too_large");
  limits = {};
  limits.headers_max = 2;
  CHECK(read(part(head + "\nX: y", "v"), limits) == "a = v");
  CHECK(read(part(head + "\nX: y\nX: y", "v"), limits) == "too_large");
  limits = {};
  limits.head_bytes_max = 80;
  CHECK(read(part(head + "\nX: " + std::string(30, 'y'), "v"), limits) == "a = v");
  CHECK(read(part(head + "\nX: " + std::string(90, 'y'), "v"), limits) == "too_large");
  CHECK(read(part(head + "\nX: " + std::string(30, 'y') + "\nX: " + std::string(30, 'y'), "v"),
             limits) == "too_large");
}
