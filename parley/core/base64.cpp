// SPDX-License-Identifier: Apache-2.0
#include "parley/core/base64.hpp"

#include <array>
#include <cstdint>

namespace parley {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Besides the six bits of a letter: what the other characters mean.
constexpr std::uint8_t is_space = 64, is_padding = 65, is_refused = 66;

constexpr auto meanings = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(is_refused);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  for (char c : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(c)] = is_space;
  table['='] = is_padding;
  return table;
}();

std::uint32_t octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

std::string to_base64(std::string_view octets) {
  std::string out((octets.size() + 2) / 3 * 4, '=');
  char* to = out.data();
  std::size_t at = 0;
  for (; at + 3 <= octets.size(); at += 3) {
    std::uint32_t bits =
        octet(octets, at) << 16 | octet(octets, at + 1) << 8 | octet(octets, at + 2);
    *to++ = alphabet[bits >> 18];
    *to++ = alphabet[bits >> 12 & 63];
    *to++ = alphabet[bits >> 6 & 63];
    *to++ = alphabet[bits & 63];
  }
  std::size_t left = octets.size() - at;
  if (left == 0) return out;
  std::uint32_t bits = octet(octets, at) << 16 | (left == 2 ? octet(octets, at + 1) << 8 : 0);
  *to++ = alphabet[bits >> 18];
  *to++ = alphabet[bits >> 12 & 63];
  if (left == 2) *to = alphabet[bits >> 6 & 63];
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  std::size_t letters = 0, padding = 0;
  for (char c : text) {
    std::uint8_t meaning = meanings[static_cast<unsigned char>(c)];
    if (meaning == is_space) continue;
    if (meaning == is_padding) {
      ++padding;
      continue;
    }
    if (meaning == is_refused || padding > 0) return std::nullopt;
    bits = bits << 6 | meaning;
    if (++letters % 4 != 0) continue;
    out.push_back(static_cast<char>(bits >> 16));
    out.push_back(static_cast<char>(bits >> 8));
    out.push_back(static_cast<char>(bits));
  }
  std::size_t left = letters % 4;
  if (left == 1 || padding > (4 - left) % 4) return std::nullopt;
  if (left >= 2) out.push_back(static_cast<char>(left == 2 ? bits >> 4 : bits >> 10));
  if (left == 3) out.push_back(static_cast<char>(bits >> 2));
  return out;
}

std::string to_hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    out.push_back(digits[octet(octets, i) >> 4]);
    out.push_back(digits[octet(octets, i) & 15]);
  }
  return out;
}

}  // namespace parley
