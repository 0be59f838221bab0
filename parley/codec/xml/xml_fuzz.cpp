// SPDX-License-Identifier: Apache-2.0
// Any bytes: what our reader accepts, expat accepts with the same events.
#include <cstdio>
#include <cstdlib>

#include "parley/codec/xml/expat_events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::xml;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Told ours = tell(bytes);
  if (!ours.is_accepted()) return 0;
  Told judge = ExpatTeller::tell(bytes);
  bool is_same = judge.is_accepted() && judge.lines == ours.lines;
  // A processing instruction's name leaves no event, so wide characters anywhere may be its.
  bool is_wide = bytes.find_first_not_of("\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                                         "abcdefghijklmnopqrstuvwxyz{|}~") != bytes.npos;
  std::string octets(bytes);
  std::erase(octets, '\0');  // UTF-16
  bool has_instruction = octets.find("<?") != octets.npos;
  if (is_same || (is_wide && !judge.is_accepted() && (has_wide_names(ours) || has_instruction))) return 0;
  std::fprintf(stderr, "ours:\n%sexpat: %s\n%s", ours.lines.c_str(), judge.failure.c_str(), judge.lines.c_str());
  std::abort();
}
