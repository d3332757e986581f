/* SPDX-License-Identifier: Apache-2.0
 * One value of one declared type, checked and made. */
#include <string.h>
#include "base/clock.h"
#include "runtime/fields.h"

#define BAD(code, reason) (*out_code = (code), (reason))

/* Of Unicode's format characters all begin with one of these; so do marks that are common, so they are looked at again. */
static inline guint may_begin_format(guchar c)
{
	return (c == 0xc2) | (c == 0xd8) | (c == 0xdb) | (c == 0xdc) | (c == 0xe0) | (c == 0xe1) | (c == 0xe2) |
	       (c == 0xef) | (c == 0xf0) | (c == 0xf3);
}

/* What turns the direction of what follows makes a paper say something else than the field. */
static gboolean turns_direction(gunichar c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static gboolean has_format(const char *text, gsize length, gboolean several_lines)
{
	for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		GUnicodeType type;

		if (c < 0xad)
			continue;
		if (turns_direction(c))
			return TRUE;
		type = g_unichar_type(c);
		if (!several_lines && (type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
		                       type == G_UNICODE_PARAGRAPH_SEPARATOR))
			return TRUE;
	}
	return FALSE;
}

static const char *check_characters(const zhen_field *field, const char *text, gsize length, Arena *arena,
                                    const char **out_code)
{
	gboolean several_lines = field->type == ZHEN_LONG_TEXT;
	gint64 max = field->max > 0 ? field->max : several_lines ? 10000 : field->type == ZHEN_NAME ? 50 : 200;
	glong characters = 0;
	guint controls = 0, formats = 0;

	/* Without a way out, so that the compiler takes many bytes at a time; every text passes here. */
	for (gsize i = 0; i < length; i++) {
		guchar c = (guchar)text[i];

		characters += (c & 0xc0) != 0x80;
		controls += (c < 0x20) | (c == 0x7f);
		formats += may_begin_format(c);
	}
	for (gsize i = 0; controls > 0 && i < length; i++) {
		guchar c = (guchar)text[i];

		if (c == 0x7f || (c < 0x20 && !(several_lines && (c == '\n' || c == '\t' || c == '\r'))))
			return BAD("control-character", "含有不可见的控制字符");
	}
	if (formats > 0 && has_format(text, length, several_lines))
		return BAD("format-character", "含有看不见的格式字符（如改变文字方向的符号），请删去后重新填写");
	if (characters > max)
		return BAD("too-long",
		           arena_printf(arena, "最多 %" G_GINT64_FORMAT " 个字，现有 %ld 个", max, characters));
	if (field->min > 0 && characters < field->min)
		return BAD("too-short", arena_printf(arena, "至少 %" G_GINT64_FORMAT " 个字", field->min));
	return NULL;
}

static const char *check_int(const zhen_field *field, const char *text, Arena *arena, zhen_value *out,
                             const char **out_code)
{
	const gboolean negative = text[0] == '-';
	const char *at = text + negative;
	gint64 number = 0;
	gboolean fits = g_ascii_isdigit(*at);

	/* Counted downwards: the least number has no positive one beside it. */
	for (; fits && g_ascii_isdigit(*at); at++)
		fits = !__builtin_mul_overflow(number, 10, &number) &&
		       !__builtin_sub_overflow(number, *at - '0', &number);
	if (!negative && fits)
		fits = !__builtin_sub_overflow(0, number, &number);
	if (!fits || *at != '\0')
		return BAD("not-a-number", "应为整数");
	if (field->max > field->min && (number < field->min || number > field->max))
		return BAD("out-of-range", arena_printf(arena, "应在 %" G_GINT64_FORMAT " 与 %" G_GINT64_FORMAT " 之间",
		                                        field->min, field->max));
	*out = zhen_from_int(number);
	return NULL;
}

static const char *check_decimal(const zhen_field *field, const char *text, Arena *arena, const char **out_code)
{
	const char *p = text;
	gint64 places = field->max > 0 ? field->max : 2;
	gsize whole = strspn(p, "0123456789");

	if (whole == 0 || whole > 15)
		return BAD("not-a-decimal", "应为数字，如 120 或 120.50");
	p += whole;
	if (*p == '.') {
		gsize fraction = strspn(p + 1, "0123456789");

		if (fraction == 0 || p[1 + fraction] != '\0')
			return BAD("not-a-decimal", "应为数字，如 120 或 120.50");
		if ((gint64)fraction > places)
			return BAD("too-precise", arena_printf(arena, "最多 %" G_GINT64_FORMAT " 位小数", places));
	} else if (*p != '\0') {
		return BAD("not-a-decimal", "应为数字，如 120 或 120.50");
	}
	return NULL;
}

/* GB 11643: 17 digits, a real birth date, and the check character of ISO 7064 MOD 11-2. */
static gboolean id_card_valid(const char *text)
{
	static const guint8 weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	guint sum = 0;
	char day[11];

	if (strlen(text) != 18 || strspn(text, "0123456789") < 17)
		return FALSE;
	for (guint i = 0; i < 17; i++)
		sum += weight[i] * (guint)(text[i] - '0');
	g_snprintf(day, sizeof day, "%.4s-%.2s-%.2s", text + 6, text + 10, text + 12);
	return text[17] == "10X98765432"[sum % 11] && clock_day_valid(day);
}

/* 11 digits of a mobile number, or a landline with area code. */
static gboolean phone_valid(const char *text)
{
	gsize digits = strspn(text, "0123456789");

	if (text[digits] == '-' && digits >= 3 && digits <= 4 && text[0] == '0') {
		gsize rest = strspn(text + digits + 1, "0123456789");

		return rest >= 7 && rest <= 8 && text[digits + 1 + rest] == '\0';
	}
	return text[digits] == '\0' &&
	       ((digits == 11 && text[0] == '1') || (digits >= 10 && digits <= 12 && text[0] == '0'));
}

static gboolean choice_valid(const char *choices, const char *text)
{
	gsize length = strlen(text);

	if (strpbrk(text, "=|") != NULL)
		return FALSE; /* "house=住房" is the row, not the choice */
	for (const char *p = choices; p != NULL && *p != '\0'; p = strchr(p, '|') != NULL ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, text, length) == 0 && (p[length] == '=' || p[length] == '|' || p[length] == '\0'))
			return TRUE;
	return FALSE;
}

static const char *check_file(const char *text, const FieldWorld *world, const char **out_code)
{
	guint8 digest[DIGEST_SIZE];
	g_autofree char *path = NULL;

	if (!digest_from_hex(text, digest))
		return BAD("not-a-file", "不是已上传的文件");
	if (world->store == NULL)
		return NULL;
	path = blob_path(world->store, text);
	return path != NULL ? NULL : BAD("not-a-file", "文件不存在或已过期，请重新上传");
}

/* Codes that name something the host knows. */
static const char *check_known(const zhen_field *field, const char *text, const FieldWorld *world, Arena *arena,
                               const char **out_code)
{
	const Division *division;

	if (field->type == ZHEN_BODY)
		return bodies_find(world->bodies, text) != NULL ? NULL : BAD("unknown-body", "没有这个单位");
	division = divisions_find(world->divisions, text);
	if (division == NULL)
		return BAD("unknown-division", "没有这个区划代码");
	if (field->min > 0 && (gint64)division->level != field->min)
		return BAD("wrong-level",
		           arena_printf(arena, "应为%s，“%s”是%s", division_level_title((DivisionLevel)field->min),
		                        division->name, division_level_title(division->level)));
	return NULL;
}

/* The caller's own part of the world: the division and below, or the one body of who sees no more than that. */
static gboolean posted_near(const CallAccount *post, const FieldWorld *world)
{
	const Caller *caller = &world->request->caller;

	if (caller->sees_all)
		return TRUE;
	if (world->place == NULL)
		return caller->body[0] != '\0' && strcmp(caller->body, post->body) == 0;
	const Division *division = divisions_find(world->divisions, post->division);
	return division != NULL && division_covers(world->place, division);
}

gboolean field_post_gives(const CallAccount *post, const Plugin *plugin, const char *permission)
{
	for (guint i = 0; permission != NULL && i < plugin->n_permissions; i++)
		if (strcmp(plugin->permissions[i].name, permission) == 0)
			return (post->permissions >> i & 1) != 0;
	return permission == NULL;
}

/* What the host found of the accounts named in the call. */
static const char *check_account(const zhen_field *field, const char *text, const FieldWorld *world,
                                 const char **out_code)
{
	const CallRequest *request = world->request;
	gboolean known = FALSE, near = FALSE;

	for (guint i = 0; request != NULL && i < request->n_accounts; i++) {
		const CallAccount *post = &request->accounts[i];

		if (strcmp(post->account, text) != 0)
			continue;
		known = TRUE;
		if ((field->flags & ZHEN_ANYWHERE) == 0 && !posted_near(post, world))
			continue;
		near = TRUE;
		if (field_post_gives(post, world->plugin, field->choices))
			return NULL;
	}
	if (!known)
		return BAD("unknown-account", "没有这个账号，或者已经停用、没有岗位");
	return near ? BAD("account-without-permission", "这个账号的角色不能办这件事，请另选一人，或者先由管理员给予相应的角色") :
		      BAD("account-out-of-scope", "这个账号不在您的辖区任职");
}

const char *field_check_text(const zhen_field *field, const char *text, gsize length, const FieldWorld *world,
                             Arena *arena, zhen_value *out, const char **out_code)
{
	const char *reason = NULL;
	char *copy;

	if (!g_utf8_validate_len(text, length, NULL))
		return BAD("not-utf-8", "不是有效的 UTF-8 文字");
	copy = arena_strndup(arena, text, length);
	switch (field->type) {
	case ZHEN_INT:
	case ZHEN_MONEY:
		return check_int(field, copy, arena, out, out_code);
	case ZHEN_BOOL:
		if (strcmp(copy, "true") != 0 && strcmp(copy, "false") != 0 && strcmp(copy, "1") != 0 &&
		    strcmp(copy, "0") != 0 && strcmp(copy, "on") != 0)
			return BAD("not-a-bool", "应为是或否");
		*out = zhen_from_int(copy[0] == 't' || copy[0] == '1' || copy[0] == 'o');
		return NULL;
	case ZHEN_TIME: {
		gint64 ms;

		if (!clock_parse(copy, &ms))
			return BAD("not-a-time", "应为时间，如 2026-09-18T09:30:00+08:00");
		*out = zhen_from_int(ms);
		return NULL;
	}
	case ZHEN_DATE:
		reason = clock_day_valid(copy) ? NULL : BAD("not-a-date", "应为日期，如 2026-09-18");
		break;
	case ZHEN_CHOICE:
		reason = choice_valid(field->choices, copy) ? NULL : BAD("not-a-choice", "不在可选范围内");
		break;
	case ZHEN_DIVISION:
	case ZHEN_BODY:
		reason = check_known(field, copy, world, arena, out_code);
		break;
	case ZHEN_ACCOUNT:
		reason = check_account(field, copy, world, out_code);
		break;
	case ZHEN_ID_CARD:
		if (length == 18 && copy[17] == 'x')
			copy[17] = 'X';
		reason = id_card_valid(copy) ? NULL : BAD("not-an-id-card", "公民身份号码有误，请核对 18 位号码");
		break;
	case ZHEN_PHONE:
		reason = phone_valid(copy) ? NULL : BAD("not-a-phone", "电话号码有误");
		break;
	case ZHEN_DECIMAL:
		reason = check_decimal(field, copy, arena, out_code);
		break;
	case ZHEN_FILE:
		reason = check_file(copy, world, out_code);
		break;
	default:
		reason = check_characters(field, copy, length, arena, out_code);
		break;
	}
	if (reason == NULL) {
		*out = zhen_from_text(copy);
		out->length = (guint32)length;
	}
	return reason;
}
