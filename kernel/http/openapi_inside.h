/* SPDX-License-Identifier: Apache-2.0
 * Between the files of the OpenAPI document. */
#pragma once

#include "base/json.h"
#include "http/openapi.h"

/* ---- openapi_fields.c ---- */
gboolean openapi_in_path(const char *path, const char *name); /* "{name}" */
void openapi_put_field(JsonOut *out, const char *name, const zhen_field *field, gboolean request);
/* An object of all that are not in @path. */
void openapi_put_fields(JsonOut *out, const char *name, const zhen_field *fields, const char *path, gboolean request);
/* @field NULL: a text, or of "limit" a number. */
void openapi_put_parameter(JsonOut *out, const char *name, const char *in, gboolean required, const char *text,
                           const zhen_field *field);

/* ---- openapi.c ---- */
const char *openapi_method(guint32 method); /* "post" */
/* "approvals.post.cases.by-id.accept": another path is another id. (transfer full) */
char *openapi_operation(const char *plugin, guint32 method, const char *path);
void openapi_put_problem(JsonOut *out, const char *status);
void openapi_put_security(JsonOut *out, gboolean is_public);

/* ---- openapi_host.c ---- */
void openapi_host_tag(JsonOut *out);
void openapi_host_paths(JsonOut *out, const HttpRoute *const *routes, guint n_routes);
