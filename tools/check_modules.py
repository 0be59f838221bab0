#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks module folders: every name they use exists, none is defined twice, every model has rights.

usage: check_modules.py [MODULES_FOLDER]      needs PyYAML (Debian: python3-yaml)

Prints one line for each fault and ends with status 1 when there is any. modules/README.md says
what the folders hold; this file is its executable half.
"""
import pathlib
import re
import sys

import yaml

TYPE_KEYS = {
    "boolean": set(), "integer": set(), "text": set(), "html": set(), "date": set(),
    "datetime": set(), "binary": set(), "json": set(), "char": {"size"}, "float": {"digits"},
    "monetary": {"currency_field"}, "selection": {"selection"}, "reference": {"selection"},
    "many2one": {"relation", "ondelete", "domain"}, "one2many": {"relation", "inverse", "domain"},
    "many2many": {"relation", "table", "left", "right", "domain"},
}
FIELD_KEYS = {"type", "string", "help", "required", "readonly", "index", "default", "copy",
              "translate", "groups", "write_only", "default_expr"}
NEEDED_KEYS = {"selection": {"selection"}, "reference": {"selection"}, "many2one": {"relation"},
               "one2many": {"relation", "inverse"}, "many2many": {"relation", "table", "left", "right"},
               "monetary": {"currency_field"}}
MODEL_KEYS = {"model", "inherit", "description", "order", "rec_name", "log_access", "parent",
              "recursion_message", "fields", "constraints"}
RECORD_KEYS = {"id", "model", "values", "noupdate", "db_id"}
BULK_KEYS = {"model", "columns", "rows", "noupdate"}
MODULE_KEYS = {"name", "title", "summary", "version", "depends", "category"}
RIGHTS = ("read", "write", "create", "unlink")
AUTOMATIC = {"id": "integer", "display_name": "char", "create_uid": "many2one",
             "create_date": "datetime", "write_uid": "many2one", "write_date": "datetime"}


class Checker:
    def __init__(self, root):
        self.root = root
        self.faults = []
        self.models = {}     # model name -> {"fields": {name: map}, "module": name, "order": text}
        self.ids = {}        # full external id -> model name
        self.taken = set()   # (model, db_id)
        self.tables = {}     # relation table -> {(model, left, relation, right)}
        self.granted = set()

    def fault(self, place, text):
        self.faults.append(f"{place}: {text}")

    def unknown_keys(self, place, found, known):
        for key in sorted(set(found) - known):
            self.fault(place, f"unknown key '{key}'")

    def load(self, path):
        """The list in a file, or nothing; a missing file is nothing too."""
        if not path.exists():
            return []
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            self.fault(path, str(error).replace("\n", " "))
            return []
        if not isinstance(found, list):
            self.fault(path, "a list is expected")
            return []
        return found

    def run(self):
        order = self.module_order()
        for name in order:
            for path in sorted((self.root / name / "models").glob("*.yaml")):
                for entry in self.load(path):
                    self.model(name, path, entry)
        for name, model in self.models.items():
            self.fields(name, model)
        for name in order:
            self.module_records(name)
        for name, model in self.models.items():
            if name not in self.granted:
                self.fault(model["place"], f"{name} has no access row")
        for table, ends in self.tables.items():
            if len(ends) > 2 or len({frozenset(((m, l), (r, c))) for m, l, r, c in ends}) > 1:
                self.fault(table, f"the two sides of this relation table disagree: {sorted(ends)}")
        return self.faults

    def module_order(self):
        """Module names, each behind those it depends on."""
        depends = {}
        for path in sorted(self.root.glob("*/module.yaml")):
            head = yaml.safe_load(path.read_text(encoding="utf-8"))
            self.unknown_keys(path, head, MODULE_KEYS)
            for key in sorted(MODULE_KEYS - set(head)):
                self.fault(path, f"'{key}' is missing")
            if head.get("name") != path.parent.name:
                self.fault(path, "the name differs from the folder's")
            if not isinstance(head.get("version"), str):
                self.fault(path, "the version is not a text: put it in quotes")
            depends[path.parent.name] = head.get("depends") or []
        ordered, waiting = [], dict(depends)
        while waiting:
            ready = sorted(n for n, d in waiting.items() if all(x in ordered for x in d))
            if not ready:
                self.fault(self.root, f"dependencies are unknown or circular: {sorted(waiting)}")
                return ordered
            for name in ready:
                ordered.append(name)
                del waiting[name]
        return ordered

    # Models

    def model(self, module, path, entry):
        self.unknown_keys(path, entry, MODEL_KEYS)
        name = entry.get("model") or entry.get("inherit")
        place = f"{path}: {name}"
        if "model" in entry:
            if name in self.models:
                self.fault(place, "this model is defined already")
            if "description" not in entry:
                self.fault(place, "'description' is missing")
            self.models[name] = {"fields": {}, "place": place, "entry": entry, "constraints": []}
        elif name not in self.models:
            self.fault(place, "extends a model that no module below defines")
            return
        model = self.models[name]
        for field, spec in (entry.get("fields") or {}).items():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", str(field)):
                self.fault(place, f"'{field}' is no field name")
            if field in AUTOMATIC or field in model["fields"]:
                self.fault(place, f"field '{field}' exists already")
            model["fields"][field] = dict(spec, _module=module)
        model["constraints"] += entry.get("constraints") or []

    def fields(self, name, model):
        place = model["place"]
        for field, spec in model["fields"].items():
            self.field(name, f"{place}.{field}", spec)
        known = set(model["fields"]) | set(AUTOMATIC)
        entry = model["entry"]
        for term in str(entry.get("order", "id")).split(","):
            if term.split()[0] not in known or term.split()[1:] not in ([], ["desc"], ["asc"]):
                self.fault(place, f"order '{term.strip()}' names no field")
        for key in ("rec_name", "parent", "active"):
            if entry.get(key) and entry[key] not in known:
                self.fault(place, f"{key} '{entry[key]}' is no field")
        seen = set()
        for constraint in model["constraints"]:
            self.unknown_keys(place, constraint, {"name", "unique", "message"})
            if constraint["name"] in seen:
                self.fault(place, f"constraint '{constraint['name']}' exists already")
            seen.add(constraint["name"])
            for field in set(constraint["unique"]) - known:
                self.fault(place, f"constraint '{constraint['name']}' names no field '{field}'")

    def field(self, model, place, spec):
        kind = spec.get("type")
        if kind not in TYPE_KEYS:
            self.fault(place, f"unknown type '{kind}'")
            return
        self.unknown_keys(place, spec, FIELD_KEYS | TYPE_KEYS[kind] | {"_module"})
        for key in sorted(NEEDED_KEYS.get(kind, set()) - set(spec)):
            self.fault(place, f"'{key}' is missing")
        if "string" not in spec:
            self.fault(place, "'string' is missing")
        if kind == "selection":
            values = [pair[0] for pair in spec["selection"]]
            if not all(isinstance(x, str) for pair in spec["selection"] for x in pair):
                self.fault(place, "a selection is pairs of texts")
            if len(values) != len(set(values)):
                self.fault(place, "a selection value occurs twice")
            if "default" in spec and spec["default"] not in values:
                self.fault(place, f"default '{spec['default']}' is none of the values")
        if kind == "many2one" and spec.get("ondelete", "set null") not in ("set null", "restrict", "cascade"):
            self.fault(place, f"unknown ondelete '{spec['ondelete']}'")
        if kind == "many2one" and spec.get("required") and spec.get("ondelete") not in ("restrict", "cascade"):
            self.fault(place, "a required many2one needs ondelete restrict or cascade")
        if kind == "monetary" and spec.get("currency_field") not in self.models[model]["fields"]:
            self.fault(place, "currency_field is no field of the model")
        if "relation" not in spec:
            return
        other = self.models.get(spec["relation"])
        if other is None:
            self.fault(place, f"relation '{spec['relation']}' is no model")
        elif kind == "one2many":
            back = other["fields"].get(spec.get("inverse"))
            if not back or back.get("type") != "many2one" or back.get("relation") != model:
                self.fault(place, f"inverse '{spec.get('inverse')}' is no many2one back to {model}")
        elif kind == "many2many":
            self.tables.setdefault(spec["table"], set()).add(
                (model, spec["left"], spec["relation"], spec["right"]))

    # Records

    def module_records(self, module):
        folder = self.root / module
        for path in sorted((folder / "data").glob("*.yaml")):
            self.records(module, path)
        for row in self.load(folder / "access.yaml"):
            self.access(module, folder / "access.yaml", row)
        for row in self.load(folder / "rules.yaml"):
            self.rule(module, folder / "rules.yaml", row)
        self.defaults(module)
        for path in sorted((folder / "demo").glob("*.yaml")):
            self.records(module, path)

    def records(self, module, path):
        for entry in self.load(path):
            if "rows" not in entry:
                self.unknown_keys(path, entry, RECORD_KEYS)
                self.record(module, path, entry)
                continue
            self.unknown_keys(path, entry, BULK_KEYS)
            for row in entry["rows"]:
                if len(row) != len(entry["columns"]):
                    self.fault(path, f"row {row[:2]} has {len(row)} values for {len(entry['columns'])} columns")
                values = dict(zip(entry["columns"], row))
                head = {k: values.pop(k) for k in ("id", "db_id") if k in values}
                self.record(module, path, dict(head, model=entry["model"], values=values))

    def define(self, module, place, external, model):
        if not isinstance(external, str) or not re.fullmatch(r"\w+(\.\w+)?", external):
            self.fault(place, f"'{external}' is no external id (a YAML word that is not a text?)")
            return
        full = external if "." in external else f"{module}.{external}"
        if full in self.ids:
            self.fault(place, f"external id '{full}' exists already")
        self.ids[full] = model

    def record(self, module, path, entry):
        place = f"{path}: {entry.get('id')}"
        model = self.models.get(entry["model"])
        if model is None:
            self.fault(place, f"'{entry['model']}' is no model")
            return
        if "db_id" in entry:
            if (entry["model"], entry["db_id"]) in self.taken:
                self.fault(place, f"db_id {entry['db_id']} is taken")
            self.taken.add((entry["model"], entry["db_id"]))
        for field, value in entry["values"].items():
            spec = model["fields"].get(field)
            if spec is None:
                self.fault(place, f"{entry['model']} has no field '{field}'")
            else:
                self.value(module, f"{place}.{field}", spec, value)
        for field, spec in model["fields"].items():
            if spec.get("required") and "default" not in spec and entry["values"].get(field) is None:
                self.fault(place, f"required field '{field}' is missing")
        self.define(module, place, entry.get("id"), entry["model"])

    def value(self, module, place, spec, value):
        kind = spec.get("type")
        if value is None:
            return
        if kind == "many2one":
            self.refer(module, place, value, spec["relation"])
        elif kind in ("one2many", "many2many"):
            for one in value if isinstance(value, list) else [value]:
                self.refer(module, place, one, spec["relation"])
        elif kind == "selection":
            if value not in [pair[0] for pair in spec["selection"]]:
                self.fault(place, f"'{value}' is none of the values")
        else:
            wanted = {"boolean": bool, "integer": int, "float": (int, float), "monetary": (int, float)}
            if not isinstance(value, wanted.get(kind, str)):
                self.fault(place, f"{value!r} is no {kind}; quote it if it is a text")
            elif kind == "char" and len(value) > spec.get("size", len(value)):
                self.fault(place, f"longer than {spec['size']} characters")

    def refer(self, module, place, external, model):
        full = external if "." in str(external) else f"{module}.{external}"
        if full not in self.ids:
            self.fault(place, f"external id '{full}' is not defined before")
        elif self.ids[full] != model:
            self.fault(place, f"'{full}' is a {self.ids[full]}, not a {model}")

    def defaults(self, module):
        for name, model in self.models.items():
            for field, spec in model["fields"].items():
                if spec["_module"] != module:
                    continue
                is_expression = isinstance(spec.get("default"), dict) and spec["type"] != "json"
                if "default" in spec and not is_expression:
                    self.value(module, f"{model['place']}.{field} default", spec, spec["default"])
                for group in filter(None, str(spec.get("groups", "")).split(",")):
                    self.refer(module, f"{model['place']}.{field} groups", group.strip(), "res.groups")

    def access(self, module, path, row):
        place = f"{path}: {row.get('id')}"
        self.unknown_keys(place, row, {"id", "name", "model", "group", *RIGHTS})
        for key in ("id", "name", "model", "group", *RIGHTS):
            if key not in row:
                self.fault(place, f"'{key}' is missing")
        if row["model"] not in self.models:
            self.fault(place, f"'{row['model']}' is no model")
        if not any(row.get(right) for right in RIGHTS):
            self.fault(place, "grants nothing")
        if row.get("group") is not None:
            self.refer(module, place, row["group"], "res.groups")
        self.granted.add(row["model"])
        self.define(module, place, row["id"], "ir.model.access")

    def rule(self, module, path, row):
        place = f"{path}: {row.get('id')}"
        self.unknown_keys(place, row, {"id", "name", "model", "domain", "groups", *RIGHTS})
        if row["model"] not in self.models:
            self.fault(place, f"'{row['model']}' is no model")
            return
        for group in row.get("groups") or []:
            self.refer(module, place, group, "res.groups")
        try:
            compile(row["domain"], place, "eval")
        except SyntaxError as error:
            self.fault(place, f"domain: {error.msg}")
        known = set(self.models[row["model"]]["fields"]) | set(AUTOMATIC)
        for field in re.findall(r"\(\s*'(\w+)[.\w]*'\s*,", row["domain"]):
            if field not in known:
                self.fault(place, f"domain names no field '{field}'")
        self.define(module, place, row["id"], "ir.rule")


def main():
    here = pathlib.Path(__file__).resolve().parent.parent / "modules"
    checker = Checker(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here)
    faults = checker.run()
    for fault in faults:
        print(fault)
    print(f"{len(checker.models)} models, {len(checker.ids)} external ids, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
