/* SPDX-License-Identifier: Apache-2.0
 * The host table: events. They are written when the handler has returned, or a good many wait: nobody in the transaction sees
 * them before, and many rows in one statement cost little more than half of what they cost one by one. */
#include <string.h>
#include "base/digits.h"
#include "runtime/event_value.h"
#include "runtime/host.h"

#define ROWS 16           /* of one statement */
#define COLUMNS 5
#define WAITING_MAX 262144 /* bytes of what waits */

#define INSERT "INSERT INTO _event(topic, subject, division, at, body) VALUES"
static const char insert_one[] = INSERT "($1, $2, $3, $4, $5)";
static const char insert_many[] = INSERT
	"($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10), ($11, $12, $13, $14, $15), "
	"($16, $17, $18, $19, $20), ($21, $22, $23, $24, $25), ($26, $27, $28, $29, $30), "
	"($31, $32, $33, $34, $35), ($36, $37, $38, $39, $40), ($41, $42, $43, $44, $45), "
	"($46, $47, $48, $49, $50), ($51, $52, $53, $54, $55), ($56, $57, $58, $59, $60), "
	"($61, $62, $63, $64, $65), ($66, $67, $68, $69, $70), ($71, $72, $73, $74, $75), "
	"($76, $77, $78, $79, $80)";

/* Texts lie one behind the other in Emits.text. */
typedef struct Emit {
	const zhen_topic *topic;
	guint32 body, subject, division; /* lengths */
} Emit;

struct Emits {
	GString *text;
	guint count;
	Emit rows[ROWS];
};

void emits_free(Emits *emits)
{
	if (emits == NULL)
		return;
	g_string_free(emits->text, TRUE);
	g_free(emits);
}

void emits_drop(Emits *emits)
{
	if (emits == NULL)
		return;
	emits->count = 0;
	g_string_truncate(emits->text, 0);
}

static zhen_value text_at(const Emits *emits, gsize *at, guint32 length)
{
	const zhen_value value = { ZHEN_KIND_TEXT, length, { .text = emits->text->str + *at } };

	*at += length;
	return value;
}

gboolean emits_write(Call *call)
{
	Emits *emits = call->emits;
	const guint count = emits != NULL ? emits->count : 0;
	zhen_value args[ROWS * COLUMNS];
	g_autoptr(GError) error = NULL;
	gboolean fine = TRUE;
	gsize at = 0;

	for (guint i = 0; i < count; i++) {
		const Emit *emit = &emits->rows[i];
		zhen_value *row = &args[i * COLUMNS];

		row[0] = zhen_from_text(emit->topic->name);
		row[4] = text_at(emits, &at, emit->body);
		row[1] = text_at(emits, &at, emit->subject);
		row[2] = text_at(emits, &at, emit->division);
		row[3] = zhen_from_int(call->request->now_ms);
	}
	if (count == ROWS)
		fine = store_exec(call->conn, STORE_HOST, insert_many, args, ROWS * COLUMNS, NULL, &error);
	for (guint i = 0; count < ROWS && fine && i < count; i++)
		fine = store_exec(call->conn, STORE_HOST, insert_one, &args[i * COLUMNS], COLUMNS, NULL, &error);
	emits_drop(emits);
	if (!fine)
		exec_error(call, error);
	else if (count > 0)
		call->emitted = TRUE;
	return fine;
}

/* ---- one event ---- */

static const zhen_topic *topic_find(const Plugin *plugin, const char *name)
{
	for (guint i = 0; i < plugin->n_topics; i++)
		if (strcmp(plugin->topics[i].name, name) == 0)
			return &plugin->topics[i];
	return NULL;
}

/* As the log's reader will see it. */
static JsonFlat flat_of(const zhen_field *field, const zhen_value *value)
{
	JsonFlat flat = { .name = field->name, .kind = JSON_FLAT_OTHER };

	if (value->kind == ZHEN_KIND_TEXT) {
		flat.kind = JSON_FLAT_TEXT;
		flat.text = value->as.text;
		flat.length = value->length;
	} else if (value->kind == ZHEN_KIND_INT) {
		const gboolean is_bool = field->type == ZHEN_BOOL && (value->as.integer == 0 || value->as.integer == 1);

		flat.kind = is_bool ? JSON_FLAT_BOOL : JSON_FLAT_INT;
		flat.integer = value->as.integer;
	}
	return flat;
}

/* A name twice is read by nobody. Most topics have few fields. */
static gboolean was_given(const zhen_value *pairs, size_t before, const char *name, gsize index, guint64 *given)
{
	const guint64 bit = index < 64 ? G_GUINT64_CONSTANT(1) << index : 0;
	gboolean twice = (*given & bit) != 0;

	for (size_t i = 0; bit == 0 && !twice && i < before; i += 2)
		twice = strcmp(pairs[i].as.text, name) == 0;
	*given |= bit;
	return twice;
}

/* Returns its bytes. */
static guint32 put_column(GString *text, const zhen_value *value)
{
	const gsize from = text->len;
	char digits[DIGITS_SIZE];

	if (value != NULL && value->kind == ZHEN_KIND_INT)
		g_string_append_len(text, digits, (gssize)digits_print(value->as.integer, digits));
	else if (zhen_value_text(value) != NULL)
		g_string_append(text, zhen_value_text(value));
	return (guint32)(text->len - from);
}

static void put_member(JsonOut *out, const zhen_field *field, const zhen_value *value)
{
	if (field->type == ZHEN_TIME && value->kind == ZHEN_KIND_INT)
		json_put_time(out, field->name, value->as.integer);
	else if (field->type == ZHEN_BOOL && value->kind == ZHEN_KIND_INT)
		json_put_bool(out, field->name, value->as.integer != 0);
	else
		json_put_value(out, field->name, value);
}

/* The body, then what its fields for subject and scope hold: the columns beside it. */
static gboolean put_event(Call *call, const zhen_topic *topic, const zhen_value *pairs, size_t count, Emit *emit)
{
	const zhen_value *subject = NULL, *division = NULL;
	GString *text = call->emits->text;
	const gsize from = text->len;
	guint64 given = 0;
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (size_t i = 0; i + 1 < count; i += 2) {
		const char *name = pairs[i].as.text;
		const zhen_value *value = &pairs[i + 1];
		const zhen_field *field = field_find(topic->fields, name);

		const char *why = NULL;

		if (field == NULL) {
			why = "未声明 (is not declared)";
		} else if (was_given(pairs, i, name, (gsize)(field - topic->fields), &given)) {
			why = "重复 (is given twice)";
		} else if (value->kind != ZHEN_KIND_NULL) {
			const JsonFlat flat = flat_of(field, value);

			why = event_value_fault(field, call->runtime->env->divisions, EVENT_EMITTED, &flat, NULL);
		}
		if (why != NULL) {
			exec_refuse(call, ZHEN_INTERNAL, "bad-event", "事件 %s 的字段 %s 不合声明：%s", topic->name,
			            name, why);
			return FALSE;
		}
		if (topic->subject != NULL && strcmp(name, topic->subject) == 0)
			subject = value;
		if (topic->scope != NULL && strcmp(name, topic->scope) == 0)
			division = value;
		put_member(&out, field, value);
	}
	json_close_one(&out);
	emit->body = (guint32)(text->len - from);
	emit->subject = put_column(text, subject);
	emit->division = put_column(text, division);
	return TRUE;
}

void host_emit(zhen_call *head, const char *name, const zhen_value *pairs, size_t count)
{
	Call *call = call_of(head);
	const zhen_topic *topic;
	Emit *emit;

	if (!host_may_affect(call))
		return;
	topic = topic_find(call->runtime->plugin, name);
	if (topic == NULL) {
		exec_refuse(call, ZHEN_INTERNAL, "undeclared-topic", "模块发出了未声明的事件 %s", name);
		return;
	}
	if (call->emits == NULL) {
		call->emits = g_new0(Emits, 1);
		call->emits->text = g_string_sized_new(1024);
	}
	emit = &call->emits->rows[call->emits->count];
	emit->topic = topic;
	if (!put_event(call, topic, pairs, count, emit))
		return;
	if (emit->body > EVENT_MAX) {
		exec_refuse(call, ZHEN_INTERNAL, "bad-event", "事件 %s 超过 %d 字节", name, EVENT_MAX);
		return;
	}
	if (++call->emits->count == ROWS || call->emits->text->len > WAITING_MAX)
		emits_write(call);
}
