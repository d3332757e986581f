# SPDX-License-Identifier: Apache-2.0
"""Who is let in where, worked out from three texts alone: openapi.json, the pilots and the roles. It shares nothing with the product."""
import configparser

IN, LOGIN, FORBIDDEN, OFF = "let in", "401 login-required", "403 forbidden", "404 not-enabled"


def stem(code):
    """Of a division's code, what those below it begin with: province 2, prefecture 4, county 6, township 9, village 12."""
    return next(code[:length] for length in (2, 4, 6, 9, 12) if set(code[length:]) <= {"0"})


def within(code, above):
    return code.startswith(stem(above))


def words(text):
    return [word.strip() for word in (text or "").split(";") if word.strip()]


def sections(text, kind):
    conf = configparser.ConfigParser(delimiters="=", comment_prefixes="#", interpolation=None)
    conf.read_string(text)
    return {name.split(" ", 1)[1]: conf[name] for name in conf.sections() if name.startswith(kind + " ")}


class Expected:
    def __init__(self, openapi, pilots, chosen, roles):
        self.permissions = {role: words(section["permissions"]) for role, section in sections(roles, "role").items()}
        self.routes = [(method.upper(), path, operation) for path, methods in openapi["paths"].items()
                       for method, operation in methods.items() if method in ("get", "post", "put", "patch", "delete")]
        # The host's own are for administrators where they name permissions; what anybody or any session may ask has no answer to expect.
        self.routes = [row for row in self.routes if row[2]["tags"] != ["kernel"] or "x-permissions" in row[2]]
        every = sections(pilots, "pilot")
        taken = {chosen}
        while more := {name for name, pilot in every.items() if pilot.get("of") in taken} - taken:
            taken |= more
        # (division, plugins, {feature: on}), outer ones first
        self.pilots = sorted(((code.ljust(12, "0"), words(every[name]["plugins"]),
                               {word.lstrip("-"): not word.startswith("-") for word in words(every[name].get("features"))})
                              for name in taken for code in words(every[name]["divisions"])), key=lambda row: len(stem(row[0])))

    def on_at(self, place, plugin, feature):
        """Any pilot of a place can switch a plugin on; of a feature the inner one has the last word."""
        on, said = False, True
        for code, plugins, features in self.pilots:
            if within(place, code):
                on = on or plugin in plugins
                said = features.get(f"{plugin}.{feature}", said)
        return on and said

    def serves(self, division, plugin, feature):
        """Where the caller's body stands, or somewhere below; for a caller without a body anywhere."""
        inside = [code for code, _, _ in self.pilots if division is None or within(code, division)]
        return any(self.on_at(place, plugin, feature) for place in inside + ([division] if division else []))

    def may(self, role, permission):
        plugin = permission.split(".")[0]
        return permission in self.permissions[role] or plugin + ".*" in self.permissions[role]

    def answer(self, operation, role, division):
        """@role None: nobody has logged in."""
        if "x-permissions" in operation:
            return LOGIN if role is None else IN if any(self.may(role, one) for one in operation["x-permissions"]) else FORBIDDEN
        plugin, permission = operation["tags"][0], operation.get("x-permission")
        public = {} in operation["security"]
        if not public and role is None:
            return LOGIN
        if permission is not None and (role is None or not self.may(role, permission)):
            return LOGIN if role is None else FORBIDDEN
        return IN if self.serves(division, plugin, operation.get("x-feature")) else OFF

    def faults(self):
        """Routes that anybody with an account could ask."""
        return [f"{method} {path}: 没有权限 (neither public nor with a permission)" for method, path, operation in self.routes
                if {} not in operation["security"] and operation.get("x-permission") is None and not operation.get("x-permissions")]
