// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json2/page.hpp"

namespace parley::json2 {

std::string_view doc_page() {
  return R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Models</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
td,th{text-align:left;padding:.1em 1em .1em 0;vertical-align:top}
label{margin-right:1em}code{font-size:90%}#said{color:#a00}</style>
</head><body>
<h1>Models</h1>
<p>Every model has methods at <code>POST /json/2/MODEL/METHOD</code>: arguments by name in a JSON
object, an API key in <code>Authorization: Bearer</code>. These pages say which there are.</p>
<form id="who"><label>API key <input name="key" type="password" autocomplete="off" required></label>
<label>Database <input name="database" placeholder="the only one"></label>
<button>Show</button></form>
<p id="said" role="status"></p>
<main id="shown"></main>
<script src="/doc/page.js"></script>
</body></html>
)html";
}

std::string_view doc_script() {
  return R"js('use strict';
const form = document.getElementById('who');
const shown = document.getElementById('shown');
const said = document.getElementById('said');

// An element with text or elements in it; texts never become markup.
function make(name, ...inside) {
  const element = document.createElement(name);
  element.append(...inside);
  return element;
}

function table(heads, rows) {
  const row = (name) => (cells) => make('tr', ...cells.map((cell) => make(name, cell)));
  return make('table', row('th')(heads), ...rows.map(row('td')));
}

async function fetchDocument(name) {
  const headers = {Authorization: 'Bearer ' + form.elements.key.value.trim()};
  const database = form.elements.database.value.trim();
  if (database) headers['X-Odoo-Database'] = database;
  const response = await fetch('/doc-bearer/' + encodeURIComponent(name) + '.json', {headers});
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body;
}

function showIndex(index) {
  const link = (model) => {
    const button = make('button', model.model);
    button.addEventListener('click', () => show(model.model));
    return button;
  };
  shown.replaceChildren(
      make('p', 'Modules: ' + index.modules.join(', ')),
      table(['model', 'name', 'methods'],
            index.models.map((model) => [link(model), model.name, String(model.methods.length)])));
}

function showModel(model) {
  const back = make('button', 'All models');
  back.addEventListener('click', () => show('index'));
  const parameters = (method) => Object.values(method.parameters).map((one) => one.name + ': ' + (one.doc || '')).join('\n');
  shown.replaceChildren(
      back, make('h2', model.name + ' (' + model.model + ')'), make('h3', 'Fields'),
      table(['field', 'type', 'label', 'help'],
            Object.values(model.fields).map((field) => [field.name, field.type, field.string, field.help || ''])),
      make('h3', 'Methods'),
      table(['method', 'what', 'parameters'],
            Object.entries(model.methods).map(([name, method]) => [
              make('code', name + method.signature), method.doc || '', parameters(method)])));
}

async function show(name) {
  said.textContent = '';
  try {
    const body = await fetchDocument(name);
    if (name === 'index') showIndex(body);
    else showModel(body);
  } catch (error) {
    said.textContent = error.message;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const wanted = decodeURIComponent(location.pathname.replace(/^\/doc\/?/, ''));
  show(wanted === '' || wanted === 'index.html' ? 'index' : wanted);
});
)js";
}

}  // namespace parley::json2
