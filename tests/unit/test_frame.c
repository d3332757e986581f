/* SPDX-License-Identifier: Apache-2.0
 * What crosses between the host and a worker comes out as it went in, and nothing that was cut or bent comes out at all. */
#include <criterion/criterion.h>
#include <string.h>

#include "loader/frame.h"
#include "loader/start.h"

static const CallParam params[] = { { "id", "7", 1 }, { "text", "修\0路", 7 }, { "empty", "", 0 } };
static const CallAccount accounts[] = {
	{ "7", "周掌印", "window-990101101000", "990101101000", 0x8000000000000001u },
	{ "7", "周掌印", "", "", 0 },
};
static const CallRequest request = {
	.kind = CALL_ROUTE, .index = 3,
	.caller = { "12", "张三", "window-990101101000", "990101101000", "", 0x8000000000000005u, FALSE },
	.now_ms = -5, .request_id = "r-1", .base_url = "http://127.0.0.1:8080", .address = "127.0.0.1",
	.params = params, .n_params = G_N_ELEMENTS(params), .body = "{\"a\":1}", .body_length = 7,
	.if_match = "\"3\"", .job_id = 99, .accounts = accounts, .n_accounts = G_N_ELEMENTS(accounts),
};

static GByteArray *call_bytes(void)
{
	GByteArray *bytes = g_byte_array_new();

	frame_put_call(bytes, G_MAXUINT64, &request);
	return bytes;
}

static CallReply *reply_of(void)
{
	CallReply *reply = call_reply_new(201);

	g_string_append(reply->body, "{\"id\":1}");
	reply->location = g_strdup("/p/notes/notes/1");
	reply->etag = g_strdup("\"1\"");
	reply->retry_after_s = 2;
	return reply;
}

Test(frame, a_call_comes_out_as_it_went_in)
{
	g_autoptr(GByteArray) bytes = call_bytes();
	g_autofree CallParam *out_params = NULL;
	CallRequest out;
	FrameType type;
	FrameIn in;
	gsize from = 0;
	guint64 id;

	cr_assert_eq(frame_next(bytes, &from, FRAME_MAX, &type, &in), 1);
	cr_assert(type == FRAME_CALL && from == bytes->len);
	cr_assert(frame_get_call(&in, &id, &out, &out_params));
	cr_assert(id == G_MAXUINT64 && out.kind == CALL_ROUTE && out.index == 3 && out.now_ms == -5 &&
	          out.job_id == 99);
	cr_assert_str_eq(out.caller.name, "张三");
	cr_assert_str_eq(out.caller.on_behalf, "");
	cr_assert_eq(out.caller.permissions, 0x8000000000000005u);
	cr_assert_str_eq(out.base_url, request.base_url);
	cr_assert(out.body_length == 7 && memcmp(out.body, "{\"a\":1}", 8) == 0);
	cr_assert_null(out.idempotency_key);
	cr_assert_str_eq(out.if_match, "\"3\"");
	cr_assert_eq(out.n_params, 3);
	cr_assert(out.params[1].length == 7 && memcmp(out.params[1].value, "修\0路", 8) == 0);
	cr_assert(out.params[2].length == 0 && out.params[2].value[0] == '\0');
	cr_assert_eq(out.n_accounts, G_N_ELEMENTS(accounts));
	for (guint i = 0; i < out.n_accounts; i++) {
		cr_assert_str_eq(out.accounts[i].account, accounts[i].account);
		cr_assert_str_eq(out.accounts[i].name, accounts[i].name);
		cr_assert_str_eq(out.accounts[i].body, accounts[i].body);
		cr_assert_str_eq(out.accounts[i].division, accounts[i].division);
		cr_assert_eq(out.accounts[i].permissions, accounts[i].permissions);
	}
}

static const CallEvent events[] = {
	{ .position = { 9, 4 }, .topic = "pub.thing.made", .subject = "案一", .division = "990101101000", .body = "{\"a\":\"修\"}",
	  .body_length = 11, .at_ms = -7 },
	{ .position = { 9, 6 }, .topic = "", .subject = "", .division = "", .body = "", .fault = "crashed" },
};
static const CallRequest delivery = {
	.kind = CALL_EVENTS, .caller = { "host", "", "", "", "", 0, TRUE }, .request_id = "bus", .base_url = "", .address = "",
	.params = params, .n_params = 1, .publisher = "pub", .events = events, .n_events = G_N_ELEMENTS(events),
	.after = { 9, 3 }, .upto = { 9, 8 }, .mark = { 10, 11 }, .caught_up = TRUE,
};

/* Cut anywhere it is refused, flipped anywhere survived: events are counted before they are given room. */
Test(frame, a_delivery_comes_out_as_it_went_in_and_not_when_cut_or_bent)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	gsize length;

	frame_put_call(bytes, 5, &delivery);
	length = bytes->len - FRAME_HEAD;
	for (gsize left = 0; left <= length + 1; left++) {
		g_autofree guint8 *exact = g_malloc0(left + 1);
		g_autofree CallParam *out_params = NULL;
		CallRequest out;
		FrameIn in;
		guint64 id;

		memcpy(exact, bytes->data + FRAME_HEAD, MIN(left, length));
		frame_in_init(&in, exact, left);
		cr_assert_eq(frame_get_call(&in, &id, &out, &out_params), left == length, "%zu of %zu", left, length);
		if (left != length)
			continue;
		cr_assert(out.kind == CALL_EVENTS && out.n_events == 2 && out.n_params == 1 && out.caught_up);
		cr_assert_str_eq(out.publisher, "pub");
		cr_assert(memcmp(&out.after, &delivery.after, sizeof out.after) == 0);
		cr_assert(memcmp(&out.upto, &delivery.upto, sizeof out.upto) == 0);
		cr_assert(memcmp(&out.mark, &delivery.mark, sizeof out.mark) == 0);
		cr_assert_str_eq(out.params[0].value, "7");
		for (guint i = 0; i < 2; i++) {
			const CallEvent *got = &out.events[i], *sent = &events[i];

			cr_assert(memcmp(&got->position, &sent->position, sizeof got->position) == 0 &&
			          got->at_ms == sent->at_ms);
			cr_assert_str_eq(got->topic, sent->topic);
			cr_assert_str_eq(got->subject, sent->subject);
			cr_assert_str_eq(got->division, sent->division);
			cr_assert(got->body_length == sent->body_length && strcmp(got->body, sent->body) == 0);
			cr_assert_str_eq(got->fault != NULL ? got->fault : "-", i == 0 ? "-" : "crashed");
		}
	}
	for (gsize at = 0; at < length; at++)
		for (guint with = 1; with < 256; with = with * 2 + 1) {
			g_autofree CallParam *out_params = NULL;
			g_autofree guint8 *exact = g_memdup2(bytes->data + FRAME_HEAD, length);
			CallRequest out;
			FrameIn in;
			guint64 id;

			exact[at] ^= (guint8)with;
			frame_in_init(&in, exact, length);
			if (frame_get_call(&in, &id, &out, &out_params))
				for (guint i = 0; i < out.n_events; i++)
					cr_assert_eq(out.events[i].body[out.events[i].body_length], '\0');
		}
}

/* A frame whose length says so, but whose content ends early or goes on: refused, and no byte past it is read. */
Test(frame, a_call_cut_anywhere_or_too_long_is_refused)
{
	g_autoptr(GByteArray) bytes = call_bytes();
	gsize length = bytes->len - FRAME_HEAD;

	for (gsize left = 0; left <= length + 1; left++) {
		g_autofree guint8 *exact = g_malloc0(left + 1);
		g_autofree CallParam *out_params = NULL;
		CallRequest out;
		FrameIn in;
		guint64 id;

		memcpy(exact, bytes->data + FRAME_HEAD, MIN(left, length));
		frame_in_init(&in, exact, left);
		cr_assert_eq(frame_get_call(&in, &id, &out, &out_params), left == length, "%zu of %zu", left, length);
	}
}

Test(frame, any_flipped_byte_of_a_call_is_survived)
{
	g_autoptr(GByteArray) bytes = call_bytes();

	for (gsize at = FRAME_HEAD; at < bytes->len; at++)
		for (guint with = 1; with < 256; with = with * 2 + 1) {
			g_autofree CallParam *out_params = NULL;
			g_autofree guint8 *exact = g_memdup2(bytes->data + FRAME_HEAD, bytes->len - FRAME_HEAD);
			CallRequest out;
			FrameIn in;
			guint64 id;

			exact[at - FRAME_HEAD] ^= (guint8)with;
			frame_in_init(&in, exact, bytes->len - FRAME_HEAD);
			if (frame_get_call(&in, &id, &out, &out_params) && out.body != NULL)
				cr_assert_eq(out.body[out.body_length], '\0');
		}
}

Test(frame, a_reply_comes_out_as_it_went_in_and_not_when_cut)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(CallReply) reply = reply_of();
	gsize length;

	frame_put_reply(bytes, 7, reply);
	length = bytes->len - FRAME_HEAD;
	for (gsize left = 0; left <= length; left++) {
		g_autofree guint8 *exact = g_memdup2(bytes->data + FRAME_HEAD, MAX(left, 1));
		g_autoptr(CallReply) out = NULL;
		FrameIn in;
		guint64 id;

		frame_in_init(&in, exact, left);
		out = frame_get_reply(&in, &id);
		cr_assert((out != NULL) == (left == length), "%zu of %zu", left, length);
		if (out == NULL)
			continue;
		cr_assert(id == 7 && out->status == 201 && out->retry_after_s == 2 && out->blob == NULL);
		cr_assert_str_eq(out->body->str, "{\"id\":1}");
		cr_assert_str_eq(out->location, "/p/notes/notes/1");
		cr_assert_str_eq(out->content_type, "application/json");
	}
}

/* A worker's reply goes into headers and opens files: what could not be one is no reply. */
Test(frame, a_reply_that_no_host_may_send_on_is_refused)
{
	static const struct {
		gint status, retry_after_s;
		const char *type, *location, *etag, *blob, *file_name;
	} cases[] = {
		{ .status = 99 },
		{ .status = 1000 },
		{ .status = 200, .retry_after_s = -1 },
		{ .status = 200, .type = "text/html\r\nSet-Cookie: a=b" },
		{ .status = 200, .type = "html" },
		{ .status = 201, .location = "//elsewhere/" },
		{ .status = 201, .location = "/p/notes\r\nX: y" },
		{ .status = 200, .etag = "\"1\"\n" },
		{ .status = 200, .blob = "../../keys/seed" },
		{ .status = 200, .blob = "ABCDEF" },
		{ .status = 200, .file_name = "a/b.pdf" },
		{ .status = 200, .file_name = "a\r\nb" },
		{ .status = 200, .file_name = "\xff" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_autoptr(CallReply) reply = call_reply_new(cases[i].status);
		g_autoptr(CallReply) out = NULL;
		FrameIn in;
		guint64 id;

		reply->retry_after_s = cases[i].retry_after_s;
		reply->content_type = cases[i].type;
		reply->location = g_strdup(cases[i].location);
		reply->etag = g_strdup(cases[i].etag);
		reply->blob = g_strdup(cases[i].blob);
		reply->file_name = g_strdup(cases[i].file_name);
		frame_put_reply(bytes, 7, reply);
		frame_in_init(&in, bytes->data + FRAME_HEAD, bytes->len - FRAME_HEAD);
		out = frame_get_reply(&in, &id);
		cr_expect_null(out, "case %zu", i);
		cr_expect_eq(id, 7, "the call is known, so it can be answered");
	}
}

Test(frame, a_stream_is_cut_into_frames_wherever_it_was_split)
{
	g_autoptr(GByteArray) all = call_bytes();
	g_autoptr(GByteArray) stream = g_byte_array_new();
	gsize from = 0, first = all->len;
	guint frames = 0;

	frame_put_call(all, 2, &request);
	for (gsize i = 0; i < all->len; i++) {
		FrameType type;
		FrameIn in;

		g_byte_array_append(stream, all->data + i, 1);
		gint got = frame_next(stream, &from, FRAME_MAX, &type, &in);
		cr_assert_eq(got, i + 1 == first || i + 1 == all->len);
		frames += got == 1;
	}
	cr_assert_eq(frames, 2);
}

Test(frame, a_length_or_type_that_cannot_be_is_refused_at_once)
{
	static const guint8 cases[][5] = { { 0, 0, 0, 0, 1 }, { 255, 255, 255, 255, 1 }, { 1, 0, 0, 0, 0 }, { 1, 0, 0, 0, 99 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GByteArray) stream = g_byte_array_new();
		gsize from = 0;
		FrameType type;
		FrameIn in;

		g_byte_array_append(stream, cases[i], 5);
		cr_expect_eq(frame_next(stream, &from, FRAME_MAX, &type, &in), -1);
	}
}

Test(frame, a_start_comes_out_as_it_went_in)
{
	const guint8 secret[KEY_SIZE] = "secret", seed[KEY_SIZE] = "seed";
	const char *paths[] = { "/a.csv", "/乙.csv", NULL };
	g_autoptr(Keys) keys = keys_from(secret, seed);
	const WorkerOptions options = { .plugin_path = "/p.so", .dir = "/d", .divisions = paths, .bodies = paths + 1,
		                        .store = { .quota_bytes = 5, .read_steps = 9 }, .keys = keys, .jobs_by_hand = TRUE };
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	gsize length;

	start_put(bytes, &options);
	length = bytes->len - FRAME_HEAD;
	for (gsize left = 0; left <= length; left++) {
		g_autofree guint8 *exact = g_memdup2(bytes->data + FRAME_HEAD, MAX(left, 1));
		FrameIn in;
		Start out;

		frame_in_init(&in, exact, left);
		cr_assert_eq(start_get(&in, &out), left == length);
		if (left == length) {
			cr_assert_str_eq(out.options.plugin_path, "/p.so");
			cr_assert_str_eq(out.divisions[1], "/乙.csv");
			cr_assert_null(out.bodies[1]);
			cr_assert(out.options.store.quota_bytes == 5 && out.options.store.read_steps == 9 &&
			          out.options.jobs_by_hand);
			cr_assert_arr_eq(out.secret, keys_secret(keys), KEY_SIZE);
			cr_assert_arr_eq(out.seed, keys_seed(keys), KEY_SIZE);
		}
		start_clear(&out);
	}
}

static zhen_job stats_jobs[] = { { .name = "one" }, { .name = "two" }, { 0 } };

Test(frame, counters_come_out_as_they_went_in_and_not_at_all_when_cut_or_of_another_table)
{
	Plugin plugin = { .jobs = stats_jobs, .n_jobs = 2 }, other = { .jobs = stats_jobs, .n_jobs = 1 };
	g_autoptr(RuntimeStats) sent = runtime_stats_new(&plugin), got = runtime_stats_new(&plugin);
	g_autoptr(RuntimeStats) fewer = runtime_stats_new(&other);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	FrameIn in;

	for (guint i = 0; i < RUNTIME_STATS; i++)
		sent->values[i] = 100 + i;
	sent->parked[1] = 7;
	frame_put_stats(bytes, sent);
	for (gsize length = FRAME_HEAD; length < bytes->len; length++) {
		frame_in_init(&in, bytes->data + FRAME_HEAD, length - FRAME_HEAD);
		cr_assert_not(frame_get_stats(&in, got), "cut to %zu", length);
	}
	frame_in_init(&in, bytes->data + FRAME_HEAD, bytes->len - FRAME_HEAD);
	cr_assert(frame_get_stats(&in, got));
	cr_assert(memcmp(got->values, sent->values, sizeof sent->values) == 0);
	cr_assert(got->parked[0] == 0 && got->parked[1] == 7);
	frame_in_init(&in, bytes->data + FRAME_HEAD, bytes->len - FRAME_HEAD);
	cr_assert_not(frame_get_stats(&in, fewer));
	sent->values[0] = -1;
	g_byte_array_set_size(bytes, 0);
	frame_put_stats(bytes, sent);
	frame_in_init(&in, bytes->data + FRAME_HEAD, bytes->len - FRAME_HEAD);
	cr_assert_not(frame_get_stats(&in, got), "a count below nothing");
}
