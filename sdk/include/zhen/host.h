/* SPDX-License-Identifier: Apache-2.0
 * What a plugin gets: the host's function table, reached through the call it is handed.
 *
 * The table only grows at its end; ZHEN_HOST_HAS tells whether a newer function is there. Every function is for the
 * thread that runs the handler and for that handler's time. Memory and strings given out live until the reply is sent.
 *
 * A function of the host that fails (a broken statement, a full disk, an unknown field) marks the call as failed: what
 * follows does nothing and answers empty, whatever the handler returns is replaced by the error, and the transaction
 * is rolled back. So handlers need not check each step. */
#ifndef ZHEN_HOST_H
#define ZHEN_HOST_H

#include <zhen/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

enum zhen_status {
	ZHEN_OK = 200,
	ZHEN_CREATED = 201,
	ZHEN_ACCEPTED = 202,
	ZHEN_NO_CONTENT = 204,
	ZHEN_BAD_REQUEST = 400,
	ZHEN_FORBIDDEN = 403,
	ZHEN_NOT_FOUND = 404,
	ZHEN_CONFLICT = 409,
	ZHEN_GONE = 410,
	ZHEN_INVALID = 422,
	ZHEN_INTERNAL = 500,
	ZHEN_UNAVAILABLE = 503,
};

/* Who is calling. Read-only; unknown texts are "". */
typedef struct zhen_caller {
	uint32_t size;
	uint32_t level;        /* of division: 1 province, 2 prefecture, 3 county, 4 township, 5 village; 0 = anonymous */
	const char *account;   /* account id; "" = anonymous, "host" = a job or event */
	const char *name;      /* the person's name as shown */
	const char *body;      /* id of the body (单位) acted for */
	const char *body_name;
	const char *body_kind; /* as in the bodies file: township, window, agriculture, ... */
	const char *division;  /* 12-digit code */
	const char *on_behalf; /* the person acted for when an agent files */
} zhen_caller;

typedef struct zhen_division {
	uint32_t size;
	uint32_t level; /* as in zhen_caller */
	const char *code;
	const char *name;
	const char *parent; /* code; "" at the top */
} zhen_division;

typedef struct zhen_body {
	uint32_t size;
	uint32_t reserved;
	const char *id;
	const char *kind;
	const char *name;
	const char *division;
	const char *superior; /* id; "" = none */
} zhen_body;

/* Somebody at a post held now. */
typedef struct zhen_account {
	uint32_t size;
	uint32_t reserved;
	const char *id;
	const char *name;     /* the person's, as shown */
	const char *body;     /* of the post; "" = none */
	const char *division; /* of the body */
} zhen_account;

typedef struct zhen_rows zhen_rows;

typedef struct zhen_host {
	uint32_t size; /* of the host's table */
	uint16_t abi_major;
	uint16_t abi_minor;

	/* The request. */
	const zhen_value *(*field)(zhen_call *call, const char *name); /* never NULL; null when absent; unknown name: fails */
	int32_t (*list_count)(zhen_call *call, const char *name);      /* elements of a ZHEN_LIST */
	const zhen_value *(*list_field)(zhen_call *call, const char *name, int32_t index, const char *field);
	const char *(*field_json)(zhen_call *call, const char *name);  /* the validated value as JSON text; "null" when absent */
	const zhen_caller *(*caller)(zhen_call *call);
	bool (*may)(zhen_call *call, const char *permission);
	int64_t (*now)(zhen_call *call); /* ms since 1970 UTC, the same for the whole call */
	const zhen_value *(*setting)(zhen_call *call, const char *key, const char *division); /* division NULL: general */

	/* The database. $1.. are args[0].. */
	zhen_rows *(*query)(zhen_call *call, const char *sql, const zhen_value *args, size_t count);
	const zhen_row *(*next)(zhen_rows *rows); /* NULL at the end */
	int64_t (*run)(zhen_call *call, const char *sql, const zhen_value *args, size_t count);    /* rows changed */
	int64_t (*insert)(zhen_call *call, const char *sql, const zhen_value *args, size_t count); /* first column returned */

	/* The answer. A body is one JSON object, written in order. */
	void (*put)(zhen_call *call, const char *name, zhen_value value); /* name NULL inside a list */
	void (*put_time)(zhen_call *call, const char *name, int64_t ms);  /* RFC 3339, +08:00 */
	void (*put_json)(zhen_call *call, const char *name, const char *json); /* valid JSON, kept as it is */
	void (*open)(zhen_call *call, const char *name, bool list);
	void (*close)(zhen_call *call);
	zhen_result (*reply)(zhen_call *call, int32_t status);
	zhen_result (*created)(zhen_call *call, int64_t id); /* 201, {"id": id}, Location */
	zhen_result (*page)(zhen_call *call, const char *sql, const zhen_value *args, size_t count); /* {items, next} */
	zhen_result (*item)(zhen_call *call, const char *sql, const zhen_value *args, size_t count); /* one row, or 404 */
	zhen_result (*fail)(zhen_call *call, int32_t status, const char *code, const char *text);
	void (*field_error)(zhen_call *call, const char *field, const char *code, const char *text); /* collected; 422 */
	zhen_result (*send_blob)(zhen_call *call, const char *digest, const char *media_type, const char *file_name);

	/* Effects, all part of the transaction. */
	void (*emit)(zhen_call *call, const char *topic, const zhen_value *pairs, size_t count); /* name, value, ... */
	void (*enqueue)(zhen_call *call, const char *job, const zhen_value *pairs, size_t count, int64_t not_before);
	void (*subject)(zhen_call *call, const char *text); /* what the audit row says the call was about */
	const char *(*blob_put)(zhen_call *call, const void *bytes, size_t length); /* SM3 hex; in prepare or handler */
	const void *(*blob_get)(zhen_call *call, const char *digest, size_t *out_length); /* NULL when absent */
	void (*blob_keep)(zhen_call *call, const char *digest, const char *subject); /* reference it from a row */
	void (*blob_drop)(zhen_call *call, const char *digest, const char *subject);
	void (*carry)(zhen_call *call, const char *name, zhen_value value); /* prepare: what the handler reads as a field */

	/* Secrets and proof. */
	const char *(*random_code)(zhen_call *call, int32_t length); /* digits and capitals without 0 O 1 I, unguessable */
	const char *(*keyed_digest)(zhen_call *call, const char *text); /* HMAC-SM3 under the host's key, hex */
	const char *(*sm3)(zhen_call *call, const void *bytes, size_t length); /* hex */
	const char *(*sign)(zhen_call *call, const char *text);                /* Ed25519 by the host's key, base64 */
	bool (*signed_by_host)(zhen_call *call, const char *text, const char *signature);
	const char *(*ticket)(zhen_call *call, const char *subject, int64_t valid_ms); /* lets its holder upload */

	/* What the host knows. */
	const zhen_division *(*division)(zhen_call *call, const char *code);               /* NULL = unknown */
	const zhen_division *(*division_above)(zhen_call *call, const char *code, uint32_t level);
	const zhen_body *(*body)(zhen_call *call, const char *id);                         /* NULL = unknown */
	const zhen_body *(*body_of)(zhen_call *call, const char *kind, const char *division); /* serving it, nearest upwards */
	const char *(*base_url)(zhen_call *call); /* "http://127.0.0.1:8080", for links in documents */

	/* Sundries. */
	void *(*alloc)(zhen_call *call, size_t bytes); /* zeroed, freed with the call */
	void (*log)(zhen_call *call, int32_t level, const char *text); /* 3 error .. 7 debug; no personal data */

	/* Since 1.1: ask ZHEN_HOST_HAS first when the plugin is also to run on a host of 1.0. */
	/* Detached SM2 signature with SM3 (GM/T 0003, DER), by the host's key over these very bytes, under the signer's name of
	 * GM/T 0009 (1234567812345678): openssl dgst -sm3 -verify KEY -sigopt distid:1234567812345678 -signature SIG FILE.
	 * In prepare or handler. NULL: the host has no such key. */
	const void *(*sign_sm2)(zhen_call *call, const void *bytes, size_t length, size_t *out_length);
	const char *(*sm2_public)(zhen_call *call); /* PEM of the certificate, or of the public key; "" = no key */
	/* Who a ZHEN_ACCOUNT field of this very call names: the first post which that account has now, at @body (NULL: wherever), that
	 * gives @permission of this plugin (NULL: any post). NULL: there is no such post, or no field names the account: nobody's list
	 * of accounts is to be had. */
	const zhen_account *(*account)(zhen_call *call, const char *id, const char *body, const char *permission);
} zhen_host;

/* The head of every call; the host's own part follows it. */
struct zhen_call {
	const zhen_host *host;
};

/* Whether the host that runs this call has a function that this header knows. */
#define ZHEN_HOST_HAS(call, member) \
	((call)->host->size >= offsetof(zhen_host, member) + sizeof((call)->host->member))

#ifdef __cplusplus
}
#endif

#endif
