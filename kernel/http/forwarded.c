/* SPDX-License-Identifier: Apache-2.0
 * Who is asking when a reverse proxy stands in front: every hop appends to X-Forwarded-For whom it was asked by, so the list
 * is believed from its end for as long as the address before was a proxy of ours. What a client wrote there himself stands
 * before that and is never looked at. */
#include <arpa/inet.h>
#include <string.h>

#include "http/internal.h"

static gboolean is_ours(const Http *http, const char *address)
{
	return http->options.proxies != NULL && g_strv_contains((const char *const *)http->options.proxies, address);
}

/* "192.0.2.7", "192.0.2.7:4711", "[2001:db8::7]:4711" as inet_ntop writes it; FALSE = no address. */
static gboolean normal(const char *text, gsize length, char out[INET6_ADDRSTRLEN])
{
	const char *end;
	char copy[INET6_ADDRSTRLEN + 8];
	guint8 bytes[sizeof(struct in6_addr)];

	if (length == 0 || length >= sizeof(copy))
		return FALSE;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (copy[0] == '[' && (end = strchr(copy, ']')) != NULL) {
		copy[end - copy] = '\0';
		memmove(copy, copy + 1, (gsize)(end - copy));
	} else if (strchr(copy, '.') != NULL && (end = strchr(copy, ':')) != NULL && strchr(end + 1, ':') == NULL) {
		copy[end - copy] = '\0';
	}
	for (guint i = 0; i < 2; i++) {
		const int family = i == 0 ? AF_INET : AF_INET6;

		if (inet_pton(family, copy, bytes) == 1)
			return inet_ntop(family, bytes, out, INET6_ADDRSTRLEN) != NULL;
	}
	return FALSE;
}

void forwarded_address(HttpCall *call)
{
	const View list = call->head.headers[HEADER_FORWARDED_FOR];
	const char *text = call_bytes(call) + list.at;
	gsize left = list.length;

	g_strlcpy(call->address, call->connection->address, sizeof(call->address));
	if (list.at == 0)
		return;
	while (left > 0 && is_ours(call->home->http, call->address)) {
		const char *comma = memrchr(text, ',', left);
		const char *from = comma != NULL ? comma + 1 : text;
		gsize length = (gsize)(text + left - from);

		while (length > 0 && (*from == ' ' || *from == '\t'))
			from++, length--;
		while (length > 0 && (from[length - 1] == ' ' || from[length - 1] == '\t'))
			length--;
		if (!normal(from, length, call->address))
			return;
		left = comma != NULL ? (gsize)(comma - text) : 0;
	}
}
