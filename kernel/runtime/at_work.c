/* SPDX-License-Identifier: Apache-2.0
 * What a handler that ended its process was at. Runs in a signal handler; the names are those that the plugin's table gives,
 * never what a caller sent. */
#include "runtime/events.h"

#define LABEL_MAX 160

static void append(char label[LABEL_MAX], const char *text)
{
	guint length = 0;

	while (length < LABEL_MAX - 1 && label[length] != '\0')
		length++;
	while (length < LABEL_MAX - 1 && text != NULL && *text != '\0')
		label[length++] = *text++;
	label[length] = '\0';
}

static void name_handler(char label[LABEL_MAX], const Call *call)
{
	const CallKind kind = call->request->kind;

	label[0] = '\0';
	if (call->route != NULL) {
		append(label, method_name(call->route->method));
		append(label, " ");
		append(label, call->route->path);
	} else if (call->job != NULL) {
		append(label, "job ");
		append(label, call->job->name);
	} else if (call->event != NULL) {
		append(label, "event ");
		append(label, call->event->topic);
	} else if (call->purging != NULL) {
		append(label, "purge ");
		append(label, call->purging->row->subject);
	} else {
		append(label, kind == CALL_STOP	    ? "stop" :
			      kind == CALL_READY    ? "ready" :
			      kind == CALL_MIGRATE ? "migration" :
						       "start");
	}
}

static void put_position(CrashOut *out, const CallEvent *event)
{
	char label[LABEL_MAX] = "", number[24];

	crash_number((guint64)event->position.epoch, 16, number);
	append(label, number);
	append(label, "-");
	crash_number((guint64)event->position.seq, 10, number);
	append(label, number);
	crash_put(out, "position", label);
}

void at_work_describe(CrashOut *out, const void *work)
{
	const Call *call = work;
	char label[LABEL_MAX];

	crash_put(out, "plugin", call->runtime->plugin->id);
	crash_put(out, "version", call->runtime->plugin->version);
	name_handler(label, call);
	crash_put(out, "handler", label);
	crash_put(out, "step", call->preparing ? "prepare" : NULL);
	if (call->event != NULL) {
		crash_put(out, "publisher", call->delivery != NULL ? call->delivery->publisher : NULL);
		put_position(out, call->event);
	}
	if (call->job != NULL && call->request->job_id > 0)
		crash_put_int(out, "row", call->request->job_id);
	crash_put(out, "request", call->request->request_id);
}
