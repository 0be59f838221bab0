// SPDX-License-Identifier: Apache-2.0
// A library: one model and one function, in every protocol.
#include "parley/parley.hpp"
using namespace parley;

struct Book : orm::Model {
  static constexpr std::string_view name = "library.book";
  orm::Char title{*this, "title", {.required = true, .size = 120}};
  orm::Monetary price{*this, "price", {.help = "Replacement price, in EUR."}};
  orm::Date due{*this, "due", {.help = "Last day of the loan; empty while on the shelf."}};
};

Result<Decimal> overdue_total(Env& env, Date today) {
  const Book& book = env.model<Book>();
  return env.search(book.due < today).sum(book.price);
}

int main(int argc, char** argv) {
  App app{"library"};
  app.add<Book>();
  app.expose("library.overdue_total", overdue_total, doc("Price of all overdue books."),
             arg("today", "Loans that end before this day are overdue."), effect::read);
  return app.run(argc, argv);
}
