/* SPDX-License-Identifier: Apache-2.0
 * Everything of the SDK that crosses the boundary, reachable from one exported symbol, for abidw (sdk/tests/abi). */
#include <zhen/test.h>
#include <zhen/zhen.h>

ZHEN_EXPORT extern const struct zhen_abi {
	const zhen_plugin *plugin; /* every table; by the handlers the call, by the call the host's functions */
	enum zhen_feature_flag feature_flag;
	enum zhen_field_flag field_flag;
	enum zhen_kind kind;
	enum zhen_method method;
	enum zhen_need_flag need_flag;
	enum zhen_phase phase;
	enum zhen_route_flag route_flag;
	enum zhen_setting_flag setting_flag;
	enum zhen_status status;
	enum zhen_topic_flag topic_flag;
	enum zhen_type type;
	__typeof__(zhen_test_anonymous) *anonymous;
	__typeof__(zhen_test_as) *as;
	__typeof__(zhen_test_blob) *blob;
	__typeof__(zhen_test_body) *body;
	__typeof__(zhen_test_call) *call;
	__typeof__(zhen_test_call_with) *call_with;
	__typeof__(zhen_test_dump) *dump;
	__typeof__(zhen_test_error) *error;
	__typeof__(zhen_test_event) *event;
	__typeof__(zhen_test_free) *free;
	__typeof__(zhen_test_header) *header;
	__typeof__(zhen_test_int) *integer;
	__typeof__(zhen_test_new) *make;
	__typeof__(zhen_test_run_jobs) *run_jobs;
	__typeof__(zhen_test_sql) *sql;
	__typeof__(zhen_test_turn_to) *turn_to;
	__typeof__(zhen_test_upload) *upload;
	__typeof__(zhen_test_value) *value;
} zhen_abi;

const struct zhen_abi zhen_abi = { 0 };
