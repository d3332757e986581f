/* SPDX-License-Identifier: Apache-2.0
 * The functions behind the SDK's host table, one per member; see <zhen/host.h> for what each does. */
#pragma once

#include "runtime/exec.h"

const zhen_value *host_field(zhen_call *head, const char *name);
int32_t host_list_count(zhen_call *head, const char *name);
const zhen_value *host_list_field(zhen_call *head, const char *name, int32_t index, const char *member);
const char *host_field_json(zhen_call *head, const char *name);
const zhen_caller *host_caller(zhen_call *head);
bool host_may(zhen_call *head, const char *permission);
int64_t host_now(zhen_call *head);
const zhen_value *host_setting(zhen_call *head, const char *key, const char *division);
zhen_rows *host_query(zhen_call *head, const char *sql, const zhen_value *args, size_t count);
const zhen_row *host_next(zhen_rows *rows);
int64_t host_run(zhen_call *head, const char *sql, const zhen_value *args, size_t count);
int64_t host_insert(zhen_call *head, const char *sql, const zhen_value *args, size_t count);
void host_put(zhen_call *head, const char *name, zhen_value value);
void host_put_time(zhen_call *head, const char *name, int64_t ms);
void host_put_json(zhen_call *head, const char *name, const char *json);
void host_open(zhen_call *head, const char *name, bool list);
void host_close(zhen_call *head);
zhen_result host_reply(zhen_call *head, int32_t status);
zhen_result host_created(zhen_call *head, int64_t id);
zhen_result host_page(zhen_call *head, const char *sql, const zhen_value *args, size_t count);
zhen_result host_item(zhen_call *head, const char *sql, const zhen_value *args, size_t count);
zhen_result host_fail(zhen_call *head, int32_t status, const char *code, const char *text);
void host_field_error(zhen_call *head, const char *field, const char *code, const char *text);
zhen_result host_send_blob(zhen_call *head, const char *digest, const char *media_type, const char *file_name);
void host_emit(zhen_call *head, const char *topic, const zhen_value *pairs, size_t count);
void host_enqueue(zhen_call *head, const char *job, const zhen_value *pairs, size_t count, int64_t not_before);
void host_subject(zhen_call *head, const char *text);
const char *host_blob_put(zhen_call *head, const void *bytes, size_t length);
const void *host_blob_get(zhen_call *head, const char *digest, size_t *out_length);
void host_blob_keep(zhen_call *head, const char *digest, const char *subject);
void host_blob_drop(zhen_call *head, const char *digest, const char *subject);
void host_carry(zhen_call *head, const char *name, zhen_value value);
const char *host_random_code(zhen_call *head, int32_t length);
const char *host_keyed_digest(zhen_call *head, const char *text);
const char *host_sm3(zhen_call *head, const void *bytes, size_t length);
const char *host_sign(zhen_call *head, const char *text);
bool host_signed_by_host(zhen_call *head, const char *text, const char *signature);
const char *host_ticket(zhen_call *head, const char *subject, int64_t valid_ms);
const zhen_division *host_division(zhen_call *head, const char *code);
const zhen_division *host_division_above(zhen_call *head, const char *code, uint32_t level);
const zhen_body *host_body(zhen_call *head, const char *id);
const zhen_body *host_body_of(zhen_call *head, const char *kind, const char *code);
const char *host_base_url(zhen_call *head);
void *host_alloc(zhen_call *head, size_t bytes);
void host_log(zhen_call *head, int32_t level, const char *text);
const void *host_sign_sm2(zhen_call *head, const void *bytes, size_t length, size_t *out_length);
const char *host_sm2_public(zhen_call *head);
const zhen_account *host_account(zhen_call *head, const char *id, const char *body, const char *permission);

/* host_data.c: a plugin's statement in this call's scope; NULL = the call has failed. */
StoreStmt *data_prepare(Call *call, const char *sql, const zhen_value *args, size_t count, const Page *page);
/* FALSE: no further row, or the call has failed. */
gboolean data_step(Call *call, StoreStmt *stmt);
/* host_effects.c: FALSE: the call has failed, now if not before. */
gboolean host_may_affect(Call *call);
/* host_reply.c: opens the reply's object if nothing did. */
void reply_root(Call *call);
