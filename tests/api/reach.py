# SPDX-License-Identifier: Apache-2.0
"""Rows by their number: each row that a list shows is asked for, and acted on, by those of elsewhere. Where it lies the list says;
what a form must have comes from openapi.json alone. Whoever is outside is told 403 or 404, as of a number that no row has."""
import http.client
import re

from expected import IN, within
from zhend import id_card

OUTSIDE = (401, 403, 404)


def schema_of(openapi, schema):
    ref = schema.get("$ref")
    return openapi["components"]["schemas"].get(ref.rsplit("/", 1)[1], {}) if ref else schema


def value_of(openapi, schema, division):
    """Some value that the schema allows."""
    schema = schema_of(openapi, schema)
    if "enum" in schema:
        return next(one for one in schema["enum"] if one != "")
    if "anyOf" in schema or "oneOf" in schema:
        return value_of(openapi, (schema.get("anyOf") or schema["oneOf"])[0], division)
    kind, form = schema.get("type"), schema.get("format")
    if kind == "object":
        return body_of(openapi, schema, division)
    if kind == "array":
        return [value_of(openapi, schema["items"], division)]
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1)
    if form == "date":
        return "2026-09-18"
    pattern = schema.get("pattern", "")
    if pattern == "^[0-9]{12}$":
        return division
    if pattern.startswith("^-?[0-9]+"):
        return "1"
    if "17}" in pattern:
        return id_card(77)
    return "13987654321" if pattern.startswith("^1[") else "样本"


def body_of(openapi, schema, division):
    return {name: value_of(openapi, field, division) for name, field in schema.get("properties", {}).items()
            if name in schema.get("required", [])}


def request_body(openapi, operation, division):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return body_of(openapi, schema_of(openapi, content), division)


def rows_by_list(ask, people, openapi, expected, division_names):
    """{list path: {(value of "id", "code", ...): division}} of all that anybody sees; @division_names as sights has them."""
    seen = {}
    for method, path, operation in expected.routes:
        names = division_names(openapi, operation)
        if method != "GET" or "{" in path or not names:
            continue
        for login, (role, division) in people.roles.items():
            if expected.answer(operation, role, division) != IN:
                continue
            status, body = ask(login, "GET", path, None)
            rows = (body or {}).get("items") if status == 200 else None
            for row in rows if isinstance(rows, list) else []:
                places = {row[name] for name in names if row.get(name)}
                if len(places) >= 1 and "id" in row:
                    # The narrowest: a case names its village and its township.
                    seen.setdefault(path, {})[row["id"]] = max(places, key=lambda code: len(code.rstrip("0")))
    return seen


def reach(z, people, openapi, expected, division_names):
    """(differences by name, {route: how often it was refused as it should}, routes by number that no list gives a row for)"""
    wire = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60)

    def ask(login, method, path, body):
        return people.ask(z, wire, login, method, path, body)

    lists = rows_by_list(ask, people, openapi, expected, division_names)
    found, refused, without = [], {}, []
    for method, path, operation in expected.routes:
        at = re.match(r"^([^{]*)/\{id\}", path)
        rows = lists.get(at[1], {}) if at else {}
        if at and (not rows or path.count("{") > 1):
            without.append(f"{method} {path}")
        if not rows or path.count("{") > 1 or {} in operation["security"]:
            continue
        for login, (role, division) in people.roles.items():
            if expected.answer(operation, role, division) != IN:
                continue
            away = [(number, place) for number, place in rows.items() if not within(place, division) and not within(division, place)]
            for number, place in away[:2]:
                status, body = ask(login, method, path.replace("{id}", str(number)), request_body(openapi, operation, division))
                if status in OUTSIDE:
                    refused[f"{method} {path}"] = refused.get(f"{method} {path}", 0) + 1
                elif status != 422:  # the form was not filled in well enough to reach the row
                    found.append(f"{method} {path} as {login}: {status} {(body or {}).get('code', '')} of {number} in {place}")
    wire.close()
    return found, refused, without
