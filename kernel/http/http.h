/* SPDX-License-Identifier: Apache-2.0
 * The front: listeners, limits, router, host-drawn pages and forms, uploads, downloads, static files, OpenAPI.
 * Knows plugins only by their tables and by the Home behind their mount point. */
#pragma once

#include "access/access.h"
#include "access/switches.h"
#include "base/json.h"
#include "runtime/call.h"

typedef struct Http Http;

typedef struct HttpLimits {
	gint64 header_bytes;      /* 16 KiB: more is 431 */
	gint64 body_bytes;        /* 1 MiB: more is 413 */
	gint64 upload_bytes;      /* 20 MiB, one file */
	guint uploads_per_ticket; /* 20 */
	gint64 upload_bytes_per_address; /* per hour: 200 MiB */
	guint anonymous_writes_per_minute; /* of one address; 0 = no limit */
	guint anonymous_writes_per_hour;
	guint wrong_codes_per_minute;
	guint connections;        /* 10000 */
	guint connections_per_address; /* 0 = no limit */
	gint64 header_ms;         /* whole header must be there by then: 10 s */
	gint64 body_ms;           /* and the body: 60 s */
	gint64 idle_ms;           /* keep-alive: 75 s */
	gint64 call_ms;           /* no answer by then: 503 */
	guint streams;            /* long-lived answers under way: 1000; more: 503 */
	guint streams_per_account; /* 8 */
	guint streams_per_address; /* 0 = no limit */
} HttpLimits;

typedef struct HttpOptions {
	const char *address;      /* "127.0.0.1" */
	guint port;               /* 0 = any */
	HttpLimits limits;
	Access *access;
	const Keys *keys;
	const Divisions *divisions;
	const Bodies *bodies;
	const char *base_url;     /* public address, no slash at the end */
	const char *access_log;   /* path; "-" = stderr; "" = off */
	gboolean demo;            /* banner on every page and health answer */
	char **proxies;           /* addresses whose X-Forwarded-For is believed; NULL = none */
	const char *site_title;   /* "楚雄彝族自治州 · 镇务平台" */
} HttpOptions;

Http *http_new(const HttpOptions *options, GError **error);
/* One listener per loop (SO_REUSEPORT when there are several). A taken port: one clear line in @error. */
gboolean http_listen(Http *http, Loop *loop, GError **error);
/* Before http_listen: a socket that listens already, which the first loop takes if it is the one it would make, and which
 * is closed otherwise; -1 = none. */
void http_adopt(Http *http, int fd);
int http_listener(const Http *http); /* the first loop's; borrowed */
guint http_port(const Http *http);
void http_close_listeners(Http *http); /* no new connections; those there finish */
guint http_open_connections(const Http *http);
void http_free(Http *http);

/* A plugin's routes under /p/<id>. Before listening, or when a new version takes over (any thread; swapped whole).
 * @switches: what of it is on where (borrowed: it takes a reference); NULL = everything everywhere. */
void http_mount(Http *http, Home *home, Switches *switches);
/* What is on where from now on. Any thread. */
void http_switch(Http *http, const char *id, Switches *switches);

/* Any thread: as long as it is held, a mounted plugin's routes answer 503 catching-up and it is not asked. */
void http_hold(Http *http, const char *id, gboolean held);

/* The host's own routes (/kernel/health, ...). @run answers now or later, on the same loop. */
typedef struct HttpCall HttpCall;
typedef void HttpRun(HttpCall *call, void *data);
/* One of them, and what the OpenAPI document says of it. All texts and fields outlive the Http. */
typedef struct HttpRoute {
	guint32 method;
	const char *path, *summary;
	const char *media;        /* of its answer: "application/json|text/html" */
	const zhen_field *fields; /* of the path, and of the query (GET) or the body */
	const char *permissions;  /* "kernel.system|kernel.users": any of them; "" = of any session; NULL = of anybody. @run sees to it */
	const char *verb;         /* "events list": what asks zhenctl for the same; NULL = nothing */
	HttpRun *run;
} HttpRoute;
void http_add(Http *http, const HttpRoute *route, void *data);
const char *http_call_param(HttpCall *call, const char *name); /* path, query or form; NULL */
json_t *http_call_json(HttpCall *call); /* (transfer full) of a JSON body; NULL = none, or it is no JSON */
gboolean http_call_wants_page(const HttpCall *call);
struct PageView;
void http_call_view(HttpCall *call, struct PageView *view); /* for pages that the daemon draws itself */
const char *http_call_request_id(const HttpCall *call);
const char *http_call_address(HttpCall *call);
gboolean http_call_is_local(HttpCall *call); /* asked by this machine itself, not through a proxy */
Loop *http_call_loop(HttpCall *call);
void http_call_set_cookie(HttpCall *call, const char *token, gint64 max_age_s); /* token NULL = delete */
void http_call_answer(HttpCall *call, CallReply *reply); /* (transfer full); problem and JSON become pages for HTML */
void http_call_redirect(HttpCall *call, const char *path);
Session *http_call_session(HttpCall *call); /* borrowed; NULL = nobody is logged in */
char *http_call_token(HttpCall *call);      /* (transfer full) of that session */
char *http_call_last_event_id(HttpCall *call); /* (transfer full) NULL = none */

/* An answer without an end: server-sent events. All on the loop of the call. */
typedef struct HttpStream HttpStream;
typedef struct HttpStreamEvents {
	void (*sent)(void *data);     /* what was given is on its way: there is room again */
	void (*stopping)(void *data); /* the host stops: a last word, then http_stream_end */
	void (*gone)(void *data);     /* the last of it; the stream is no more. Also from within the functions below */
} HttpStreamEvents;
/* NULL: it was refused and answered (too many), or nobody is there any more; no function is called then. */
HttpStream *http_call_stream(HttpCall *call, const char *content_type, const HttpStreamEvents *events, void *data);
/* FALSE: gone. Who does not read is cut off once too much waits for him, or after the time of an idle connection. */
gboolean http_stream_send(HttpStream *stream, const char *bytes, gsize length);
gboolean http_stream_idle(const HttpStream *stream); /* nothing waits to be sent */
void http_stream_end(HttpStream *stream);

/* Prometheus text of what http counts: requests, latency histograms per route, connections, refusals. Appends. */
void http_metrics(Http *http, GString *out);
/* After the log file was moved away (SIGHUP). Any thread. */
void http_reopen_log(Http *http);
