/* SPDX-License-Identifier: Apache-2.0
 * Values that cross between a plugin and the host: plain data, no library type. */
#ifndef ZHEN_VALUE_H
#define ZHEN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum zhen_kind {
	ZHEN_KIND_NULL = 0,
	ZHEN_KIND_INT = 1,  /* as.integer */
	ZHEN_KIND_REAL = 2, /* as.real */
	ZHEN_KIND_TEXT = 3, /* as.text, UTF-8, length bytes and a NUL after them */
	ZHEN_KIND_BLOB = 4, /* as.blob, length bytes */
};

/* One value. Who makes it owns what it points to; the host copies what it keeps. */
typedef struct zhen_value {
	uint32_t kind;   /* enum zhen_kind */
	uint32_t length; /* bytes of text or blob, without the NUL */
	union {
		int64_t integer;
		double real;
		const char *text;
		const void *blob;
	} as;
} zhen_value;

/* One row of a result. Names and texts live in the call's arena. */
typedef struct zhen_row {
	uint32_t size;  /* of this struct */
	uint32_t count; /* columns */
	const char *const *names;
	const zhen_value *values;
} zhen_row;

static inline uint32_t zhen_length_of(const char *text)
{
	return (uint32_t)strlen(text); /* of a literal: known when the plugin is compiled */
}

static inline zhen_value zhen_from_null(void)
{
	zhen_value v = { ZHEN_KIND_NULL, 0, { 0 } };

	return v;
}

static inline zhen_value zhen_from_int(int64_t integer)
{
	zhen_value v = { ZHEN_KIND_INT, 0, { 0 } };

	v.as.integer = integer;
	return v;
}

static inline zhen_value zhen_from_real(double real)
{
	zhen_value v = { ZHEN_KIND_REAL, 0, { 0 } };

	v.as.real = real;
	return v;
}

/* NULL becomes the null value. */
static inline zhen_value zhen_from_text(const char *text)
{
	zhen_value v = { ZHEN_KIND_NULL, 0, { 0 } };

	if (text == NULL)
		return v;
	v.kind = ZHEN_KIND_TEXT;
	v.length = zhen_length_of(text);
	v.as.text = text;
	return v;
}

static inline zhen_value zhen_from_blob(const void *bytes, uint32_t length)
{
	zhen_value v = { ZHEN_KIND_BLOB, 0, { 0 } };

	v.length = length;
	v.as.blob = bytes;
	return v;
}

static inline zhen_value zhen_from_value(zhen_value value)
{
	return value;
}

#ifdef __cplusplus
}
#endif

#endif
