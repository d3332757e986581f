/* SPDX-License-Identifier: Apache-2.0
 * The SDK as a plugin author writes it: <zhen/plugin.h> (what it gives), <zhen/host.h> (what it gets), and short names for
 * both. Every name below is sugar over one function of the host's table, which other languages call directly. */
#ifndef ZHEN_ZHEN_H
#define ZHEN_ZHEN_H

#include <stdarg.h>
#include <stdio.h>

#include <zhen/host.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline const char *zhen_value_text(const zhen_value *value)
{
	return value != NULL && value->kind == ZHEN_KIND_TEXT ? value->as.text : NULL;
}

static inline int64_t zhen_value_int(const zhen_value *value)
{
	if (value == NULL)
		return 0;
	return value->kind == ZHEN_KIND_INT ? value->as.integer :
	       value->kind == ZHEN_KIND_REAL ? (int64_t)value->as.real : 0;
}

/* Fields of the request: NULL or 0 when absent. */
static inline const char *zhen_text(zhen_call *call, const char *name)
{
	return zhen_value_text(call->host->field(call, name));
}

static inline int64_t zhen_int(zhen_call *call, const char *name)
{
	return zhen_value_int(call->host->field(call, name));
}

static inline bool zhen_has(zhen_call *call, const char *name)
{
	return call->host->field(call, name)->kind != ZHEN_KIND_NULL;
}

static inline zhen_value zhen_field_value(zhen_call *call, const char *name)
{
	return *call->host->field(call, name);
}

static inline const char *zhen_field_json(zhen_call *call, const char *name)
{
	return call->host->field_json(call, name);
}

static inline const zhen_caller *zhen_get_caller(zhen_call *call)
{
	return call->host->caller(call);
}

static inline bool zhen_may(zhen_call *call, const char *permission)
{
	return call->host->may(call, permission);
}

static inline int64_t zhen_now(zhen_call *call)
{
	return call->host->now(call);
}

static inline const char *zhen_setting_text(zhen_call *call, const char *key)
{
	return zhen_value_text(call->host->setting(call, key, NULL));
}

static inline int64_t zhen_setting_int(zhen_call *call, const char *key)
{
	return zhen_value_int(call->host->setting(call, key, NULL));
}

/* What holds at @division (12-digit code): its own value of a ZHEN_PER_DIVISION setting, else that of the nearest above. */
static inline const char *zhen_setting_text_in(zhen_call *call, const char *key, const char *division)
{
	return zhen_value_text(call->host->setting(call, key, division));
}

static inline int64_t zhen_setting_int_in(zhen_call *call, const char *key, const char *division)
{
	return zhen_value_int(call->host->setting(call, key, division));
}

/* Columns of a row by name; NULL or 0 when null or not there. */
static inline const zhen_value *zhen_column(const zhen_row *row, const char *name)
{
	for (uint32_t i = 0; row != NULL && i < row->count; i++) {
		const char *a = row->names[i];
		const char *b = name;

		while (*a != '\0' && *a == *b) {
			a++;
			b++;
		}
		if (*a == *b)
			return &row->values[i];
	}
	return NULL;
}

static inline const char *zhen_column_text(const zhen_row *row, const char *name)
{
	return zhen_value_text(zhen_column(row, name));
}

static inline int64_t zhen_column_int(const zhen_row *row, const char *name)
{
	return zhen_value_int(zhen_column(row, name));
}

static inline const zhen_row *zhen_next(zhen_rows *rows, const zhen_host *host)
{
	return host->next(rows);
}

static inline zhen_result zhen_ok(zhen_call *call)
{
	return call->host->reply(call, ZHEN_OK);
}

static inline zhen_result zhen_created(zhen_call *call, int64_t id)
{
	return call->host->created(call, id);
}

static inline void zhen_put_time(zhen_call *call, const char *name, int64_t ms)
{
	call->host->put_time(call, name, ms);
}

static inline void zhen_put_json(zhen_call *call, const char *name, const char *json)
{
	call->host->put_json(call, name, json);
}

static inline void zhen_open_object(zhen_call *call, const char *name)
{
	call->host->open(call, name, false);
}

static inline void zhen_open_list(zhen_call *call, const char *name)
{
	call->host->open(call, name, true);
}

static inline void zhen_close(zhen_call *call)
{
	call->host->close(call);
}

static inline void *zhen_alloc(zhen_call *call, size_t bytes)
{
	return call->host->alloc(call, bytes);
}

/* A text in the call's arena. */
static inline char *zhen_vformat(zhen_call *call, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		length = 0;
	char *text = (char *)call->host->alloc(call, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

__attribute__((format(printf, 2, 3))) static inline char *zhen_format(zhen_call *call, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = zhen_vformat(call, format, args);
	va_end(args);
	return text;
}

/* Refuses: rolls back and answers problem+json. @code is the machine's word ("case-closed"), the text is Chinese. */
__attribute__((format(printf, 4, 5))) static inline zhen_result zhen_fail(zhen_call *call, int32_t status,
                                                                          const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = zhen_vformat(call, format, args);
	va_end(args);
	return call->host->fail(call, status, code, text);
}

/* Says what is wrong with one field; several may be collected. Answer with zhen_invalid afterwards. */
__attribute__((format(printf, 4, 5))) static inline void zhen_field_error(zhen_call *call, const char *field,
                                                                          const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = zhen_vformat(call, format, args);
	va_end(args);
	call->host->field_error(call, field, code, text);
}

static inline zhen_result zhen_invalid(zhen_call *call)
{
	return call->host->fail(call, ZHEN_INVALID, "invalid", "填写有误");
}

/* Functions that take values as an array: for C++ and other languages, and what the macros below expand to. */
static inline zhen_rows *zhen_query_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->query(call, sql, args, count);
}

static inline const zhen_row *zhen_one_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->next(call->host->query(call, sql, args, count));
}

static inline int64_t zhen_run_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->run(call, sql, args, count);
}

static inline int64_t zhen_insert_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->insert(call, sql, args, count);
}

static inline zhen_result zhen_page_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->page(call, sql, args, count);
}

static inline zhen_result zhen_item_values(zhen_call *call, const char *sql, const zhen_value *args, size_t count)
{
	return call->host->item(call, sql, args, count);
}

static inline void zhen_emit_values(zhen_call *call, const char *topic, const zhen_value *pairs, size_t count)
{
	call->host->emit(call, topic, pairs, count);
}

static inline void zhen_enqueue_values(zhen_call *call, const char *job, const zhen_value *pairs, size_t count)
{
	call->host->enqueue(call, job, pairs, count, 0);
}

#ifdef __cplusplus
}
#endif

#ifndef __cplusplus

/* One C value as a zhen_value. */
#define ZHEN_VALUE(x)                                                                                              \
	_Generic((x), bool: zhen_from_int, char: zhen_from_int, signed char: zhen_from_int,                        \
		unsigned char: zhen_from_int, short: zhen_from_int, unsigned short: zhen_from_int,                 \
		int: zhen_from_int, unsigned: zhen_from_int, long: zhen_from_int, unsigned long: zhen_from_int,    \
		long long: zhen_from_int, unsigned long long: zhen_from_int, float: zhen_from_real,                \
		double: zhen_from_real, char *: zhen_from_text, const char *: zhen_from_text,                      \
		zhen_value: zhen_from_value)(x)

/* Expands each of 1 to 40 arguments through ZHEN_VALUE. */
#define ZHEN_COUNT_(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, _32, _33, _34, _35, _36, _37, _38, _39, _40, count, ...) count
#define ZHEN_COUNT(...) ZHEN_COUNT_(__VA_ARGS__, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ZHEN_EACH_1(x) ZHEN_VALUE(x)
#define ZHEN_EACH_2(x, ...) ZHEN_VALUE(x), ZHEN_EACH_1(__VA_ARGS__)
#define ZHEN_EACH_3(x, ...) ZHEN_VALUE(x), ZHEN_EACH_2(__VA_ARGS__)
#define ZHEN_EACH_4(x, ...) ZHEN_VALUE(x), ZHEN_EACH_3(__VA_ARGS__)
#define ZHEN_EACH_5(x, ...) ZHEN_VALUE(x), ZHEN_EACH_4(__VA_ARGS__)
#define ZHEN_EACH_6(x, ...) ZHEN_VALUE(x), ZHEN_EACH_5(__VA_ARGS__)
#define ZHEN_EACH_7(x, ...) ZHEN_VALUE(x), ZHEN_EACH_6(__VA_ARGS__)
#define ZHEN_EACH_8(x, ...) ZHEN_VALUE(x), ZHEN_EACH_7(__VA_ARGS__)
#define ZHEN_EACH_9(x, ...) ZHEN_VALUE(x), ZHEN_EACH_8(__VA_ARGS__)
#define ZHEN_EACH_10(x, ...) ZHEN_VALUE(x), ZHEN_EACH_9(__VA_ARGS__)
#define ZHEN_EACH_11(x, ...) ZHEN_VALUE(x), ZHEN_EACH_10(__VA_ARGS__)
#define ZHEN_EACH_12(x, ...) ZHEN_VALUE(x), ZHEN_EACH_11(__VA_ARGS__)
#define ZHEN_EACH_13(x, ...) ZHEN_VALUE(x), ZHEN_EACH_12(__VA_ARGS__)
#define ZHEN_EACH_14(x, ...) ZHEN_VALUE(x), ZHEN_EACH_13(__VA_ARGS__)
#define ZHEN_EACH_15(x, ...) ZHEN_VALUE(x), ZHEN_EACH_14(__VA_ARGS__)
#define ZHEN_EACH_16(x, ...) ZHEN_VALUE(x), ZHEN_EACH_15(__VA_ARGS__)
#define ZHEN_EACH_17(x, ...) ZHEN_VALUE(x), ZHEN_EACH_16(__VA_ARGS__)
#define ZHEN_EACH_18(x, ...) ZHEN_VALUE(x), ZHEN_EACH_17(__VA_ARGS__)
#define ZHEN_EACH_19(x, ...) ZHEN_VALUE(x), ZHEN_EACH_18(__VA_ARGS__)
#define ZHEN_EACH_20(x, ...) ZHEN_VALUE(x), ZHEN_EACH_19(__VA_ARGS__)
#define ZHEN_EACH_21(x, ...) ZHEN_VALUE(x), ZHEN_EACH_20(__VA_ARGS__)
#define ZHEN_EACH_22(x, ...) ZHEN_VALUE(x), ZHEN_EACH_21(__VA_ARGS__)
#define ZHEN_EACH_23(x, ...) ZHEN_VALUE(x), ZHEN_EACH_22(__VA_ARGS__)
#define ZHEN_EACH_24(x, ...) ZHEN_VALUE(x), ZHEN_EACH_23(__VA_ARGS__)
#define ZHEN_EACH_25(x, ...) ZHEN_VALUE(x), ZHEN_EACH_24(__VA_ARGS__)
#define ZHEN_EACH_26(x, ...) ZHEN_VALUE(x), ZHEN_EACH_25(__VA_ARGS__)
#define ZHEN_EACH_27(x, ...) ZHEN_VALUE(x), ZHEN_EACH_26(__VA_ARGS__)
#define ZHEN_EACH_28(x, ...) ZHEN_VALUE(x), ZHEN_EACH_27(__VA_ARGS__)
#define ZHEN_EACH_29(x, ...) ZHEN_VALUE(x), ZHEN_EACH_28(__VA_ARGS__)
#define ZHEN_EACH_30(x, ...) ZHEN_VALUE(x), ZHEN_EACH_29(__VA_ARGS__)
#define ZHEN_EACH_31(x, ...) ZHEN_VALUE(x), ZHEN_EACH_30(__VA_ARGS__)
#define ZHEN_EACH_32(x, ...) ZHEN_VALUE(x), ZHEN_EACH_31(__VA_ARGS__)
#define ZHEN_EACH_33(x, ...) ZHEN_VALUE(x), ZHEN_EACH_32(__VA_ARGS__)
#define ZHEN_EACH_34(x, ...) ZHEN_VALUE(x), ZHEN_EACH_33(__VA_ARGS__)
#define ZHEN_EACH_35(x, ...) ZHEN_VALUE(x), ZHEN_EACH_34(__VA_ARGS__)
#define ZHEN_EACH_36(x, ...) ZHEN_VALUE(x), ZHEN_EACH_35(__VA_ARGS__)
#define ZHEN_EACH_37(x, ...) ZHEN_VALUE(x), ZHEN_EACH_36(__VA_ARGS__)
#define ZHEN_EACH_38(x, ...) ZHEN_VALUE(x), ZHEN_EACH_37(__VA_ARGS__)
#define ZHEN_EACH_39(x, ...) ZHEN_VALUE(x), ZHEN_EACH_38(__VA_ARGS__)
#define ZHEN_EACH_40(x, ...) ZHEN_VALUE(x), ZHEN_EACH_39(__VA_ARGS__)
#define ZHEN_PASTE_(a, b) a##b
#define ZHEN_PASTE(a, b) ZHEN_PASTE_(a, b)
#define ZHEN_EACH(...) ZHEN_PASTE(ZHEN_EACH_, ZHEN_COUNT(__VA_ARGS__))(__VA_ARGS__)
/* The first argument of those below is a text; it is evaluated once, as the first of the values. */
#define ZHEN_TAKE_ALL(type, name)                                                                          \
	static inline type zhen_##name##_all(zhen_call *call, const zhen_value *all, size_t count)          \
	{                                                                                                  \
		return zhen_##name##_values(call, all[0].as.text, all + 1, count - 1);                     \
	}
ZHEN_TAKE_ALL(zhen_rows *, query)
ZHEN_TAKE_ALL(const zhen_row *, one)
ZHEN_TAKE_ALL(int64_t, run)
ZHEN_TAKE_ALL(int64_t, insert)
ZHEN_TAKE_ALL(zhen_result, page)
ZHEN_TAKE_ALL(zhen_result, item)
#undef ZHEN_TAKE_ALL

static inline void zhen_emit_all(zhen_call *call, const zhen_value *all, size_t count)
{
	zhen_emit_values(call, all[0].as.text, all + 1, count - 1);
}

static inline void zhen_enqueue_all(zhen_call *call, const zhen_value *all, size_t count)
{
	zhen_enqueue_values(call, all[0].as.text, all + 1, count - 1);
}

#define ZHEN_ALL(...) (const zhen_value[]){ ZHEN_EACH(__VA_ARGS__) }, ZHEN_COUNT(__VA_ARGS__)

/* zhen_insert(call, "INSERT ... VALUES($1, $2) RETURNING id", a, b) and its like. */
#define zhen_query(call, ...) zhen_query_all(call, ZHEN_ALL(__VA_ARGS__)) /* zhen_rows * */
#define zhen_one(call, ...) zhen_one_all(call, ZHEN_ALL(__VA_ARGS__)) /* const zhen_row *, NULL = none */
#define zhen_run(call, ...) zhen_run_all(call, ZHEN_ALL(__VA_ARGS__)) /* rows changed */
#define zhen_insert(call, ...) zhen_insert_all(call, ZHEN_ALL(__VA_ARGS__)) /* the id returned */
#define zhen_page(call, ...) zhen_page_all(call, ZHEN_ALL(__VA_ARGS__)) /* answers {items, next} */
#define zhen_item(call, ...) zhen_item_all(call, ZHEN_ALL(__VA_ARGS__)) /* answers one row, or 404 */
#define zhen_emit(call, ...) zhen_emit_all(call, ZHEN_ALL(__VA_ARGS__)) /* topic, "name", value, ... */
#define zhen_enqueue(call, ...) zhen_enqueue_all(call, ZHEN_ALL(__VA_ARGS__)) /* job, "name", value, ... */
#define zhen_put(call, name, value) (call)->host->put((call), (name), ZHEN_VALUE(value))

/* for each row: ZHEN_FOR_EACH(call, row, "SELECT ...", ...) { zhen_column_text(row, "title"); } */
#define ZHEN_FOR_EACH(call, row, ...)                                                                      \
	for (zhen_rows *row##_rows = zhen_query(call, __VA_ARGS__), *row##_once = row##_rows; row##_once;  \
		row##_once = NULL)                                                                         \
		for (const zhen_row *row; (row = (call)->host->next(row##_rows)) != NULL;)

#endif /* !__cplusplus */

#endif
